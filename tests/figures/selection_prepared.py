"""Selections of three sizes, made and measured inside the platform.

python -m tests.figures.selection_prepared      with FILIERA_DATA; prints one JSON object
"""

import json
import os
import sys
import time
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
django.setup()

# Models can only be imported once Django is set up.
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from filiera.academy.models import EditionMember, EditionRole  # noqa: E402
from filiera.accounts.models import Person  # noqa: E402
from filiera.accounts.viewer import SYSTEM  # noqa: E402
from filiera.admissions.actions.selection_proposals import propose  # noqa: E402
from filiera.admissions.actions.selection_versions import begin_selection  # noqa: E402
from filiera.admissions.models import Call, Selection, SelectionRun  # noqa: E402
from filiera.admissions.queries.selection_reasons import OPEN  # noqa: E402
from tests.academy.factories import NOW, EditionFactory  # noqa: E402
from tests.admissions.factories import CallFactory  # noqa: E402
from tests.admissions.selection_pool import add_rules, pool  # noqa: E402

SIZES = ((84, 30), (1_000, 100), (10_000, 300))
VIEWS = 5


def measured(count: int, places: int) -> dict[str, object]:
    sys.stderr.write(f"{count} applications …\n")
    edition = EditionFactory(slug=f"selection-{count}", public=True, number=count)
    call = pool(count, places=places, call=CallFactory(edition=edition, places=places))
    selection = begin_selection(call=call, by=SYSTEM, at=NOW)
    add_rules(selection)
    began = time.perf_counter()
    propose(call=call, by=SYSTEM, at=timezone.now())
    asked_s = time.perf_counter() - began
    # The platform's own worker does the jobs; the first may leave a second one for the reasons.
    while SelectionRun.objects.running().filter(selection=selection).exists():
        time.sleep(0.1)
    runs = SelectionRun.objects.filter(selection=selection, finished_at__isnull=False)
    jobs_s = {run.kind: _seconds(run) for run in runs}
    selection.refresh_from_db()
    sys.stderr.write(f"  found after {asked_s:.1f} s, jobs {jobs_s}\n")
    kinds = Counter(row["kind"] for row in selection.decisions.values_list("reason", flat=True))
    return {
        "applications": count,
        "places": places,
        "status": selection.status,
        "found s": selection.seconds,
        "gap": selection.gap,
        "page waits s": asked_s,
        "search job s": jobs_s.get("propose"),
        "reasons job s": jobs_s.get("explain"),
        "explained": count - kinds[OPEN],
        **board(call, selection),
    }


def _seconds(run: SelectionRun) -> float | None:
    """From the request to the end: waiting for a worker is part of it."""
    return (run.finished_at - run.asked_at).total_seconds() if run.finished_at else None


def board(call: Call, selection: Selection) -> dict[str, object]:
    """What the board costs once it is decided."""
    person = Person.objects.get(email="organiser@demonstration.invalid")
    EditionMember.objects.create(edition=call.edition, person=person, role=EditionRole.DIRECTOR, since=NOW)
    client = Client(headers={"host": "localhost"})
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = reverse("admissions:desk_selection", args=[call.edition.slug])
    client.get(address)
    seconds = []
    for _view in range(VIEWS):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as statements:
            answer = client.get(address)
        seconds.append(time.perf_counter() - began)
    return {
        "board": answer.status_code,
        "board ms": 1000 * min(seconds),
        "statements": len(statements),
    }


if __name__ == "__main__":
    json.dump({"rows": [measured(*size) for size in SIZES]}, sys.stdout)
