"""How a round stands: who sits where, what is free, and why a wish is not met."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.meetings.models import (
    Attendee,
    Meeting,
    MeetingRound,
    MeetingSlot,
    MeetingTable,
    TableKind,
)

from .availability import Availability, availability_of, slots_of
from .problem import KINDS, Pair, pair_of


class Hindrance(StrEnum):
    """Why two do not meet, the first that applies."""

    MET = "met"
    GONE = "gone"
    NEVER_TOGETHER = "never_together"
    FIRST_FULL = "first_full"
    SECOND_FULL = "second_full"
    ALL_TAKEN = "all_taken"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Why:
    """A hindrance with what stands behind it: slots shared, and what takes them."""

    hindrance: Hindrance
    shared: int = 0
    first_busy: int = 0
    second_busy: int = 0
    no_table: int = 0
    free_slot: MeetingSlot | None = None


@dataclass
class RoundStanding:
    """A round read once: for explaining, for free slots, for the grid."""

    round: MeetingRound
    attendees: dict[int, Attendee]
    slots: list[MeetingSlot]
    tables: list[MeetingTable]
    meetings: list[Meeting]
    availability: Availability

    @cached_property
    def by_pair(self) -> dict[Pair, Meeting]:
        return {(meeting.first_id, meeting.second_id): meeting for meeting in self.meetings}

    @cached_property
    def seats(self) -> dict[tuple[int, int], Meeting]:
        """Who sits in which slot."""
        return {
            (attendee, meeting.slot_id): meeting
            for meeting in self.meetings
            for attendee in (meeting.first_id, meeting.second_id)
        }

    @cached_property
    def count_of(self) -> dict[int, int]:
        counts: dict[int, int] = defaultdict(int)
        for attendee, _slot in self.seats:
            counts[attendee] += 1
        return counts

    @cached_property
    def _free_kinds(self) -> dict[int, frozenset[TableKind]]:
        there = {kind: sum(table.kind == kind for table in self.tables) for kind in KINDS}
        taken: dict[tuple[int, str], int] = defaultdict(int)
        for meeting in self.meetings:
            taken[meeting.slot_id, meeting.table.kind] += 1
        return {
            slot.pk: frozenset(kind for kind in KINDS if taken[slot.pk, kind] < there[kind])
            for slot in self.slots
        }

    @cached_property
    def _kinds(self) -> frozenset[TableKind]:
        return frozenset(TableKind(table.kind) for table in self.tables)

    def most_of(self, attendee: Attendee) -> int:
        own = self.round.most_meetings
        return own if attendee.most is None else min(attendee.most, own)

    def shared_slots(self, one: int, other: int) -> list[MeetingSlot]:
        """Slots in which both could sit at one kind of table, whatever else they have then."""
        return [slot for slot in self.slots if self.availability.shared(one, other, slot.pk) & self._kinds]

    def free_slots(self, one: int, other: int) -> list[MeetingSlot]:
        """Slots in which both could meet as things stand."""
        return [
            slot
            for slot in self.shared_slots(one, other)
            if (one, slot.pk) not in self.seats
            and (other, slot.pk) not in self.seats
            and self.availability.shared(one, other, slot.pk) & self._free_kinds[slot.pk]
        ]

    def why_not(self, one: int, other: int) -> Why:
        """What keeps these two from meeting; blocks are not asked, so that nobody learns of one."""
        if pair_of(one, other) in self.by_pair:
            return Why(Hindrance.MET)
        first, second = self.attendees.get(one), self.attendees.get(other)
        if first is None or second is None or first.left_at or second.left_at:
            return Why(Hindrance.GONE)
        shared = self.shared_slots(one, other)
        if not shared:
            return Why(Hindrance.NEVER_TOGETHER)
        if self.count_of[one] >= self.most_of(first):
            return Why(Hindrance.FIRST_FULL, shared=len(shared))
        if self.count_of[other] >= self.most_of(second):
            return Why(Hindrance.SECOND_FULL, shared=len(shared))
        free = self.free_slots(one, other)
        if free:
            return Why(Hindrance.NONE, shared=len(shared), free_slot=free[0])
        return Why(
            Hindrance.ALL_TAKEN,
            shared=len(shared),
            first_busy=sum((one, slot.pk) in self.seats for slot in shared),
            second_busy=sum((other, slot.pk) in self.seats for slot in shared),
            no_table=sum(
                not self.availability.shared(one, other, slot.pk) & self._free_kinds[slot.pk]
                for slot in shared
            ),
        )

    def unfit(self) -> list[Meeting]:
        """Planned meetings that cannot be held as they stand: somebody is away, or has left."""
        return [
            meeting
            for meeting in self.meetings
            if meeting.first.left_at is not None
            or meeting.second.left_at is not None
            or TableKind(meeting.table.kind)
            not in self.availability.shared(meeting.first_id, meeting.second_id, meeting.slot_id)
        ]


def standing_of(round_: MeetingRound) -> RoundStanding:
    """Nine queries, however many people there are."""
    attendees = list(
        Attendee.objects.filter(round=round_).select_related("organisation").order_by("sort_name", "pk")
    )
    slots = slots_of(round_)
    return RoundStanding(
        round=round_,
        attendees={attendee.pk: attendee for attendee in attendees},
        slots=slots,
        tables=list(round_.tables.select_related("room").order_by("-kind", "number")),
        meetings=meetings_of(round_),
        availability=availability_of(round_, attendees, slots),
    )


def meetings_of(round_: MeetingRound) -> list[Meeting]:
    standing = Meeting.objects.standing().filter(round=round_)
    return list(
        standing.select_related(
            "first__organisation", "second__organisation", "slot", "table__room"
        ).order_by("slot__starts_at", "-table__kind", "table__number")
    )


def organiser_sentence(why: Why, first: str, second: str) -> str:
    """Why two do not meet, for who plans."""
    told = {"first": first, "second": second, "shared": why.shared}
    match why.hindrance:
        case Hindrance.MET:
            return _("They meet.")
        case Hindrance.GONE:
            return _("One of them has left the round.")
        case Hindrance.NEVER_TOGETHER:
            return _("They are never there at the same time in the same way.")
        case Hindrance.FIRST_FULL:
            return _("%(first)s has as many meetings as allowed.") % told
        case Hindrance.SECOND_FULL:
            return _("%(second)s has as many meetings as allowed.") % told
        case Hindrance.NONE:
            return _("They could meet now: both are free at the same time, and a table is.")
        case Hindrance.ALL_TAKEN:
            return _shared_words(why) + " " + _taken_words(why, first, second)


def _shared_words(why: Why) -> str:
    return ngettext("They share one slot:", "They share %(count)d slots:", why.shared) % {"count": why.shared}


def _taken_words(why: Why, first: str, second: str) -> str:
    parts = []
    for name, busy in ((first, why.first_busy), (second, why.second_busy)):
        if busy:
            parts.append(
                ngettext(
                    "%(name)s has another meeting in %(count)d",
                    "%(name)s has other meetings in %(count)d",
                    busy,
                )
                % {"name": name, "count": busy}
            )
    if why.no_table:
        parts.append(
            ngettext("all tables are taken in %(count)d", "all tables are taken in %(count)d", why.no_table)
            % {"count": why.no_table}
        )
    return ", ".join(parts) + "."


def own_sentence(why: Why) -> str:
    """Why one does not meet somebody, for oneself: the same words whatever the other side has said."""
    match why.hindrance:
        case Hindrance.NEVER_TOGETHER:
            return _("There is no time at which both of you can meet in the same way.")
        case Hindrance.FIRST_FULL:
            return _("You have as many meetings as you can have.")
        case _:
            return _("There was no room for it among the other meetings.")


def never_together(standing: RoundStanding, pairs: Iterable[Pair]) -> list[Pair]:
    """Wished pairs that no plan can hold, whatever else is done."""
    return [pair for pair in pairs if not standing.shared_slots(*pair)]
