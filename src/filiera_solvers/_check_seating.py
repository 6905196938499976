"""An independent check of a seating: goes from table to table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from filiera_solvers._frame import Verdict
from filiera_solvers._seating_instance import SeatingInstance


def check_seating(instance: SeatingInstance, table_of: Sequence[int]) -> Verdict:
    """Recompute the worth of a seating from the instance and name every rule it breaks."""
    names = instance.names
    if len(table_of) != len(names) or any(not 0 <= table < len(instance.tables) for table in table_of):
        return Verdict(False, None, ("each guest needs one of the tables",))
    broken = []
    worth_of: dict[frozenset[int], float] = {}
    for pairs, sign in ((instance.wishes, 1.0), (instance.met, -1.0)):
        for one, two, amount in pairs:
            pair = frozenset((one, two))
            worth_of[pair] = worth_of.get(pair, 0.0) + sign * amount
    value = 0.0
    for number, table in enumerate(instance.tables):
        guests = [guest for guest, its in enumerate(table_of) if its == number]
        if not table.smallest <= len(guests) <= table.seats:
            broken.append(
                f"table {table.name} has {len(guests)} guests, not {table.smallest} to {table.seats}"
            )
        hosts = sum(guest in instance.hosts for guest in guests)
        if hosts < table.hosts:
            broken.append(f"table {table.name} has {hosts} hosts, not {table.hosts}")
        for guest in guests:
            if instance.diets and table.diets is not None and not instance.diets[guest] <= table.diets:
                missing = ", ".join(sorted(instance.diets[guest] - table.diets))
                broken.append(f"table {table.name} does not serve {missing} to {names[guest]}")
        for one, two in combinations(guests, 2):
            value += worth_of.get(frozenset((one, two)), 0.0)
            if instance.distance is not None:
                value += instance.mix_weight * float(instance.distance[one, two])
    for one, two in instance.together:
        if table_of[one] != table_of[two]:
            broken.append(f"{names[one]} and {names[two]} are not together")
    for one, two in instance.apart:
        if table_of[one] == table_of[two]:
            broken.append(f"{names[one]} and {names[two]} are together")
    return Verdict(not broken, value, tuple(broken))
