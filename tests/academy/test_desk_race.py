"""Two hundred attempts at one place and time, with real commits: the database lets one through."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections

from filiera.academy import models
from filiera.academy.actions.errors import RoomAlreadyBooked, SpeakerAlreadyBooked
from filiera.academy.actions.programme import move_session
from filiera.accounts.viewer import SYSTEM
from tests.academy.factories import (
    NOW,
    ContributionFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    moment,
)

ATTEMPTS = 200
AT_ONCE = 40

pytestmark = pytest.mark.django_db(transaction=True)


def race(sessions, place):
    """Move all sessions at once, each in a connection of its own; count how it ended."""

    def attempt(number, session):
        try:
            room, starts_at = place(number)
            move_session(session=session, room=room, starts_at=starts_at, minutes=60, by=SYSTEM, at=NOW)
        except (RoomAlreadyBooked, SpeakerAlreadyBooked) as refusal:
            return refusal.code
        else:
            return "moved"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(attempt, range(len(sessions)), sessions))


@contextmanager
def without(table, constraint):
    """The same database with one of its promises taken away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint])
        (definition,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
    try:
        yield
    finally:
        models.Session.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {definition}')


def contenders(part, count):
    return [SessionFactory(part=part) for _ in range(count)]


def test_one_of_two_hundred_gets_the_room():
    part = PartFactory()
    hall = RoomFactory(edition=part.edition)
    sessions = contenders(part, ATTEMPTS)

    ended = race(sessions, lambda number: (hall, moment(9) + timedelta(minutes=number % 12 * 5)))

    booked = models.Session.objects.filter(room=hall, during__isnull=False).count()
    assert (ended, booked) == ({"moved": 1, "room_already_booked": ATTEMPTS - 1}, 1)


def test_without_the_constraint_the_room_is_booked_twice():
    part = PartFactory()
    hall = RoomFactory(edition=part.edition)
    sessions = contenders(part, 20)

    with without("academy_session", "session_room_not_double_booked"):
        ended = race(sessions, lambda number: (hall, moment(9)))

    assert ended == {"moved": 20}


def test_one_of_two_hundred_gets_the_speaker():
    part = PartFactory()
    speaker = SpeakerFactory(edition=part.edition)
    sessions = contenders(part, ATTEMPTS)
    for session in sessions:
        ContributionFactory(session=session, speaker=speaker)

    ended = race(sessions, lambda number: (None, moment(9)))

    booked = models.Contribution.objects.filter(speaker=speaker, during__isnull=False).count()
    assert (ended, booked) == ({"moved": 1, "speaker_already_booked": ATTEMPTS - 1}, 1)


def test_without_the_constraint_the_speaker_is_in_two_places():
    part = PartFactory()
    speaker = SpeakerFactory(edition=part.edition)
    sessions = contenders(part, 20)
    for session in sessions:
        ContributionFactory(session=session, speaker=speaker)

    with without("academy_contribution", "contribution_speaker_not_double_booked"):
        ended = race(sessions, lambda number: (None, moment(9)))

    assert ended == {"moved": 20}
