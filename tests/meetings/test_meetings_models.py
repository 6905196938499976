"""What the database keeps of meetings, whatever the code does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from filiera.meetings.models import Meeting, MeetingSeat, MeetingState
from tests.meetings.meeting_factories import (
    FIRST_SLOT,
    AttendeeFactory,
    MeetingFactory,
    RoundFactory,
    SlotFactory,
    TableFactory,
    WishFactory,
    room,
)

pytestmark = pytest.mark.django_db


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_nobody_is_in_two_meetings_of_one_slot():
    meeting = MeetingFactory()

    refused(
        lambda: MeetingFactory(
            round=meeting.round,
            first=meeting.second,
            second=AttendeeFactory(round=meeting.round),
            slot=meeting.slot,
        )
    )


def test_a_table_holds_one_meeting_at_a_time():
    meeting = MeetingFactory()

    refused(lambda: MeetingFactory(round=meeting.round, slot=meeting.slot, table=meeting.table))


def test_a_cancelled_meeting_frees_its_people_and_its_table():
    meeting = MeetingFactory()

    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CANCELLED)
    MeetingFactory(
        round=meeting.round,
        first=meeting.first,
        second=meeting.second,
        slot=meeting.slot,
        table=meeting.table,
    )

    assert MeetingSeat.objects.filter(slot=meeting.slot).count() == 2


def test_seats_follow_a_meeting_that_moves():
    meeting = MeetingFactory()
    later = SlotFactory(round=meeting.round)

    Meeting.objects.filter(pk=meeting.pk).update(slot=later)

    assert set(MeetingSeat.objects.values_list("attendee_id", "slot_id")) == {
        (meeting.first_id, later.pk),
        (meeting.second_id, later.pk),
    }


def test_a_moved_meeting_cannot_take_somebody_who_sits_elsewhere():
    meeting = MeetingFactory()
    other = MeetingFactory(round=meeting.round, first=meeting.first)

    refused(lambda: Meeting.objects.filter(pk=other.pk).update(slot=meeting.slot))


def test_a_cancelled_meeting_cannot_come_back_over_another():
    meeting = MeetingFactory()
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CANCELLED)
    MeetingFactory(round=meeting.round, first=meeting.first, slot=meeting.slot)

    refused(lambda: Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.PLANNED))


def test_a_pair_meets_once_and_is_written_in_one_order():
    meeting = MeetingFactory()

    refused(lambda: MeetingFactory(round=meeting.round, first=meeting.first, second=meeting.second))
    refused(lambda: MeetingFactory(round=meeting.round, first=meeting.second, second=meeting.first))


def test_slots_of_a_round_do_not_overlap_but_may_follow_at_once():
    round_ = RoundFactory()
    slot = SlotFactory(round=round_, starts_at=FIRST_SLOT)

    refused(lambda: SlotFactory(round=round_, starts_at=FIRST_SLOT + timedelta(minutes=10)))
    SlotFactory(round=round_, starts_at=slot.ends_at)
    SlotFactory(starts_at=FIRST_SLOT)


def test_tables_have_a_room_or_an_address():
    refused(lambda: TableFactory(url="https://meet.example.org/1"))
    refused(lambda: SlotFactory(ends_at=FIRST_SLOT, starts_at=FIRST_SLOT))


def test_nobody_wishes_or_blocks_themselves():
    _round, (somebody, *_others) = room()

    refused(lambda: WishFactory(wisher=somebody, wanted=somebody))
    refused(lambda: somebody.blocks.create(blocked=somebody, made_at=FIRST_SLOT))


def test_the_app_itself_cannot_seat_somebody_twice(as_app):
    meeting = MeetingFactory()

    refused(lambda: MeetingSeat.objects.create(meeting=meeting, attendee=meeting.first, slot=meeting.slot))
