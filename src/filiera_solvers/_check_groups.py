"""An independent check of a grouping: counts and sums person by person, sharing nothing with the search."""

from __future__ import annotations

from collections.abc import Sequence

from filiera_solvers._frame import Verdict
from filiera_solvers._groups_instance import GroupsInstance


def check_groups(instance: GroupsInstance, group_of: Sequence[int]) -> Verdict:
    """Recompute the value of a grouping from the instance and name every rule it breaks."""
    names, group_names = instance.names, instance.group_names
    if len(group_of) != len(names):
        return Verdict(False, None, (f"{len(group_of)} groups for {len(names)} people",))
    members: dict[int, list[int]] = {group: [] for group in range(len(group_names))}
    for person, group in enumerate(group_of):
        if int(group) not in members:
            return Verdict(False, None, (f"{names[person]} is in no known group: {group}",))
        members[int(group)].append(person)
    broken = []
    for group, people in members.items():
        low, high = int(instance.smallest[group]), int(instance.largest[group])
        if not low <= len(people) <= high:
            broken.append(f"group {group_names[group]} has {len(people)} people, not {low} to {high}")
    for one, two in instance.together:
        if group_of[one] != group_of[two]:
            broken.append(f"{names[one]} and {names[two]} are not together")
    for one, two in instance.apart:
        if group_of[one] == group_of[two]:
            broken.append(f"{names[one]} and {names[two]} are together")
    if instance.fixed_group is not None:
        for person, wanted in enumerate(instance.fixed_group):
            if wanted >= 0 and group_of[person] != wanted:
                broken.append(f"{names[person]} is not in group {group_names[wanted]}")
    if instance.allowed is not None:
        for person, group in enumerate(group_of):
            if not instance.allowed[person, int(group)]:
                broken.append(f"{names[person]} may not be in group {group_names[int(group)]}")
    value = 0.0
    for group, people in members.items():
        for place, one in enumerate(people):
            value += sum(float(instance.distance[one, two]) for two in people[:place])
            if instance.wish is not None:
                value += float(instance.wish[one, group])
            if instance.current_group is not None and instance.current_group[one] not in (-1, group):
                value -= instance.move_price
    return Verdict(not broken, value, tuple(broken))
