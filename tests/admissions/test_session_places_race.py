"""Two hundred people ask for twelve places at once, through HTTP, of two processes."""

import http.client
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from filiera.admissions.actions.session_places import wrong_counters
from filiera.admissions.models import SessionPlace, SessionSignUp
from filiera.admissions.queries.place_links import token_of
from filiera.config.installation import Installation
from filiera.config.supervisor import free_port
from tests.academy.factories import NOW, EditionFactory, PartFactory, SessionFactory
from tests.admissions.factories import ParticipationFactory
from tests.admissions.session_factories import SignUpFactory
from tests.config.serving import ROOT, data_folder, plain_environment

PEOPLE, PLACES, ROUNDS = 200, 12, 20
CSRF = "a" * 32

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextmanager
def pages(settings, **environment):
    """Two processes that serve the pages on this test's database; their port."""
    told = connection.settings_dict
    address = make_conninfo(
        host=told["HOST"],
        port=told["PORT"],
        user=told["USER"],
        password=told["PASSWORD"],
        dbname=told["NAME"],
    )
    with data_folder() as folder:
        installation = Installation(folder)
        installation.make_folders()
        # Links are signed with the key of the installation.
        settings.SECRET_KEY = installation.secret_key()
        port = free_port("127.0.0.1")
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.admissions.racing_web"],
            cwd=ROOT,
            env=plain_environment(
                FILIERA_DATA=str(folder),
                FILIERA_PROCESS="web",
                FILIERA_HOST="127.0.0.1",
                FILIERA_PORT=str(port),
                FILIERA_WORKERS="2",
                DATABASE_URL=address,
                DJANGO_SETTINGS_MODULE="filiera.config.settings",
                PYTHONPATH=f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                **environment,
            ),
        )
        try:
            wait_until_open(process, port)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def wait_until_open(process, port):
    for _ in range(300):
        assert process.poll() is None, "the pages ended before they were open"
        try:
            if ask(port, "GET", "/healthz") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the pages did not open")


def ask(port, method, path, form=None):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"filiera_csrf={CSRF}"}
        body = urlencode({**form, "csrfmiddlewaretoken": CSRF}) if form else None
        link.request(method, path, body, headers)
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()


def all_at_once(port, sign_up, tokens, *, take="1"):
    """One connection and one thread for each; nobody begins before everybody is ready."""
    start = Barrier(len(tokens))

    def one(token):
        start.wait(60)
        return ask(port, "POST", f"/place/{token}/sessions/{sign_up.pk}/", {"take": take})

    with ThreadPoolExecutor(len(tokens)) as pool:
        return set(pool.map(one, tokens))


def the_edition():
    """Seen as at a moment at which its sessions are ahead."""
    edition = EditionFactory(public=True, is_demonstration=True, clock_at=NOW)
    return edition, PartFactory(edition=edition)


def standing(sign_up, state):
    places = SessionPlace.objects.filter(sign_up=sign_up, state=state).order_by("number")
    return list(places.values_list("number", flat=True))


def test_exactly_as_many_get_a_place_as_there_are_and_all_others_wait_in_order(settings):
    edition, part = the_edition()
    with pages(settings) as port:
        people = ParticipationFactory.create_batch(PEOPLE, edition=edition, linked=True, person=None)
        tokens = [token_of(place) for place in people]
        taken = []
        for _ in range(ROUNDS):
            sign_up = SignUpFactory(session=SessionFactory(part=part, scheduled=True), capacity=PLACES)

            statuses = all_at_once(port, sign_up, tokens)

            assert statuses == {302}
            taken.append(len(standing(sign_up, "taken")))
            assert standing(sign_up, "taken") == list(range(1, PLACES + 1))
            assert standing(sign_up, "waiting") == list(range(PLACES + 1, PEOPLE + 1))
        holders = SessionPlace.objects.filter(sign_up=sign_up, number__lte=5).select_related("participation")
        giving_back = [token_of(place.participation) for place in holders]

        assert all_at_once(port, sign_up, giving_back, take="0") == {302}

        assert taken == [PLACES] * ROUNDS
        assert standing(sign_up, "taken") == list(range(6, PLACES + 6))
        assert standing(sign_up, "waiting") == list(range(PLACES + 6, PEOPLE + 1))
        assert wrong_counters() == {}


def test_without_the_guard_the_same_requests_oversell(settings):
    edition, part = the_edition()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE admissions_sessionsignup DROP CONSTRAINT sign_up_places_not_exceeded")
    try:
        with pages(settings, FILIERA_OVERSELLS="1") as port:
            people = ParticipationFactory.create_batch(PEOPLE, edition=edition, linked=True, person=None)
            tokens = [token_of(place) for place in people]
            taken = []
            for _ in range(3):
                sign_up = SignUpFactory(session=SessionFactory(part=part, scheduled=True), capacity=PLACES)
                all_at_once(port, sign_up, tokens)
                taken.append(len(standing(sign_up, "taken")))
        assert max(taken) > PLACES
    finally:
        SessionSignUp.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE admissions_sessionsignup ADD CONSTRAINT sign_up_places_not_exceeded "
                "CHECK (taken >= 0 AND taken <= capacity)"
            )
