"""Actions on the draft: one test for each outcome."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from filiera.academy import models
from filiera.academy.actions import errors, overlaps, programme, undo
from filiera.push.models import Event
from tests.academy.factories import (
    NOW,
    SECOND_DAY,
    ContributionFactory,
    EditionFactory,
    ObjectiveFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    between,
    moment,
    publish,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def part(edition):
    return PartFactory(edition=edition)


@pytest.fixture
def hall(edition):
    return RoomFactory(edition=edition, name={"en": "Main hall"})


def details(**changes):
    values = {
        "kind": models.SessionKind.LESSON,
        "title": {"en": "Strategy", "it": "Strategia"},
        "minutes": 45,
    }
    return programme.SessionDetails(**{**values, **changes})


def test_a_new_session_waits_in_the_tray(edition, part, editor):
    objective = ObjectiveFactory(edition=edition)

    session = programme.add_session(
        edition=edition, part=part, details=details(objectives=[objective]), by=editor, at=LATER
    )

    session.refresh_from_db()
    assert (session.slug, session.during, session.minutes, list(session.objectives.all())) == (
        "strategy",
        None,
        45,
        [objective],
    )


def test_two_sessions_of_one_name_have_two_addresses(edition, part, editor):
    made = [
        programme.add_session(edition=edition, part=part, details=details(), by=editor, at=LATER)
        for _ in range(3)
    ]

    assert [session.slug for session in made] == ["strategy", "strategy-2", "strategy-3"]


@pytest.mark.parametrize("minutes", [0, -30, 4])
def test_a_session_does_not_end_before_it_starts(edition, part, editor, minutes):
    with pytest.raises(errors.EndsBeforeStart):
        programme.add_session(
            edition=edition, part=part, details=details(minutes=minutes), by=editor, at=LATER
        )


def test_a_session_does_not_last_for_days(part, hall, editor):
    session = SessionFactory(part=part)

    with pytest.raises(errors.LastsTooLong):
        programme.move_session(
            session=session, room=hall, starts_at=moment(9), minutes=5000, by=editor, at=LATER
        )


def test_move_gives_room_and_time_and_tells_open_desks(part, hall, editor):
    session = SessionFactory(part=part, demonstration_fields=["hour", "title"])

    programme.move_session(session=session, room=hall, starts_at=moment(10), minutes=30, by=editor, at=LATER)

    session.refresh_from_db()
    told = list(Event.objects.values_list("topic", "data"))
    assert (session.room, session.during, session.sequence, session.demonstration_fields, told) == (
        hall,
        between(moment(10), 30),
        1,
        ["title"],
        [(f"edition:{part.edition_id}:desk", {"by": editor.person_id})],
    )


def test_move_into_another_part_follows_its_dates(edition, part, hall, editor):
    online = PartFactory(
        edition=edition,
        online=True,
        starts_on=datetime(2023, 6, 6).date(),
        ends_on=datetime(2023, 6, 7).date(),
    )
    session = SessionFactory(part=part)
    starts_at = datetime(2023, 6, 7, 8, tzinfo=UTC)

    programme.move_session(session=session, room=None, starts_at=starts_at, minutes=60, by=editor, at=LATER)

    session.refresh_from_db()
    assert session.part == online


def test_the_last_day_may_end_at_midnight(part, hall, editor):
    session = SessionFactory(part=part)

    programme.move_session(
        session=session, room=hall, starts_at=moment(22, day=SECOND_DAY), minutes=120, by=editor, at=LATER
    )

    session.refresh_from_db()
    assert session.during == between(moment(22, day=SECOND_DAY), 120)


def test_move_outside_every_part_is_refused(part, hall, editor):
    session = SessionFactory(part=part)

    with pytest.raises(errors.OutsidePart):
        programme.move_session(
            session=session,
            room=hall,
            starts_at=moment(23, 30, day=SECOND_DAY),
            minutes=60,
            by=editor,
            at=LATER,
        )


def test_move_into_a_closed_room_says_when_it_is_closed(part, hall, editor):
    models.RoomClosure.objects.create(room=hall, during=between(moment(12), 60))
    session = SessionFactory(part=part)

    with pytest.raises(errors.RoomClosed) as refusal:
        programme.move_session(
            session=session, room=hall, starts_at=moment(11, 30), minutes=60, by=editor, at=LATER
        )

    assert str(refusal.value) == (
        "Main hall is closed from 12:00 to 13:00. Choose another room or another time."
    )


def test_a_room_of_another_edition_is_refused(part, editor):
    session = SessionFactory(part=part)

    with pytest.raises(errors.StrangeRoom):
        programme.move_session(
            session=session, room=RoomFactory(), starts_at=moment(9), minutes=60, by=editor, at=LATER
        )


def test_a_booked_room_names_the_other_session(part, hall, editor):
    SessionFactory(part=part, scheduled=True, room=hall, title={"en": "Lunch"})
    session = SessionFactory(part=part)

    with pytest.raises(errors.RoomAlreadyBooked) as refusal:
        programme.move_session(
            session=session, room=hall, starts_at=moment(9, 30), minutes=60, by=editor, at=LATER
        )

    session.refresh_from_db()
    assert (str(refusal.value), session.during, models.EditStep.objects.count()) == (
        "“Lunch” is in this room from 09:00 to 10:00. Choose another time or room, "
        "or allow these two sessions to overlap.",
        None,
        0,
    )


def test_a_booked_speaker_names_the_other_session(part, hall, editor):
    other = SessionFactory(part=part, scheduled=True, title={"en": "Keynote"})
    speaker = SpeakerFactory(edition=part.edition, name="Bianca")
    ContributionFactory(session=other, speaker=speaker)
    session = SessionFactory(part=part)
    ContributionFactory(session=session, speaker=speaker)

    with pytest.raises(errors.SpeakerAlreadyBooked) as refusal:
        programme.move_session(
            session=session, room=hall, starts_at=moment(9, 30), minutes=60, by=editor, at=LATER
        )

    assert (str(refusal.value), refusal.value.speaker) == (
        "Bianca is in “Keynote” from 09:00 to 10:00. Choose another time, take the speaker out of one of the "
        "two, or allow these two sessions to overlap.",
        speaker,
    )


def test_a_stale_move_changes_nothing(part, hall, editor):
    session = SessionFactory(part=part, sequence=3)

    with pytest.raises(errors.StaleSession):
        programme.move_session(
            session=session, room=hall, starts_at=moment(9), minutes=60, sequence=2, by=editor, at=LATER
        )


def test_edit_keeps_the_start_and_moves_the_end(part, hall, editor):
    session = SessionFactory(part=part, scheduled=True, room=hall)

    programme.edit_session(session=session, details=details(minutes=90), sequence=0, by=editor, at=LATER)

    session.refresh_from_db()
    assert (session.title, session.during, session.sequence) == (
        {"en": "Strategy", "it": "Strategia"},
        between(moment(9), 90),
        1,
    )


def test_shelve_frees_the_room(part, hall, editor):
    session = SessionFactory(part=part, scheduled=True, room=hall)

    programme.shelve_session(session=session, by=editor, at=LATER)

    session.refresh_from_db()
    assert (session.during, session.room) == (None, None)


def test_duplicate_copies_words_and_speakers_into_the_tray(part, hall, editor):
    session = SessionFactory(part=part, scheduled=True, room=hall)
    speaker = ContributionFactory(session=session, role=models.ContributionRole.KEYNOTE).speaker

    copy = programme.duplicate_session(session=session, by=editor, at=LATER)

    copy.refresh_from_db()
    speakers = list(copy.contributions.values_list("speaker", "role", "during"))
    assert (copy.title, copy.during, copy.room, speakers, copy.pk != session.pk) == (
        session.title,
        None,
        None,
        [(speaker.pk, "keynote", None)],
        True,
    )


def test_a_cancelled_session_frees_room_and_speaker_until_it_is_restored(part, hall, editor):
    session = SessionFactory(part=part, scheduled=True, room=hall)
    contribution = ContributionFactory(session=session)

    programme.cancel_session(session=session, by=editor, at=LATER)
    SessionFactory(part=part, scheduled=True, room=hall)

    contribution.refresh_from_db()
    assert contribution.during is None
    with pytest.raises(errors.RoomAlreadyBooked):
        programme.restore_session(session=session, by=editor, at=LATER)


def test_delete_removes_what_was_never_published(part, editor):
    session = SessionFactory(part=part)

    programme.delete_session(session=session, by=editor, at=LATER)

    assert not models.Session.objects.exists()


def test_a_published_session_is_not_deleted(part, editor):
    session = SessionFactory(part=part, scheduled=True)
    publish(part.edition)

    with pytest.raises(programme.SessionWasPublished):
        programme.delete_session(session=session, by=editor, at=LATER)


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_only_editors_move_sessions(part, hall, who, request):
    session = SessionFactory(part=part)

    with pytest.raises(PermissionDenied):
        programme.move_session(
            session=session,
            room=hall,
            starts_at=moment(9),
            minutes=60,
            by=request.getfixturevalue(who),
            at=LATER,
        )


def test_an_editor_of_another_edition_moves_nothing(editor):
    session = SessionFactory(part=PartFactory(edition=EditionFactory()))

    with pytest.raises(PermissionDenied):
        programme.shelve_session(session=session, by=editor, at=LATER)


# Overlaps


def test_an_allowed_pair_shares_a_room(part, hall, editor):
    first = SessionFactory(part=part, scheduled=True, room=hall)
    second = SessionFactory(part=part)

    overlaps.allow_overlap(
        first=first, second=second, speaker=None, reason="One group each", by=editor, at=LATER
    )
    programme.move_session(session=second, room=hall, starts_at=moment(9), minutes=60, by=editor, at=LATER)

    second.refresh_from_db()
    assert second.during == between(moment(9))


def test_an_allowed_pair_shares_a_speaker(part, editor):
    first = SessionFactory(part=part, scheduled=True)
    second = SessionFactory(part=part)
    speaker = ContributionFactory(session=first).speaker
    ContributionFactory(session=second, speaker=speaker)

    overlaps.allow_overlap(first=first, second=second, speaker=speaker, reason="Short", by=editor, at=LATER)
    programme.move_session(session=second, room=None, starts_at=moment(9), minutes=60, by=editor, at=LATER)

    second.refresh_from_db()
    assert second.during == between(moment(9))


def test_a_third_session_does_not_join_a_pair(part, hall, editor):
    first, second, third = SessionFactory.create_batch(3, part=part)
    first.title = {"en": "One"}
    first.save()
    second.title = {"en": "Two"}
    second.save()
    overlaps.allow_overlap(first=first, second=second, speaker=None, reason="", by=editor, at=LATER)

    with pytest.raises(overlaps.AlreadyInAPair) as refusal:
        overlaps.allow_overlap(first=third, second=second, speaker=None, reason="", by=editor, at=LATER)

    assert str(refusal.value) == (
        "“Two” may already overlap with “One”. A session can be in one such pair only: "
        "end that permission first."
    )


def test_a_session_does_not_pair_with_itself(part, editor):
    session = SessionFactory(part=part)

    with pytest.raises(overlaps.PairWithItself):
        overlaps.allow_overlap(first=session, second=session, speaker=None, reason="", by=editor, at=LATER)


def test_a_speaker_of_one_session_allows_nothing(part, editor):
    first, second = SessionFactory.create_batch(2, part=part)
    speaker = ContributionFactory(session=first).speaker

    with pytest.raises(overlaps.SpeakerNotInBoth):
        overlaps.allow_overlap(first=first, second=second, speaker=speaker, reason="", by=editor, at=LATER)


def test_a_permission_in_use_does_not_end(part, hall, editor):
    first = SessionFactory(part=part, scheduled=True, room=hall)
    second = SessionFactory(part=part)
    allowance = overlaps.allow_overlap(
        first=first, second=second, speaker=None, reason="", by=editor, at=LATER
    )
    programme.move_session(session=second, room=hall, starts_at=moment(9), minutes=60, by=editor, at=LATER)

    with pytest.raises(overlaps.OverlapInUse):
        overlaps.end_overlap(allowance=allowance, by=editor, at=LATER)


def test_an_ended_permission_forbids_again(part, hall, editor):
    first = SessionFactory(part=part, scheduled=True, room=hall)
    second = SessionFactory(part=part)
    allowance = overlaps.allow_overlap(
        first=first, second=second, speaker=None, reason="", by=editor, at=LATER
    )

    overlaps.end_overlap(allowance=allowance, by=editor, at=LATER)

    with pytest.raises(errors.RoomAlreadyBooked):
        programme.move_session(
            session=second, room=hall, starts_at=moment(9), minutes=60, by=editor, at=LATER
        )


# Undo


def state_of(edition):
    sessions = edition.sessions.order_by("pk").values_list(
        "slug", "title", "state", "during", "room", "overlap_key"
    )
    speakers = models.Contribution.objects.order_by("session", "speaker").values_list(
        "session", "speaker", "role", "during"
    )
    objectives = models.Session.objectives.through.objects.order_by("pk").values_list("session", "objective")
    return list(sessions), list(speakers), list(objectives), models.OverlapAllowance.objects.count()


def test_every_step_is_taken_back_and_done_again(edition, part, hall, editor):
    states = [state_of(edition)]
    session = programme.add_session(
        edition=edition,
        part=part,
        details=details(objectives=[ObjectiveFactory(edition=edition)]),
        by=editor,
        at=LATER,
    )
    states.append(state_of(edition))
    ContributionFactory(session=session)
    states[-1] = state_of(edition)
    steps = [
        lambda: programme.move_session(
            session=session, room=hall, starts_at=moment(9), minutes=60, by=editor, at=LATER
        ),
        lambda: programme.duplicate_session(session=session, by=editor, at=LATER),
        lambda: overlaps.allow_overlap(
            first=session,
            second=models.Session.objects.exclude(pk=session.pk).get(),
            speaker=None,
            reason="",
            by=editor,
            at=LATER,
        ),
        lambda: programme.cancel_session(session=session, by=editor, at=LATER),
        lambda: programme.restore_session(session=session, by=editor, at=LATER),
        lambda: programme.shelve_session(session=session, by=editor, at=LATER),
        lambda: programme.delete_session(session=session, by=editor, at=LATER),
    ]
    for step in steps:
        step()
        states.append(state_of(edition))

    back = []
    for _ in steps:
        undo.undo_last_step(edition=edition, by=editor, at=LATER)
        back.append(state_of(edition))
    again = []
    for _ in steps:
        undo.redo_step(edition=edition, by=editor, at=LATER)
        again.append(state_of(edition))

    assert back == states[-2:0:-1]
    assert again == states[2:]


def test_undo_reaches_twenty_steps_back(edition, part, hall, editor):
    session = SessionFactory(part=part)
    for step in range(22):
        programme.move_session(
            session=session,
            room=hall,
            starts_at=moment(9) + timedelta(minutes=5 * step),
            minutes=60,
            by=editor,
            at=LATER,
        )

    for _ in range(20):
        undo.undo_last_step(edition=edition, by=editor, at=LATER)

    session.refresh_from_db()
    assert (session.during, models.EditStep.objects.count()) == (between(moment(9, 5)), 20)
    with pytest.raises(undo.NothingToUndo):
        undo.undo_last_step(edition=edition, by=editor, at=LATER)


def test_undo_never_gives_an_older_sequence(edition, part, hall, editor):
    session = SessionFactory(part=part)
    programme.move_session(session=session, room=hall, starts_at=moment(9), minutes=60, by=editor, at=LATER)

    undo.undo_last_step(edition=edition, by=editor, at=LATER)

    session.refresh_from_db()
    assert (session.during, session.sequence) == (None, 2)


def test_a_step_that_somebody_built_on_stays(edition, part, hall, editor, director):
    session = SessionFactory(part=part)
    programme.move_session(session=session, room=hall, starts_at=moment(9), minutes=60, by=editor, at=LATER)
    programme.move_session(
        session=session, room=hall, starts_at=moment(11), minutes=60, by=director, at=LATER
    )

    with pytest.raises(undo.ChangedSince):
        undo.undo_last_step(edition=edition, by=editor, at=LATER)


def test_undo_into_a_taken_place_stays(edition, part, hall, editor, director):
    session = SessionFactory(part=part, scheduled=True, room=hall)
    programme.move_session(session=session, room=hall, starts_at=moment(11), minutes=60, by=editor, at=LATER)
    SessionFactory(part=part, scheduled=True, room=hall)

    with pytest.raises(undo.NoLongerPossible):
        undo.undo_last_step(edition=edition, by=editor, at=LATER)


def test_a_new_step_ends_redo(edition, part, hall, editor):
    session = SessionFactory(part=part)
    programme.move_session(session=session, room=hall, starts_at=moment(9), minutes=60, by=editor, at=LATER)
    undo.undo_last_step(edition=edition, by=editor, at=LATER)
    programme.move_session(session=session, room=hall, starts_at=moment(10), minutes=60, by=editor, at=LATER)

    with pytest.raises(undo.NothingToRedo):
        undo.redo_step(edition=edition, by=editor, at=LATER)
