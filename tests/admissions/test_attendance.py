"""How somebody attends each day, and the counts that follow."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from filiera.academy.models import Day
from filiera.admissions.actions import attendance as actions
from filiera.admissions.models import AttendanceMode, DayAttendance, DayAttendanceChange
from filiera.admissions.queries.counts import Counts, counts_of
from filiera.admissions.queries.days import day_counts, own_days
from filiera.admissions.queries.place_links import viewer_by_link
from tests.academy.factories import NOW, PartFactory, RoomFactory, SessionFactory, between, moment
from tests.admissions.factories import DayAttendanceFactory, ParticipationFactory, PresenceFactory

AFTERWARDS = datetime(2023, 9, 21, 22, 0, tzinfo=UTC)


@pytest.fixture
def days(edition):
    PartFactory(edition=edition)
    return list(Day.objects.filter(part__edition=edition).order_by("date"))


@pytest.fixture
def place(edition):
    return ParticipationFactory(edition=edition, linked=True)


def said(place):
    return dict(DayAttendance.objects.filter(participation=place).values_list("day", "mode"))


def say(place, modes, *, by=None, at=NOW):
    return actions.say_attendance(participation=place, modes=modes, by=by or viewer_by_link(place), at=at)


def test_each_day_is_said_by_itself(place, days):
    first, second = days

    say(place, {first.pk: AttendanceMode.IN_PERSON, second.pk: AttendanceMode.ONLINE})

    assert said(place) == {first.pk: "in_person", second.pk: "online"}


def test_saying_the_same_again_is_no_change(place, days):
    say(place, {days[0].pk: AttendanceMode.ONLINE})

    changed = say(place, {days[0].pk: AttendanceMode.ONLINE})

    assert (changed, DayAttendanceChange.objects.count()) == ([], 1)


def test_the_last_changes_are_kept_and_no_more(place, days):
    for mode in ["online", "in_person", "absent"] * 3:
        say(place, {days[0].pk: mode})

    kept = DayAttendanceChange.objects.order_by("pk").values_list("before", "after")
    assert list(kept) == [
        ("online", "in_person"),
        ("in_person", "absent"),
        ("absent", "online"),
        ("online", "in_person"),
        ("in_person", "absent"),
    ]


def test_a_day_that_is_over_is_changed_by_the_desk_alone(place, days, desk):
    with pytest.raises(actions.DayIsOver):
        say(place, {days[0].pk: "absent"}, at=AFTERWARDS)

    say(place, {days[0].pk: "absent"}, by=desk, at=AFTERWARDS)
    assert said(place) == {days[0].pk: "absent"}


def test_a_day_of_another_edition_is_refused(place):
    PartFactory()

    with pytest.raises(actions.StrangeDay):
        say(place, {Day.objects.first().pk: "online"})


def test_only_whoever_has_a_confirmed_place_says_how(edition, days):
    offered = ParticipationFactory(edition=edition, offered=True, linked=True)

    with pytest.raises(actions.NotConfirmed):
        say(offered, {days[0].pk: "online"})


def test_the_link_of_another_place_says_nothing(edition, place, days):
    other = ParticipationFactory(edition=edition, linked=True)

    with pytest.raises(PermissionDenied):
        say(place, {days[0].pk: "online"}, by=viewer_by_link(other))


def test_what_is_usual_follows_the_mode_of_the_part(edition, place, days):
    PartFactory(edition=edition, online=True)

    usual = [own.usual for own in own_days(place, at=NOW)]

    assert sorted(usual) == ["in_person", "in_person", "online", "online"]


def test_the_counts_of_a_day_follow_at_once(edition, place, days):
    quiet = ParticipationFactory(edition=edition)
    ParticipationFactory(edition=edition, offered=True)
    say(place, {days[0].pk: "in_person"})
    DayAttendanceFactory(participation=quiet, day=days[1], mode="absent")

    first, second = day_counts(edition)

    assert (first.in_person, first.online, first.absent, first.not_said) == (1, 0, 0, 1)
    assert (second.in_person, second.online, second.absent, second.not_said) == (0, 0, 1, 1)


def test_a_room_that_is_too_small_is_told_and_parallel_rooms_count_together(edition, days):
    part = days[0].part
    small, large = RoomFactory(edition=edition, capacity=1), RoomFactory(edition=edition, capacity=1)
    for place in ParticipationFactory.create_batch(2, edition=edition):
        DayAttendanceFactory(participation=place, day=days[0])
    SessionFactory(part=part, room=small, during=between(moment(9)), title={"en": "Welcome"})
    SessionFactory(part=part, room=small, during=between(moment(11)))
    SessionFactory(part=part, room=large, during=between(moment(11)))

    [first, _second] = day_counts(edition)

    assert [(room.titles, room.seats, room.expected) for room in first.tight] == [("Welcome", 1, 2)]


@pytest.mark.parametrize("people", [1, 4])
def test_days_query_count(edition, days, people, django_assert_num_queries):
    for place in ParticipationFactory.create_batch(people, edition=edition):
        DayAttendanceFactory(participation=place, day=days[0])

    with django_assert_num_queries(6):
        day_counts(edition)


def test_selected_confirmed_registered_and_attended_are_different_numbers(edition):
    ParticipationFactory(edition=edition, selected=True)
    ParticipationFactory(edition=edition, offered=True)
    ParticipationFactory(edition=edition)
    registered = ParticipationFactory(edition=edition, registered_at=NOW)
    PresenceFactory(participation=registered)
    undone = ParticipationFactory(edition=edition)
    PresenceFactory(participation=undone, undone_at=NOW)
    for state in ("declined", "expired", "cancelled"):
        ParticipationFactory(edition=edition, state=state, ended_at=NOW)

    assert counts_of(edition) == Counts(
        selected=8,
        not_told=1,
        offered=1,
        confirmed=3,
        registered=1,
        attended=1,
        declined=1,
        expired=1,
        cancelled=1,
    )
