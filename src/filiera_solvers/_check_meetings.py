"""An independent look at a plan of meetings: every rule and every figure counted anew, person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from filiera_solvers._frame import Verdict
from filiera_solvers._meetings_instance import KINDS, MeetingsInstance, MeetingsMode


@dataclass(frozen=True, slots=True)
class MeetingsCount:
    """The figures of a plan, as the checker counts them."""

    priority_sum: int
    fewest: int
    breaks_of: Mapping[int, int]
    moved: int


def count_meetings(instance: MeetingsInstance, place: Sequence[int]) -> MeetingsCount:
    """Count what a plan gives: priorities held, fewest meetings, breaks per person, meetings moved."""
    slots_of: dict[int, list[int]] = defaultdict(list)
    wishing: set[int] = set()
    priority_sum = moved = 0
    for meeting, (first, second) in enumerate(instance.pairs.tolist()):
        if _can_be_held(instance, meeting):
            wishing |= {first, second}
        before = int(instance.previous[meeting])
        if before >= 0 and before != place[meeting] and not _refusals(instance, meeting, before):
            moved += 1
        if place[meeting] < 0:
            continue
        priority_sum += int(instance.priority[meeting])
        for person in (first, second):
            slots_of[person].append(place[meeting] % instance.n_slots)
    breaks_of: dict[int, int] = {}
    for person, slots in slots_of.items():
        day = sorted(slots)
        breaks = sum(later - earlier > 1 for earlier, later in pairwise(day))
        if breaks:
            breaks_of[person] = breaks
    fewest = min((len(slots_of[person]) for person in sorted(wishing)), default=0)
    return MeetingsCount(priority_sum, fewest, breaks_of, moved)


def check_meetings(instance: MeetingsInstance, place: Sequence[int]) -> Verdict:
    """Say whether a plan keeps every rule, and what its value is."""
    count = count_meetings(instance, place)
    broken = [
        *_broken_places(instance, place),
        *_broken_days(instance, place),
        *_broken_orders(instance, place),
        *_broken_spread(instance, place),
    ]
    if instance.move_limit is not None and count.moved > instance.move_limit:
        broken.append(f"{count.moved} meetings are moved, {instance.move_limit} are allowed")
    wanted = instance.mode is MeetingsMode.WANTED
    value = count.priority_sum if wanted else sum(count.breaks_of.values())
    return Verdict(valid=not broken, value=float(value), broken=tuple(broken))


def _can_be_held(instance: MeetingsInstance, meeting: int) -> bool:
    return any(
        not _refusals(instance, meeting, place) and instance.capacity.flat[place] > 0
        for place in range(instance.capacity.size)
    )


def _refusals(instance: MeetingsInstance, meeting: int, place: int) -> list[str]:
    kind, slot = divmod(place, instance.n_slots)
    name, when = instance.name_of(meeting), instance.slot_names[slot]
    refusals = [
        f"{name}: {instance.people[person]} is not available in slot {when}"
        for person in instance.pairs[meeting].tolist()
        if not instance.available[kind][person][slot]
    ]
    if not instance.session[meeting][slot]:
        refusals.append(f"{name}: may not be held in slot {when}")
    if not instance.kinds[meeting][kind]:
        refusals.append(f"{name}: may not be held at a {KINDS[kind]}")
    return refusals


def _broken_places(instance: MeetingsInstance, place: Sequence[int]) -> list[str]:
    broken: list[str] = []
    load: dict[int, int] = defaultdict(int)
    for meeting, target in enumerate(place):
        if target < 0:
            if instance.required[meeting]:
                broken.append(f"{instance.name_of(meeting)}: has no slot")
            continue
        if target >= instance.capacity.size:
            broken.append(f"{instance.name_of(meeting)}: place {target} does not exist")
            continue
        load[target] += 1
        broken += _refusals(instance, meeting, target)
    for target, count in sorted(load.items()):
        kind, slot = divmod(target, instance.n_slots)
        if count > instance.capacity[kind][slot]:
            when = instance.slot_names[slot]
            broken.append(f"slot {when}: {count} meetings at {instance.capacity[kind][slot]} {KINDS[kind]}s")
    return broken


def _broken_days(instance: MeetingsInstance, place: Sequence[int]) -> list[str]:
    day: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (first, second), target in zip(instance.pairs.tolist(), place, strict=True):
        if target >= 0:
            day[first][target % instance.n_slots] += 1
            day[second][target % instance.n_slots] += 1
    broken = []
    for person, slots in sorted(day.items()):
        name = instance.people[person]
        for slot, count in sorted(slots.items()):
            if count > 1:
                broken.append(f"{name}: {count} meetings in slot {instance.slot_names[slot]}")
        total = sum(slots.values())
        if total > instance.most[person]:
            broken.append(f"{name}: {total} meetings, at most {instance.most[person]} allowed")
    return broken


def _broken_orders(instance: MeetingsInstance, place: Sequence[int]) -> list[str]:
    return [
        f"{instance.name_of(first)} is not before {instance.name_of(second)}"
        for first, second in instance.precedences.tolist()
        if place[first] >= 0
        and place[second] >= 0
        and place[first] % instance.n_slots >= place[second] % instance.n_slots
    ]


def _broken_spread(instance: MeetingsInstance, place: Sequence[int]) -> list[str]:
    if instance.spread is None:
        return []
    count: dict[int, int] = {}
    for meeting, pair in enumerate(instance.pairs.tolist()):
        if _can_be_held(instance, meeting):
            for person in pair:
                count.setdefault(person, 0)
    for pair, target in zip(instance.pairs.tolist(), place, strict=True):
        if target >= 0:
            for person in pair:
                count[person] = count.get(person, 0) + 1
    found = max(count.values(), default=0) - min(count.values(), default=0)
    if found <= instance.spread:
        return []
    return [f"the number of meetings differs by {found}, {instance.spread} allowed"]
