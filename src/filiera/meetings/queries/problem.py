"""The question of a round as the solver takes it: rows in, arrays out, and back to rows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from filiera.meetings.models import (
    Attendee,
    Block,
    Meeting,
    MeetingRound,
    MeetingSlot,
    MeetingState,
    MeetingTable,
    MeetingWish,
    TableKind,
    WhoAccepts,
    WishState,
)

from .availability import Availability, availability_of, slots_of

if TYPE_CHECKING:
    from filiera_solvers import MeetingsInstance, MeetingsResult

KINDS = (TableKind.TABLE, TableKind.LINK)
_NAMED = re.compile(r"(\d+) – (\d+)")
Pair = tuple[int, int]


def pair_of(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """One meeting of a plan, by keys."""

    first: int
    second: int
    slot: int
    table: int

    @property
    def pair(self) -> Pair:
        return (self.first, self.second)

    def as_row(self) -> list[int]:
        return [self.first, self.second, self.slot, self.table]


@dataclass(frozen=True)
class Problem:
    """Everything that a plan is made from, read once."""

    round: MeetingRound
    attendees: list[Attendee]
    slots: list[MeetingSlot]
    tables: dict[TableKind, list[MeetingTable]]
    availability: Availability
    # What may be held: the worth of each pair, and which are held in any case.
    worth: dict[Pair, int]
    required: frozenset[Pair]
    # Meetings that stand and can still change; by pair.
    standing: dict[Pair, Meeting]
    # How many meetings somebody has that can no longer change.
    already: dict[int, int]
    keeps_plan: bool

    @property
    def pairs(self) -> list[Pair]:
        return sorted(self.worth)

    def most_of(self, attendee: Attendee) -> int:
        own = self.round.most_meetings if attendee.most is None else attendee.most
        return max(min(own, self.round.most_meetings) - self.already.get(attendee.pk, 0), 0)

    def can_be_held(self, pair: Pair) -> bool:
        """Whether there is any slot in which both can sit at one kind of table that exists."""
        kinds = {kind for kind in KINDS if self.tables[kind]}
        return any(self.availability.shared(*pair, slot.pk) & kinds for slot in self.slots)


def problem_of(round_: MeetingRound, *, at: datetime, keeps_plan: bool) -> Problem:
    """Read a round as it stands; slots that have begun are closed, and what is held in them is settled."""
    attendees = list(Attendee.objects.present().filter(round=round_).order_by("pk"))
    present = {attendee.pk for attendee in attendees}
    slots = [slot for slot in slots_of(round_) if slot.starts_at > at]
    open_slots = {slot.pk for slot in slots}
    standing: dict[Pair, Meeting] = {}
    settled: set[Pair] = set()
    already: dict[int, int] = defaultdict(int)
    for meeting in Meeting.objects.standing().filter(round=round_).select_related("table"):
        pair = (meeting.first_id, meeting.second_id)
        if meeting.slot_id in open_slots and meeting.state == MeetingState.PLANNED:
            standing[pair] = meeting
        else:
            settled.add(pair)
            for attendee in pair:
                already[attendee] += 1
    apart = _blocked_pairs(round_)
    worth, required = _wishes(round_)
    for pair, meeting in standing.items():
        if keeps_plan or meeting.is_pinned:
            worth.setdefault(pair, 1)
    worth = {
        pair: value
        for pair, value in worth.items()
        if pair not in apart and pair not in settled and set(pair) <= present
    }
    pinned = {pair for pair, meeting in standing.items() if meeting.is_pinned}
    tables: dict[TableKind, list[MeetingTable]] = {kind: [] for kind in KINDS}
    for table in round_.tables.order_by("number"):
        tables[TableKind(table.kind)].append(table)
    return Problem(
        round=round_,
        attendees=attendees,
        slots=slots,
        tables=tables,
        availability=availability_of(round_, attendees, slots),
        worth=worth,
        required=frozenset((required | pinned) & worth.keys()),
        standing=standing,
        already=dict(already),
        keeps_plan=keeps_plan,
    )


def _blocked_pairs(round_: MeetingRound) -> set[Pair]:
    rows = Block.objects.filter(blocker__round=round_).values_list("blocker_id", "blocked_id")
    return {pair_of(one, other) for one, other in rows}


def _wishes(round_: MeetingRound) -> tuple[dict[Pair, int], set[Pair]]:
    counted = [WishState.ACCEPTED]
    if round_.who_accepts == WhoAccepts.ORGANISER:
        counted.append(WishState.WAITING)
    worth: dict[Pair, int] = defaultdict(int)
    required: set[Pair] = set()
    for wish in MeetingWish.objects.filter(round=round_, state__in=counted):
        pair = pair_of(wish.wisher_id, wish.wanted_id)
        worth[pair] += wish.priority
        if wish.is_required:
            required.add(pair)
    return dict(worth), required


def instance_of(problem: Problem, *, also_required: frozenset[Pair] = frozenset()) -> MeetingsInstance:
    """The arrays of a problem; `also_required` are held for the sake of somebody who would have none."""
    import numpy as np  # every page process would carry it

    import filiera_solvers as solvers

    pairs, slots = problem.pairs, problem.slots
    position = {attendee.pk: index for index, attendee in enumerate(problem.attendees)}
    available = np.zeros((len(KINDS), len(problem.attendees), len(slots)), dtype=bool)
    for person, attendee in enumerate(problem.attendees):
        for place, slot in enumerate(slots):
            for kind in problem.availability.kinds(attendee.pk, slot.pk):
                available[KINDS.index(kind), person, place] = True
    session = np.ones((len(pairs), len(slots)), dtype=bool)
    kinds = np.ones((len(pairs), len(KINDS)), dtype=bool)
    previous = np.full(len(pairs), -1)
    slot_index = {slot.pk: index for index, slot in enumerate(slots)}
    for index, pair in enumerate(pairs):
        meeting = problem.standing.get(pair)
        if meeting is None:
            continue
        row, place = KINDS.index(TableKind(meeting.table.kind)), slot_index[meeting.slot_id]
        if problem.keeps_plan:
            previous[index] = row * len(slots) + place
        if meeting.is_pinned:
            session[index] = False
            session[index, place] = True
            kinds[index] = False
            kinds[index, row] = True
    must = problem.required | also_required
    return solvers.MeetingsInstance(
        people=tuple(str(attendee.pk) for attendee in problem.attendees),
        pairs=np.array(
            [(position[first], position[second]) for first, second in pairs], dtype=np.int64
        ).reshape(-1, 2),
        capacity=np.array([[len(problem.tables[kind])] * len(slots) for kind in KINDS], dtype=np.int64),
        available=available,
        session=session,
        kinds=kinds,
        precedences=np.zeros((0, 2), dtype=np.int64),
        mode=solvers.MeetingsMode.WANTED,
        priority=np.array([problem.worth[pair] for pair in pairs], dtype=np.int64),
        required=np.array([pair in must for pair in pairs], dtype=bool),
        most=np.array([problem.most_of(attendee) for attendee in problem.attendees], dtype=np.int64),
        previous=previous,
        slot_names=tuple(str(slot.pk) for slot in slots),
    )


def meetings_in(problem: Problem, result: MeetingsResult) -> list[PlannedMeeting]:
    """The plan with a table for each meeting: where it was, else where one of the two sat before."""
    slots = problem.slots
    held: dict[int, list[tuple[Pair, TableKind]]] = defaultdict(list)
    for pair, place in zip(problem.pairs, result.place.tolist(), strict=True):
        if place >= 0:
            kind, slot = divmod(place, len(slots))
            held[slot].append((pair, KINDS[kind]))
    planned: list[PlannedMeeting] = []
    sat_at: dict[int, int] = {}
    for index, slot in enumerate(slots):
        chosen = _tables_in(problem, slot, held[index], sat_at)
        for pair, table in chosen.items():
            planned.append(PlannedMeeting(*pair, slot.pk, table))
            sat_at |= dict.fromkeys(pair, table)
    return planned


def _tables_in(
    problem: Problem, slot: MeetingSlot, held: Sequence[tuple[Pair, TableKind]], sat_at: dict[int, int]
) -> dict[Pair, int]:
    free = {kind: [table.pk for table in problem.tables[kind]] for kind in KINDS}
    chosen: dict[Pair, int] = {}
    for pair, kind in held:
        meeting = problem.standing.get(pair)
        stays = meeting is not None and meeting.slot_id == slot.pk
        if meeting is not None and stays and meeting.table_id in free[kind]:
            chosen[pair] = meeting.table_id
            free[kind].remove(meeting.table_id)
    for pair, kind in held:
        if pair not in chosen:
            near = [sat_at[attendee] for attendee in pair if sat_at.get(attendee) in free[kind]]
            chosen[pair] = near[0] if near else free[kind][0]
            free[kind].remove(chosen[pair])
    return chosen


def left_out(problem: Problem, planned: Sequence[PlannedMeeting]) -> list[int]:
    """Attendees who have a wish that can be met, and no meeting."""
    seated = set(chain.from_iterable(meeting.pair for meeting in planned)) | problem.already.keys()
    limits = {attendee.pk: problem.most_of(attendee) for attendee in problem.attendees}
    wished = {
        attendee
        for pair in problem.pairs
        if problem.can_be_held(pair) and all(limits[each] for each in pair)
        for attendee in pair
    }
    return sorted(wished - seated)


def conflict_of(problem: Problem, told: Sequence[str]) -> list[dict[str, object]]:
    """Why what is required cannot all be held, by keys: a pair, a person, or meetings together.

    `told` is what the solver says of it, with keys for names.
    """
    found: list[dict[str, object]] = []
    needed: dict[int, int] = defaultdict(int)
    for pair in sorted(problem.required):
        if not problem.can_be_held(pair):
            found.append({"kind": "never", "pair": list(pair)})
        for key in pair:
            needed[key] += 1
    for attendee in problem.attendees:
        slots = sum(bool(problem.availability.kinds(attendee.pk, slot.pk)) for slot in problem.slots)
        possible = min(slots, problem.most_of(attendee))
        if needed[attendee.pk] > possible:
            found.append(
                {
                    "kind": "person",
                    "attendee": attendee.pk,
                    "needed": needed[attendee.pk],
                    "possible": possible,
                }
            )
    if not found:
        named = {pair_of(int(one), int(other)) for one, other in _NAMED.findall(" ".join(told))}
        together = sorted(named & problem.required) or sorted(problem.required)
        found.append({"kind": "together", "pairs": [list(pair) for pair in together]})
    return found
