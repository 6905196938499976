"""Live warnings: each kind once, with the sentence an organiser reads."""

from datetime import date, time

import pytest

from filiera.academy import models
from filiera.academy.queries.warnings import warnings_of
from tests.academy.factories import (
    ContributionFactory,
    EditionMemberFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    between,
    moment,
)


@pytest.fixture
def part(edition):
    return PartFactory(edition=edition)


@pytest.fixture
def hall(edition):
    return RoomFactory(edition=edition, name={"en": "Main hall"}, capacity=50)


def scheduled(part, room, start, minutes=60, **values):
    return SessionFactory(part=part, room=room, during=between(start, minutes), **values)


def said(edition):
    return [(warning.kind, warning.sentence, warning.tone) for warning in warnings_of(edition)]


def test_a_sound_day_has_no_warnings(edition, part, hall):
    scheduled(part, hall, moment(9))
    scheduled(part, hall, moment(10))

    assert said(edition) == []


def test_an_allowed_pair_is_told(edition, part, hall):
    first = scheduled(part, hall, moment(9), title={"en": "One"}, overlap_key=7)
    second = scheduled(part, hall, moment(9, 30), title={"en": "Two"}, overlap_key=7)
    models.OverlapAllowance.objects.create(
        edition=edition, first=first, second=second, reason="", allowed_at=moment(8)
    )

    assert said(edition) == [
        ("room_allowed", "“One” and “Two” share Main hall at the same time: allowed.", "info")
    ]


def test_a_speaker_who_is_not_available(edition, part, hall):
    session = scheduled(part, hall, moment(9), title={"en": "One"})
    speaker = SpeakerFactory(edition=edition, name="Bianca")
    ContributionFactory(session=session, speaker=speaker)
    speaker.availabilities.create(during=between(moment(9, 30), 300))

    assert said(edition) == [
        (
            "speaker_unavailable",
            "Bianca is not available for “One”, 09:00 to 10:00. Move it, or ask the speaker again.",
            "warn",
        )
    ]


def test_a_speaker_who_declined(edition, part, hall):
    session = scheduled(part, hall, moment(9), title={"en": "One"})
    ContributionFactory(
        session=session, speaker=SpeakerFactory(edition=edition, name="Bianca", declined_at=moment(8))
    )

    assert said(edition) == [("speaker_declined", "Bianca has declined “One”. Ask somebody else.", "warn")]


def test_more_people_than_places(edition, part, hall):
    scheduled(part, hall, moment(9), title={"en": "One"}, capacity=60)

    assert said(edition) == [
        (
            "capacity",
            "“One” expects 60 people, Main hall holds 50. Choose a larger room or fewer places.",
            "warn",
        )
    ]


def test_a_plenary_expects_all_participants(edition, part):
    small = RoomFactory(edition=edition, name={"en": "Attic"}, capacity=1)
    EditionMemberFactory.create_batch(2, edition=edition, participant=True)
    scheduled(part, small, moment(9), title={"en": "One"}, kind=models.SessionKind.PLENARY)

    assert said(edition) == [
        ("capacity", "“One” expects 2 people, Attic holds 1. Choose a larger room or fewer places.", "warn")
    ]


def test_a_session_outside_the_hours_of_its_day(edition, part, hall):
    models.Day.objects.update(opens_at=time(9, 30))
    scheduled(part, hall, moment(9), title={"en": "One"})

    assert said(edition) == [
        (
            "outside_day",
            "“One”, 09:00 to 10:00, is outside the hours of the day, 09:30 to 23:00. "
            "Move it, or change the day's hours.",
            "warn",
        )
    ]


def test_a_session_left_behind_when_the_part_moved(edition, part, hall):
    scheduled(part, hall, moment(9), title={"en": "One"})
    models.Day.objects.all().delete()

    assert said(edition) == [
        ("outside_part", "“One” is outside the days of its part. Move it, or change the part.", "warn")
    ]


def test_a_room_closed_after_it_was_booked(edition, part, hall):
    scheduled(part, hall, moment(9), title={"en": "One"})
    hall.closures.create(during=between(moment(9, 30), 30))

    assert said(edition) == [
        ("room_closed", "Main hall is closed from 09:30 to 10:00, during “One”. Move the session.", "warn")
    ]


def test_a_session_beside_a_plenary(edition, part, hall):
    other_room = RoomFactory(edition=edition)
    scheduled(part, hall, moment(9), title={"en": "Opening"}, kind=models.SessionKind.PLENARY)
    scheduled(part, other_room, moment(9, 30), title={"en": "Workshop"}, kind=models.SessionKind.WORKSHOP)

    assert said(edition) == [
        (
            "beside_plenary",
            "“Workshop” runs during “Opening”, which is for everybody. Move one of the two.",
            "warn",
        )
    ]


def test_a_session_in_person_without_a_room(edition, part):
    scheduled(part, None, moment(9), title={"en": "One"})

    assert said(edition) == [("no_room", "“One” has no room yet. Choose one.", "warn")]


def test_a_session_online_needs_no_room(edition):
    online = PartFactory(edition=edition, online=True)
    scheduled(online, None, moment(9))

    assert said(edition) == []


def test_ninety_minutes_of_listening_are_enough(edition, part, hall):
    scheduled(part, hall, moment(9), 60, kind=models.SessionKind.PRESENTATION)
    scheduled(part, hall, moment(10), 35, kind=models.SessionKind.PRACTICE_CASE)
    scheduled(part, hall, moment(10, 35), 30, kind=models.SessionKind.WORKSHOP)
    scheduled(part, hall, moment(11, 5), 90, kind=models.SessionKind.PRESENTATION)

    assert said(edition) == [
        (
            "listening",
            "From 09:00 to 10:35 people only listen, for 95 minutes. "
            "Put a break, a discussion or group work in between.",
            "warn",
        )
    ]


def test_a_pause_ends_the_listening(edition, part, hall):
    scheduled(part, hall, moment(9), 60, kind=models.SessionKind.PRESENTATION)
    scheduled(part, hall, moment(10, 10), 60, kind=models.SessionKind.PRESENTATION)

    assert said(edition) == []


def test_something_else_beside_it_is_not_mere_listening(edition, part, hall):
    scheduled(part, hall, moment(9), 120, kind=models.SessionKind.PRESENTATION)
    scheduled(part, RoomFactory(edition=edition), moment(9, 30), 60, kind=models.SessionKind.WORKSHOP)

    assert said(edition) == []


def test_cancelled_sessions_and_the_tray_are_left_out(edition, part, hall):
    scheduled(part, hall, moment(9), capacity=900, cancelled=True)
    SessionFactory(part=part, capacity=900)

    assert said(edition) == []


@pytest.mark.parametrize("count", [1, 4])
def test_warnings_query_count(edition, part, count, django_assert_num_queries):
    for number in range(count):
        session = scheduled(part, RoomFactory(edition=edition, capacity=1), moment(9 + number), capacity=5)
        ContributionFactory(session=session)

    with django_assert_num_queries(7):
        found = warnings_of(edition)

    assert [warning.kind for warning in found] == ["capacity"] * count
    assert {warning.day for warning in found} == {date(2023, 9, 21)}


def test_several_sessions_beside_a_plenary_are_one_warning(edition, part, hall):
    scheduled(part, hall, moment(9), title={"en": "Opening"}, kind=models.SessionKind.PLENARY)
    for title in ("One", "Two"):
        scheduled(
            part,
            RoomFactory(edition=edition),
            moment(9),
            title={"en": title},
            kind=models.SessionKind.WORKSHOP,
        )

    assert said(edition) == [
        (
            "beside_plenary",
            "2 sessions run during “Opening”, which is for everybody: “One”, “Two”. "
            "Move them, or the plenary.",
            "warn",
        )
    ]
