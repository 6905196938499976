"""A plan beside what stands: what would change, what is not met and why, how good it is."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import (
    Attendee,
    Block,
    Meeting,
    MeetingPlan,
    MeetingRound,
    MeetingSlot,
    MeetingState,
    MeetingTable,
    MeetingWish,
    WhoAccepts,
    WishState,
)

from .problem import Pair, pair_of
from .standing import RoundStanding, Why, standing_of


@dataclass(frozen=True)
class Spot:
    """Where and when a meeting is."""

    slot: MeetingSlot
    table: MeetingTable


@dataclass(frozen=True)
class ChangeLine:
    """One meeting that a plan adds, moves or gives up."""

    first: Attendee
    second: Attendee
    before: Spot | None = None
    after: Spot | None = None

    @property
    def pair(self) -> Pair:
        return (self.first.pk, self.second.pk)


@dataclass(frozen=True)
class PlanChanges:
    """What taking a plan would change; meetings that only change their table are told apart."""

    added: list[ChangeLine] = field(default_factory=list)
    moved: list[ChangeLine] = field(default_factory=list)
    other_table: list[ChangeLine] = field(default_factory=list)
    dropped: list[ChangeLine] = field(default_factory=list)
    kept: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.moved or self.other_table or self.dropped)


def changes_of(plan: MeetingPlan, *, by: Viewer) -> PlanChanges:
    """A plan compared with the meetings that stand and have not begun when it was asked for."""
    attendees = Attendee.objects.visible_to(by).filter(round=plan.round).in_bulk()
    slots = {slot.pk: slot for slot in plan.round.slots.all()}
    tables = {table.pk: table for table in plan.round.tables.all()}
    standing = {
        (meeting.first_id, meeting.second_id): meeting
        for meeting in Meeting.objects.visible_to(by).filter(
            round=plan.round, state=MeetingState.PLANNED, slot__starts_at__gt=plan.asked_at
        )
    }
    changes = PlanChanges()
    kept = 0
    planned: set[Pair] = set()
    for first, second, slot, table in plan.meetings:
        if not {first, second} <= attendees.keys() or slot not in slots or table not in tables:
            continue
        planned.add((first, second))
        meeting = standing.get((first, second))
        before = Spot(slots[meeting.slot_id], tables[meeting.table_id]) if meeting else None
        line = ChangeLine(attendees[first], attendees[second], before, Spot(slots[slot], tables[table]))
        if meeting is None:
            changes.added.append(line)
        elif meeting.slot_id != slot:
            changes.moved.append(line)
        elif meeting.table_id != table:
            changes.other_table.append(line)
        else:
            kept += 1
    for pair, meeting in sorted(standing.items()):
        if pair not in planned:
            spot = Spot(slots[meeting.slot_id], tables[meeting.table_id])
            changes.dropped.append(ChangeLine(attendees[pair[0]], attendees[pair[1]], before=spot))
    return PlanChanges(changes.added, changes.moved, changes.other_table, changes.dropped, kept)


@dataclass(frozen=True)
class UnmetWish:
    """A wished pair without a meeting, and why."""

    first: Attendee
    second: Attendee
    worth: int
    why: Why
    # One of the two does not want to; only for who may know.
    is_apart: bool = False
    is_required: bool = False


def unmet_wishes(
    round_: MeetingRound, *, by: Viewer, standing: RoundStanding | None = None
) -> list[UnmetWish]:
    """The pairs whose wish counts and who do not meet, those worth most first."""
    standing = standing or standing_of(round_)
    counted = [WishState.ACCEPTED]
    if round_.who_accepts == WhoAccepts.ORGANISER:
        counted.append(WishState.WAITING)
    worth: dict[Pair, int] = {}
    required: set[Pair] = set()
    for wish in MeetingWish.objects.visible_to(by).filter(round=round_, state__in=counted):
        pair = pair_of(wish.wisher_id, wish.wanted_id)
        worth[pair] = worth.get(pair, 0) + wish.priority
        if wish.is_required:
            required.add(pair)
    blocks = Block.objects.visible_to(by).filter(blocker__round=round_)
    apart = {pair_of(*pair) for pair in blocks.values_list("blocker_id", "blocked_id")}
    lines = [
        UnmetWish(
            standing.attendees[pair[0]],
            standing.attendees[pair[1]],
            value,
            standing.why_not(*pair),
            is_apart=pair in apart,
            is_required=pair in required,
        )
        for pair, value in worth.items()
        if pair not in standing.by_pair
    ]
    return sorted(lines, key=lambda line: (-line.worth, line.first.pk, line.second.pk))


def conflict_sentences(plan: MeetingPlan, standing: RoundStanding) -> list[str]:
    """What is required and cannot all be held, in names."""
    return [_conflict_sentence(part, standing) for part in plan.conflict]


def _conflict_sentence(part: dict[str, Any], standing: RoundStanding) -> str:
    def name(key: int) -> str:
        attendee = standing.attendees.get(key)
        return attendee.name if attendee else "?"

    def both(pair: list[int]) -> str:
        return _("%(first)s with %(second)s") % {"first": name(pair[0]), "second": name(pair[1])}

    if part["kind"] == "never":
        return _("%(pair)s: they are never there at the same time in the same way.") % {
            "pair": both(part["pair"])
        }
    if part["kind"] == "person":
        return _("%(name)s: %(needed)d meetings are required, and at most %(possible)d are possible.") % {
            "name": name(part["attendee"]),
            "needed": part["needed"],
            "possible": part["possible"],
        }
    return _("These cannot all be held together: %(pairs)s.") % {
        "pairs": "; ".join(both(pair) for pair in part["pairs"])
    }
