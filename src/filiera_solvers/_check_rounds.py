"""An independent check of rounds: walks through the groups and counts every meeting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from filiera_solvers._frame import Verdict
from filiera_solvers._rounds_instance import RoundsInstance


def check_rounds(instance: RoundsInstance, group_of: Sequence[Sequence[int]]) -> Verdict:
    """Recompute the cost of all rounds from the instance and name every rule that is broken."""
    if len(group_of) != len(instance.sizes) or any(len(row) != len(instance.names) for row in group_of):
        return Verdict(False, None, ("a group is needed for each person in each round",))
    broken = []
    meetings: Counter[tuple[int, int]] = Counter()
    for number, row in enumerate(group_of):
        members: dict[int, list[int]] = {}
        for person, group in enumerate(row):
            away = person in instance.absent[number]
            if away != (int(group) == -1):
                broken.append(
                    f"round {number}: {instance.names[person]} {'is away' if away else 'has no group'}"
                )
            if int(group) >= 0:
                members.setdefault(int(group), []).append(person)
        got = [len(members.get(group, ())) for group in range(len(instance.sizes[number]))]
        if got != list(instance.sizes[number]) or len(members) > len(got):
            broken.append(f"round {number}: sizes {got}, not {list(instance.sizes[number])}")
        for people in members.values():
            meetings.update(combinations(people, 2))
    value = 0.0
    for (one, two), times in meetings.items():
        value += instance.repeat_price * times * (times - 1) / 2
        if instance.met is not None:
            value += float(instance.met[one, two]) * times
        if instance.distance is not None:
            value -= instance.diversity_weight * float(instance.distance[one, two]) * times
    return Verdict(not broken, value, tuple(broken))
