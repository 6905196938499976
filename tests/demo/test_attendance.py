"""Who came in Torino: made up from a seed, marked, and nobody ahead of the demonstration's hour."""

from collections import Counter

import pytest

from filiera.admissions.models import (
    AttendanceMode,
    DayAttendance,
    Presence,
    PresenceMode,
    PresenceSource,
)
from filiera.demo.attendance import PARTICIPANT, load_attendance
from filiera.ledger.models import Fact
from tests.academy.factories import (
    FIRST_DAY,
    SECOND_DAY,
    EditionFactory,
    PartFactory,
    SessionFactory,
    between,
    moment,
)
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory

pytestmark = pytest.mark.django_db
AT = moment(12, day=SECOND_DAY.replace(year=2026))


@pytest.fixture
def part():
    """Two days in person, each with a session in the morning and one in the afternoon."""
    part = PartFactory(edition=EditionFactory(public=True, demonstration=True))
    for day in (FIRST_DAY, SECOND_DAY):
        for hour in (10, 14):
            SessionFactory(edition=part.edition, part=part, during=between(moment(hour, day=day), 90))
    SessionFactory(edition=part.edition, part=part, during=between(moment(12), 60), kind="break")
    return part


def made_up(part, **values):
    return ParticipationFactory(edition=part.edition, is_demonstration=True, **values)


def attended(part, clock_at):
    part.edition.clock_at = clock_at
    part.edition.save()
    return load_attendance(part.edition, AT)


@pytest.mark.parametrize(
    ("clock_at", "days", "sessions"),
    [
        (moment(8), 0, 0),
        (moment(13, 42), 1, 1),
        (moment(15, 30), 1, 2),
        (moment(23, day=SECOND_DAY), 2, 4),
    ],
    ids=["before", "at noon", "as it ends", "after"],
)
def test_nobody_has_attended_what_has_not_ended_at_the_hour_of_the_demonstration(
    part, clock_at, days, sessions
):
    for _ in range(12):
        made_up(part)

    made = attended(part, clock_at)

    there = Presence.objects.filter(checked_in_at__lte=clock_at, recorded_at__lte=clock_at)
    assert there.count() == Presence.objects.count() == made
    assert there.exclude(day=None).values("day").distinct().count() == days
    assert there.exclude(session=None).values("session").distinct().count() == sessions
    assert Fact.objects.filter(kind="attendance.in_person").count() == there.exclude(session=None).count()
    assert {fact.quantity for fact in Fact.objects.all()} <= {1.5}


def test_people_come_as_they_said_and_once(part):
    day = part.days.get(date=FIRST_DAY)
    said = {mode: [made_up(part) for _ in range(12)] for mode in AttendanceMode}
    for mode, places in said.items():
        for place in places:
            DayAttendance.objects.create(participation=place, day=day, mode=mode, changed_at=AT)
    visitor = made_up(part, person=PersonFactory(email=PARTICIPANT))
    real = ParticipationFactory(edition=part.edition)

    made = attended(part, moment(13, 42))
    again = load_attendance(part.edition, AT)

    assert (made, again) == (Presence.objects.count(), 0)
    of_day = Presence.objects.filter(day=day)
    modes = Counter((row.mode, row.participation_id in own) for row in of_day for own in [keys_of(said, row)])
    assert set(modes) == {(PresenceMode.IN_PERSON, True), (PresenceMode.ONLINE, True)}
    # Most are there, and some are still on their way.
    assert all(5 <= count < 12 for count in modes.values())
    assert not Presence.objects.filter(
        participation__in=[visitor, real, *said[AttendanceMode.ABSENT]]
    ).exists()
    assert set(Presence.objects.values_list("source", flat=True)) == {PresenceSource.LIST}
    late = Presence.objects.filter(session__isnull=False, checked_in_at__lt=moment(10))
    assert not late.exists()


def keys_of(said, presence):
    """Who said that they come in the way in which somebody was there."""
    return {place.pk for place in said[AttendanceMode(presence.mode)]}
