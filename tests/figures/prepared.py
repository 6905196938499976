"""What the measurements need from inside the platform: sessions of people, a token, counts of SQL statements.

python -m tests.figures.prepared      with FILIERA_DATA; prints one JSON object
"""

import json
import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
django.setup()

# Models can only be imported once Django is set up.
from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from filiera.academy.actions.publication import publish_programme  # noqa: E402
from filiera.academy.models import (  # noqa: E402
    Edition,
    ProgrammeVersion,
    PublishedSession,
    Session,
    Star,
)
from filiera.academy.page_cache import kept, versions  # noqa: E402
from filiera.accounts.actions import make_token  # noqa: E402
from filiera.accounts.models import ApiToken, Person  # noqa: E402
from filiera.accounts.scopes import READ  # noqa: E402
from filiera.accounts.viewer import SYSTEM, Viewer  # noqa: E402
from tests.figures.measuring import cpu_seconds  # noqa: E402
from tests.figures.pages import EDITIONS, LARGE, PAGES, Page  # noqa: E402

STARS = 12
UNPREPARED_REQUESTS = 40


def sign_in(role: str) -> str:
    """The cookie of a new session of a person of the demonstration."""
    person = Person.objects.get(email=f"{role}@demonstration.invalid")
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    assert session.session_key is not None
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def token() -> str:
    person = Person.objects.get(email="participant@demonstration.invalid")
    ApiToken.objects.filter(person=person, name="figures").delete()
    _token, secret = make_token(
        name="figures",
        scopes_wanted=[READ],
        lasts=timedelta(days=1),
        by=Viewer(person=person),
        at=timezone.now(),
    )
    return secret


def give_stars() -> None:
    person = Person.objects.get(email="participant@demonstration.invalid")
    for edition in EDITIONS:
        for session in Session.objects.filter(edition__slug=edition).order_by("pk")[:STARS]:
            Star.objects.get_or_create(
                person=person, session=session, defaults={"starred_at": timezone.now()}
            )


def seconds_to_publish() -> float:
    """The large edition published anew after a change to every session; taken back afterwards."""
    with transaction.atomic():
        edition = Edition.objects.get(slug="load-200")
        for session in Session.objects.filter(edition=edition):
            session.title = {language: f"{text} II" for language, text in session.title.items()}
            session.save(update_fields=["title"])
        started = time.perf_counter()
        publish_programme(edition=edition, note={"en": "Measured"}, by=SYSTEM, at=timezone.now())
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def cpu_ms_with_nothing_prepared() -> float:
    """What the large schedule costs while its version waits to be rendered anew, with the database."""
    client = Client()
    with transaction.atomic():
        ProgrammeVersion.objects.filter(edition__slug=LARGE).update(prepared_format=0)
        versions.clear()
        watched = [os.getpid(), connection.connection.info.backend_pid]
        for request in range(-3, UNPREPARED_REQUESTS):
            if request == 0:
                before = cpu_seconds(watched)
            kept.clear()
            answer = client.get(f"/academy/{LARGE}/schedule/", headers={"host": "localhost"})
            assert answer.status_code == 200
        used = cpu_seconds(watched) - before
        transaction.set_rollback(True)
    versions.clear()
    return used / UNPREPARED_REQUESTS * 1000


def statements(page: Page, address: str, told: dict[str, str]) -> int:
    """The SQL of one request with nothing kept, after one that fills what a process learns once."""
    client = Client()
    headers = {"host": "localhost"}
    if page.role:
        name, _, value = told[page.role].partition("=")
        client.cookies[name] = value
    if page.has_token:
        headers["authorization"] = f"Bearer {told['token']}"
    client.get(address, headers=headers)
    kept.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(captured)


def main() -> None:
    told = {"participant": sign_in("participant"), "organiser": sign_in("organiser"), "token": token()}
    give_stars()
    sessions = {edition: a_session_of(edition) for edition in EDITIONS}
    counts = {
        f"{page.name} {edition}": statements(page, page.address(edition, sessions[edition]), told)
        for page in PAGES
        for edition in EDITIONS
        if page.is_for(edition)
    }
    result = {
        "told": told,
        "sessions": sessions,
        "statements": counts,
        "seconds_to_publish": seconds_to_publish(),
        "unprepared_ms": cpu_ms_with_nothing_prepared(),
    }
    json.dump(result, sys.stdout)


def a_session_of(edition: str) -> str:
    published = PublishedSession.objects.filter(version__edition__slug=edition).order_by("pk").first()
    assert published is not None
    return published.slug


if __name__ == "__main__":
    main()
