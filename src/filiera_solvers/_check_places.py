"""An independent look at given places: every rule checked anew, and the draw done over again by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from filiera_solvers._frame import Verdict
from filiera_solvers._places_instance import PlacesInstance, PlacesRule


def check_places(instance: PlacesInstance, option_of: Sequence[int]) -> Verdict:
    """Say whether given places keep every rule; the value is the number of first wishes met."""
    broken: list[str] = []
    for option, name in enumerate(instance.options):
        count = sum(1 for given in option_of if given == option)
        if count > instance.capacity[option]:
            broken.append(f"{name}: {count} people on {instance.capacity[option]} places")
    for person, option in enumerate(option_of):
        name = instance.people[person]
        before = int(instance.placed[person])
        if instance.leaving[person]:
            if option >= 0:
                broken.append(f"{name} is leaving but has a place")
            continue
        if option < 0:
            if before >= 0:
                broken.append(f"{name} has lost the place at {instance.options[before]}")
            continue
        if option == before:
            continue
        if not instance.rank[person][option]:
            broken.append(f"{name} has not wished {instance.options[option]}")
        if not instance.allowed[person][option]:
            broken.append(f"{name} does not meet the conditions of {instance.options[option]}")
        if before >= 0 and _rank(instance, person, option) > _rank(instance, person, before):
            broken.append(f"{name} has lost the better place at {instance.options[before]}")
    for group in instance.companions:
        if len({option_of[person] for person in group if not instance.leaving[person]}) > 1:
            names = ", ".join(instance.people[person] for person in group)
            broken.append(f"{names} do not go together")
    if instance.rule is PlacesRule.DRAWN and not instance.refills:
        broken += _draw_again(instance, option_of)
    first = sum(
        1
        for person, option in enumerate(option_of)
        if option >= 0 and all(instance.rank[other][option] == 1 for other in _together(instance, person))
    )
    return Verdict(valid=not broken, value=float(first), broken=tuple(broken))


def _together(instance: PlacesInstance, person: int) -> list[int]:
    for group in instance.companions:
        if person in group:
            return [other for other in group if not instance.leaving[other]]
    return [person]


def _rank(instance: PlacesInstance, person: int, option: int) -> int:
    rank = int(instance.rank[person][option])
    return rank if rank else len(instance.options) + 1


def _draw_again(instance: PlacesInstance, option_of: Sequence[int]) -> list[str]:
    leader = list(range(len(instance.people)))
    for group in instance.companions:
        for person in group:
            leader[person] = min(group, key=lambda member: instance.people[member])
    tickets = {
        hashlib.sha256(f"{instance.draw}:{instance.people[person]}".encode()).hexdigest(): person
        for person in set(leader)
    }
    left = [int(count) for count in instance.capacity]
    faults = []
    for ticket in sorted(tickets):
        together = [
            person
            for person, own in enumerate(leader)
            if own == tickets[ticket] and not instance.leaving[person]
        ]
        wished = [
            (max(int(instance.rank[person][option]) for person in together), option)
            for option in range(len(left))
            if together
            and left[option] >= len(together)
            and all(instance.rank[person][option] and instance.allowed[person][option] for person in together)
        ]
        got = min(wished)[1] if wished else -1
        if got >= 0:
            left[got] -= len(together)
        where = instance.options[got] if got >= 0 else "no place"
        faults += [
            f"by the draw {instance.people[person]} goes to {where}"
            for person in together
            if option_of[person] != got
        ]
    return faults
