"""What one person sees of a round: their meetings, who asks for them, what became of their wishes."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import (
    Attendee,
    Block,
    Meeting,
    MeetingRound,
    MeetingSlot,
    MeetingState,
    MeetingWish,
    OutcomeQuestion,
    WhoAccepts,
    WishState,
)

from .standing import Hindrance, RoundStanding, own_sentence, standing_of


@dataclass(frozen=True)
class OwnMeeting:
    """A meeting as one of the two sees it."""

    meeting: Meeting
    other: Attendee
    # What came of it is asked, and not said yet.
    question: OutcomeQuestion | None = None

    @property
    def is_planned(self) -> bool:
        return self.meeting.state == MeetingState.PLANNED


@dataclass(frozen=True)
class OwnWish:
    """A wish of one's own and what became of it."""

    wish: MeetingWish
    sentence: str
    is_met: bool = False
    slots: list[MeetingSlot] = field(default_factory=list)


@dataclass(frozen=True)
class ReceivedWish:
    """Somebody asks for a meeting."""

    wish: MeetingWish
    slots: list[MeetingSlot] = field(default_factory=list)
    is_met: bool = False


@dataclass(frozen=True)
class OwnRound:
    """All of one person's side of a round."""

    meetings: list[OwnMeeting]
    wishes: list[OwnWish]
    waiting: list[ReceivedWish]
    answered: list[ReceivedWish]
    blocks: list[Block]
    is_told: bool
    is_frozen: bool

    @property
    def questions(self) -> list[OwnMeeting]:
        return [own for own in self.meetings if own.question is not None]


def is_frozen(round_: MeetingRound, *, at: datetime) -> bool:
    return round_.freezes_at is not None and at >= round_.freezes_at


def own_round(viewer: Viewer, round_: MeetingRound, attendee: Attendee, *, at: datetime) -> OwnRound:
    """A fixed number of queries, however many meetings and wishes there are."""
    standing = standing_of(round_)
    is_told = round_.published_at is not None or round_.is_scheduled_by_people
    own_meetings = own_meetings_of(viewer, round_, attendee, at=at)
    met = {own.other.pk for own in own_meetings}
    mine = (
        MeetingWish.objects.visible_to(viewer)
        .filter(wisher=attendee)
        .exclude(state=WishState.WITHDRAWN)
        .select_related("wanted__organisation", "round")
        .order_by("-priority", "wanted__sort_name", "pk")
    )
    received = (
        MeetingWish.objects.visible_to(viewer)
        .filter(wanted=attendee)
        .exclude(state__in=[WishState.WITHDRAWN, WishState.EXPIRED])
        .select_related("wisher__organisation", "round")
        .order_by("-priority", "wisher__sort_name", "pk")
    )
    asked = [_received(standing, wish, met, at) for wish in received]
    return OwnRound(
        meetings=own_meetings,
        wishes=[_own_wish(standing, wish, met, is_told=is_told, at=at) for wish in mine],
        waiting=[each for each in asked if each.wish.state == WishState.WAITING],
        answered=[each for each in asked if each.wish.state != WishState.WAITING],
        blocks=list(
            Block.objects.visible_to(viewer)
            .filter(blocker=attendee)
            .select_related("blocked__organisation")
            .order_by("blocked__sort_name", "pk")
        ),
        is_told=is_told,
        is_frozen=is_frozen(round_, at=at),
    )


def own_meetings_of(
    viewer: Viewer, round_: MeetingRound, attendee: Attendee, *, at: datetime
) -> list[OwnMeeting]:
    """One's meetings in the order of time, as far as they are told."""
    meetings = (
        Meeting.objects.visible_to(viewer)
        .told()
        .standing()
        .filter(round=round_)
        .filter(Q(first=attendee) | Q(second=attendee))
        .select_related("first__organisation", "second__organisation", "slot", "table__room")
        .order_by("slot__starts_at", "pk")
    )
    questions = {
        question.meeting_id: question
        for question in OutcomeQuestion.objects.visible_to(viewer)
        .filter(attendee=attendee, answered_at__isnull=True, expires_at__gt=at)
        .order_by("after_days")
    }
    return [
        OwnMeeting(
            meeting,
            meeting.second if meeting.first_id == attendee.pk else meeting.first,
            questions.get(meeting.pk),
        )
        for meeting in meetings
    ]


def offered_slots(round_: MeetingRound, own: Attendee, other: Attendee, *, at: datetime) -> list[MeetingSlot]:
    """Slots still to come in which both could meet as things stand."""
    return [slot for slot in standing_of(round_).free_slots(own.pk, other.pk) if slot.starts_at > at]


def _own_wish(
    standing: RoundStanding, wish: MeetingWish, met: set[int], *, is_told: bool, at: datetime
) -> OwnWish:
    if wish.wanted_id in met:
        return OwnWish(wish, _("You meet."), is_met=True)
    if wish.state in (WishState.DECLINED, WishState.EXPIRED):
        return OwnWish(wish, str(wish.get_state_display()))
    needs_yes = standing.round.is_scheduled_by_people or standing.round.who_accepts == WhoAccepts.BOTH
    if wish.state == WishState.WAITING and needs_yes:
        return OwnWish(wish, str(wish.get_state_display()))
    if standing.round.is_scheduled_by_people:
        slots = _future(standing.free_slots(wish.wisher_id, wish.wanted_id), at)
        sentence = _("You both agree: choose a time.") if slots else _no_time(standing, wish)
        return OwnWish(wish, sentence, slots=slots if wish.state == WishState.ACCEPTED else [])
    if is_told:
        return OwnWish(wish, own_sentence(standing.why_not(wish.wisher_id, wish.wanted_id)))
    if not standing.shared_slots(wish.wisher_id, wish.wanted_id):
        return OwnWish(wish, _("There is no time at which both of you can meet in the same way."))
    return OwnWish(wish, _("The plan is not made yet."))


def _received(standing: RoundStanding, wish: MeetingWish, met: set[int], at: datetime) -> ReceivedWish:
    is_met = wish.wisher_id in met
    takes = standing.round.is_scheduled_by_people and wish.state == WishState.ACCEPTED and not is_met
    slots = _future(standing.free_slots(wish.wisher_id, wish.wanted_id), at) if takes else []
    return ReceivedWish(wish, slots, is_met)


def _no_time(standing: RoundStanding, wish: MeetingWish) -> str:
    why = standing.why_not(wish.wisher_id, wish.wanted_id)
    if why.hindrance == Hindrance.NONE:
        return _("There is no time left at which you both are free.")
    return own_sentence(why)


def _future(slots: list[MeetingSlot], at: datetime) -> list[MeetingSlot]:
    return [slot for slot in slots if slot.starts_at > at]
