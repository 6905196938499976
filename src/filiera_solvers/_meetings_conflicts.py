"""Why required meetings cannot all be held: the smallest conflict that counting or CP-SAT can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock
from filiera_solvers._meetings_exact import meetings_model
from filiera_solvers._meetings_instance import BoolArray, MeetingsInstance

Needs = Mapping[int, frozenset[int]]


def counted_conflict(instance: MeetingsInstance, allowed: BoolArray) -> tuple[str, ...]:
    """Return the smallest conflict that counting finds: too few slots for a person, too few places, a circle.

    Empty when counting finds none, which is no proof that a plan exists.
    """
    required = [meeting for meeting in range(len(instance.pairs)) if instance.required[meeting]]
    found = [
        *_too_many_for_a_person(instance, allowed, required),
        *_too_many_for_the_places(instance, allowed, required),
        *_too_long_an_order(instance, allowed, required),
    ]
    if not found:
        return ()
    return (min(found, key=lambda conflict: (conflict[0], conflict[1]))[1],)


def proven_conflict(
    instance: MeetingsInstance, allowed: BoolArray, clock: Clock, limit_s: float
) -> tuple[str, ...]:
    """Return meetings that CP-SAT proves impossible together, each of them needed; empty without a proof."""
    required = [meeting for meeting in range(len(instance.pairs)) if instance.required[meeting]]
    core = _core(instance, allowed, required, clock, limit_s)
    if core is None:
        return ()
    for meeting in list(core):
        fewer = _core(instance, allowed, [other for other in core if other != meeting], clock, limit_s)
        if fewer is not None:
            core = fewer
        if clock.must_stop():
            break
    names = ", ".join(instance.name_of(meeting) for meeting in core)
    return (f"these {len(core)} meetings cannot all be held: {names}",)


def _core(
    instance: MeetingsInstance, allowed: BoolArray, required: Sequence[int], clock: Clock, limit_s: float
) -> list[int] | None:
    model, held, _ = meetings_model(instance, allowed)
    model.add_assumptions([held[meeting] for meeting in required])
    solver, status = run_cp_sat(model, clock, phase="looking for the conflict", limit_s=limit_s)
    if status != cp_model.INFEASIBLE:
        return None
    literals = set(solver.sufficient_assumptions_for_infeasibility())
    core = [meeting for meeting in required if held[meeting].index in literals]
    return core if len(core) < len(required) else list(required)


def _too_many_for_a_person(
    instance: MeetingsInstance, allowed: BoolArray, required: Sequence[int]
) -> list[tuple[int, str]]:
    found = []
    slots = instance.n_slots
    meetings_of: dict[int, list[int]] = {}
    for meeting in required:
        for person in instance.pairs[meeting].tolist():
            meetings_of.setdefault(person, []).append(meeting)
    for person, meetings in meetings_of.items():
        name = instance.people[person]
        if len(meetings) > instance.most[person]:
            text = f"{name} has {len(meetings)} meetings but may have at most {instance.most[person]}"
            found.append((int(instance.most[person]) + 1, text))
        needs = {
            meeting: frozenset(int(place) % slots for place in allowed[meeting].nonzero()[0])
            for meeting in meetings
        }
        crowd = smallest_crowd(needs, dict.fromkeys(range(slots), 1))
        if crowd:
            open_slots = sorted(frozenset().union(*(needs[meeting] for meeting in crowd)))
            text = f"{name} has {_meetings(instance, crowd)} and {_slots(instance, open_slots)}"
            found.append((len(crowd), text))
    return found


def _too_many_for_the_places(
    instance: MeetingsInstance, allowed: BoolArray, required: Sequence[int]
) -> list[tuple[int, str]]:
    needs = {meeting: frozenset(allowed[meeting].nonzero()[0].tolist()) for meeting in required}
    capacity = {place: int(count) for place, count in enumerate(instance.capacity.flat)}
    crowd = smallest_crowd(needs, capacity)
    if not crowd:
        return []
    places = frozenset().union(*(needs[meeting] for meeting in crowd))
    room = sum(capacity[place] for place in places)
    slots = sorted({place % instance.n_slots for place in places})
    text = (
        f"{_meetings(instance, crowd)} can only be held in the same places: {_slots(instance, slots)}, "
        f"room for {room}"
    )
    return [(len(crowd), text)]


def smallest_crowd(needs: Needs, capacity: Mapping[int, int]) -> list[int]:
    """Return a set of members that need more than the places they may use can hold, none of them superfluous.

    Empty when everybody finds a place (Hall's condition). The set is found by augmenting paths and then
    thinned out one by one.
    """
    crowd = _crowd(needs, capacity)
    for member in list(crowd):
        rest = {other: needs[other] for other in crowd if other != member}
        thinner = _crowd(rest, capacity)
        if thinner:
            crowd = thinner
    return sorted(crowd)


def _crowd(needs: Needs, capacity: Mapping[int, int]) -> list[int]:
    seated: dict[int, list[int]] = {place: [] for place in capacity}
    for member in needs:
        seen: set[int] = set()
        if not _seat(member, needs, capacity, seated, seen):
            return [member, *(other for place in seen for other in seated[place])]
    return []


def _seat(
    member: int,
    needs: Needs,
    capacity: Mapping[int, int],
    seated: dict[int, list[int]],
    seen: set[int],
) -> bool:
    came_from: dict[int, tuple[int, int | None]] = {}
    queue: list[tuple[int, int | None]] = [(member, None)]
    for asking, via in queue:
        for place in sorted(needs[asking] - seen):
            seen.add(place)
            came_from[place] = (asking, via)
            if len(seated[place]) < capacity[place]:
                _reseat(place, came_from, seated)
                return True
            queue += [(other, place) for other in seated[place]]
    return False


def _reseat(
    place: int, came_from: Mapping[int, tuple[int, int | None]], seated: dict[int, list[int]]
) -> None:
    target: int | None = place
    while target is not None:
        member, left = came_from[target]
        seated[target].append(member)
        if left is not None:
            seated[left].remove(member)
        target = left


def _too_long_an_order(
    instance: MeetingsInstance, allowed: BoolArray, required: Sequence[int]
) -> list[tuple[int, str]]:
    """Push every meeting to its earliest slot; one that falls off the day names the row that pushed it."""
    slots = instance.n_slots
    open_slots = {
        meeting: sorted({int(place) % slots for place in allowed[meeting].nonzero()[0]})
        for meeting in required
    }
    earliest = {meeting: row[0] for meeting, row in open_slots.items() if row}
    pushed_by: dict[int, int] = {}
    changed = True
    while changed:
        changed = False
        for first, second in instance.precedences.tolist():
            if first not in earliest or second not in earliest or earliest[second] > earliest[first]:
                continue
            pushed_by[second] = first
            later = [slot for slot in open_slots[second] if slot > earliest[first]]
            if not later:
                row = _pushing_row(second, pushed_by)
                names = " before ".join(instance.name_of(meeting) for meeting in row)
                return [(len(set(row)), f"no day is long enough for {names}")]
            earliest[second] = later[0]
            changed = True
    return []


def _pushing_row(last: int, pushed_by: Mapping[int, int]) -> list[int]:
    row = [last]
    while row[0] in pushed_by:
        row.insert(0, pushed_by[row[0]])
        if row[0] in row[1:]:
            return row[: row.index(row[0], 1) + 1]
    return row


def _meetings(instance: MeetingsInstance, meetings: Sequence[int]) -> str:
    names = ", ".join(instance.name_of(meeting) for meeting in meetings)
    return f"{len(meetings)} meetings ({names})" if len(meetings) > 1 else f"the meeting {names}"


def _slots(instance: MeetingsInstance, slots: Sequence[int]) -> str:
    if not slots:
        return "no slot that suits"
    names = ", ".join(instance.slot_names[slot] for slot in slots)
    return f"only {len(slots)} slot{'s' if len(slots) > 1 else ''} ({names})"
