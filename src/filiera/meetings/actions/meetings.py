"""Meetings one by one: taken by the people, moved or cancelled, pinned, published, noted."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import (
    Attendee,
    Meeting,
    MeetingNote,
    MeetingRound,
    MeetingSlot,
    MeetingState,
    MeetingTable,
    MeetingWish,
    TableKind,
    WishState,
)
from filiera.meetings.policies import can_plan_meetings
from filiera.meetings.policies.meetings import can_act_as, can_change_meeting
from filiera.meetings.queries.availability import availability_of
from filiera.meetings.queries.problem import KINDS
from filiera.shared.errors import DomainError

from .attendees import NotAttending
from .rounds import lock_round, touch_round
from .telling import tell_cancelled, tell_changes, tell_schedule
from .wishes import are_blocked


class NotAgreed(DomainError):
    message = _("The other has not said yes. Wait for the answer, or wish it again.")


class AlreadyMeeting(DomainError):
    message = _("These two have a meeting already.")


class SlotHasBegun(DomainError):
    message = _("This time has begun. Choose a later one.")
    field = "slot"


class NotFree(DomainError):
    message = _("One of you is not free at this time. Choose another.")
    field = "slot"


class NoTableFree(DomainError):
    message = _("All tables are taken at this time. Choose another.")
    field = "slot"


class EnoughMeetings(DomainError):
    message = _("One of you has as many meetings as allowed. Cancel one first.")


class MeetingSettled(DomainError):
    message = _("This meeting is over, or was cancelled already.")


class NothingToPublish(DomainError):
    message = _("There are no meetings yet. Make a plan and take it first.")


class AlreadyPublished(DomainError):
    message = _("The meetings are published already; changes are told at once.")


@transaction.atomic
def schedule_meeting(
    *, one: Attendee, other: Attendee, slot: MeetingSlot, by: Viewer, at: datetime
) -> Meeting:
    """Take a slot for two people who have agreed, at the first table that is free.

    The people themselves where they schedule; the organiser anywhere, also for two who have not wished it.
    Raises PermissionDenied, NotAttending, NotAgreed, AlreadyMeeting, SlotHasBegun, NotFree, NoTableFree,
    EnoughMeetings.
    """
    round_ = lock_round(one.round)
    plans = can_plan_meetings(by, round_.edition)
    takes = round_.is_scheduled_by_people and (can_act_as(by, one) or can_act_as(by, other))
    if not (plans or takes):
        raise PermissionDenied
    if one.left_at is not None or other.left_at is not None or one.round_id != other.round_id:
        raise NotAttending
    # A pair that is kept apart hears what any pair hears whose other has not answered.
    if are_blocked(one, other) or not (plans or _have_agreed(one, other)):
        raise NotAgreed
    first, second = sorted((one, other), key=lambda attendee: attendee.pk)
    if Meeting.objects.standing().filter(first=first, second=second).exists():
        raise AlreadyMeeting
    for attendee in (first, second):
        own = round_.most_meetings if attendee.most is None else min(attendee.most, round_.most_meetings)
        if attendee.seats.count() >= own:
            raise EnoughMeetings
    table = _free_table(round_, first, second, slot, at=at)
    meeting = Meeting.objects.create(
        round=round_, first=first, second=second, slot=slot, table=table, scheduled_at=at, changed_at=at
    )
    _tell(round_, (first, second), by=by, event=f"taken-{meeting.pk}", at=at)
    touch_round(round_, at=at)
    return meeting


@transaction.atomic
def move_meeting(*, meeting: Meeting, slot: MeetingSlot, by: Viewer, at: datetime) -> Meeting:
    """Put a meeting into another slot, where both are free and a table is.

    Raises PermissionDenied, MeetingSettled, SlotHasBegun, NotFree, NoTableFree.
    """
    meeting, round_ = _open_meeting(meeting, by=by)
    if not (can_plan_meetings(by, round_.edition) or round_.is_scheduled_by_people):
        raise PermissionDenied
    meeting.table = _free_table(round_, meeting.first, meeting.second, slot, at=at)
    meeting.slot, meeting.changed_at = slot, at
    meeting.save(update_fields=["slot", "table", "changed_at"])
    _tell(
        round_, (meeting.first, meeting.second), by=by, event=f"moved-{meeting.pk}-{at:%Y%m%d%H%M%S}", at=at
    )
    touch_round(round_, at=at)
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: Viewer, at: datetime) -> Meeting:
    """Cancel a meeting that has not begun; the other side gets a mail, and the place is free.

    Raises PermissionDenied, MeetingSettled.
    """
    meeting, round_ = _open_meeting(meeting, by=by)
    meeting.state, meeting.is_pinned, meeting.changed_at = MeetingState.CANCELLED, False, at
    meeting.save(update_fields=["state", "is_pinned", "changed_at"])
    if round_.published_at is not None or round_.is_scheduled_by_people:
        told = [each for each in (meeting.first, meeting.second) if each.person_id != by.person_id]
        tell_cancelled(meeting, told, at=at)
    touch_round(round_, at=at)
    return meeting


@transaction.atomic
def pin_meeting(*, meeting: Meeting, is_pinned: bool, by: Viewer, at: datetime) -> Meeting:
    """Keep a meeting where it is in every further plan, or let it move again.

    Raises PermissionDenied, MeetingSettled.
    """
    if not can_plan_meetings(by, meeting.round.edition):
        raise PermissionDenied
    meeting, round_ = _open_meeting(meeting, by=by)
    meeting.is_pinned = is_pinned
    meeting.save(update_fields=["is_pinned"])
    touch_round(round_, at=at)
    return meeting


@transaction.atomic
def publish_meetings(*, round_: MeetingRound, by: Viewer, at: datetime) -> MeetingRound:
    """Let everybody see their meetings, and write to each who has any.

    Raises PermissionDenied, AlreadyPublished, NothingToPublish.
    """
    if not can_plan_meetings(by, round_.edition):
        raise PermissionDenied
    round_ = lock_round(round_)
    if round_.published_at is not None:
        raise AlreadyPublished
    if not Meeting.objects.standing().filter(round=round_).exists():
        raise NothingToPublish
    round_.published_at = at
    round_.opened_at = round_.opened_at or at
    round_.save(update_fields=["published_at", "opened_at"])
    seated = Attendee.objects.filter(round=round_, seats__isnull=False).distinct()
    tell_schedule(round_, seated.select_related("person"), at=at)
    touch_round(round_, at=at)
    return round_


@transaction.atomic
def note_meeting(*, meeting: Meeting, author: Attendee, text: str, by: Viewer, at: datetime) -> None:
    """Keep one's own words on a meeting; empty ones take the note away.

    Raises PermissionDenied.
    """
    is_side = author.pk in (meeting.first_id, meeting.second_id)
    if not is_side or not can_act_as(by, author):
        raise PermissionDenied
    if not text.strip():
        MeetingNote.objects.filter(meeting=meeting, author=author).delete()
        return
    MeetingNote.objects.update_or_create(
        meeting=meeting, author=author, defaults={"text": text, "changed_at": at}
    )


def _open_meeting(meeting: Meeting, *, by: Viewer) -> tuple[Meeting, MeetingRound]:
    if not can_change_meeting(by, meeting):
        raise PermissionDenied
    round_ = lock_round(meeting.round)
    meeting = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("first__person", "second__person", "slot", "table")
        .get(pk=meeting.pk)
    )
    meeting.round = meeting.first.round = meeting.second.round = round_
    if meeting.state != MeetingState.PLANNED:
        raise MeetingSettled
    return meeting, round_


def _have_agreed(one: Attendee, other: Attendee) -> bool:
    pair = Q(wisher=one, wanted=other) | Q(wisher=other, wanted=one)
    return MeetingWish.objects.filter(pair, state=WishState.ACCEPTED).exists()


def _free_table(
    round_: MeetingRound, first: Attendee, second: Attendee, slot: MeetingSlot, *, at: datetime
) -> MeetingTable:
    if slot.round_id != round_.pk:
        raise NotFree
    if slot.starts_at <= at:
        raise SlotHasBegun
    kinds = availability_of(round_, [first, second], [slot]).shared(first.pk, second.pk, slot.pk)
    is_busy = slot.seats.filter(attendee__in=[first, second]).exclude(
        meeting__first=first, meeting__second=second
    )
    if not kinds or is_busy.exists():
        raise NotFree
    taken = Meeting.objects.standing().filter(slot=slot).exclude(first=first, second=second)
    free = round_.tables.filter(kind__in=kinds).exclude(pk__in=taken.values("table_id"))
    table = min(free, key=lambda each: (KINDS.index(TableKind(each.kind)), each.number), default=None)
    if table is None:
        raise NoTableFree
    return table


def _tell(
    round_: MeetingRound, attendees: tuple[Attendee, ...], *, by: Viewer, event: str, at: datetime
) -> None:
    if round_.published_at is None and not round_.is_scheduled_by_people:
        return
    tell_changes(round_, [each for each in attendees if each.person_id != by.person_id], event=event, at=at)
