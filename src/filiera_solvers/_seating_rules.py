"""Whether any seating keeps every rule: hosts for every table, or why there are none."""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._conflict_core import smallest_core, too_many_for
from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock
from filiera_solvers._seating_instance import SeatingInstance


class NoSeating(Exception):
    """No seating keeps every rule; ``conflict`` says why, empty where the time was over before."""

    def __init__(self, conflict: tuple[str, ...]) -> None:
        super().__init__(*conflict)
        self.conflict = conflict


def hosts_of_a_seating(instance: SeatingInstance, clock: Clock) -> list[list[int]]:
    """Return for each table the hosts on duty there in some seating that keeps every rule.

    Raises NoSeating.
    """
    served = instance.served()
    counted = too_many_for(served, np.array([table.seats for table in instance.tables]))
    if counted is not None:
        raise NoSeating((_crowded(instance, *counted),))
    model = cp_model.CpModel()
    guests, tables = range(len(instance.names)), range(len(instance.tables))
    sits = [[model.new_bool_var("") for _ in tables] for _ in guests]
    rules: list[cp_model.IntVar] = []
    words: list[str] = []

    def rule(text: str) -> cp_model.IntVar:
        words.append(text)
        rules.append(model.new_bool_var(""))
        return rules[-1]

    for guest in guests:
        model.add_exactly_one(sits[guest])
        barred = np.flatnonzero(~served[guest]).tolist()
        if barred:
            literal = rule(_diet(instance, guest))
            for elsewhere in barred:
                model.add_implication(literal, ~sits[guest][elsewhere])
    for number, table in enumerate(instance.tables):
        here = sum(sits[guest][number] for guest in guests)
        model.add(here <= table.seats).only_enforce_if(rule(f"table {table.name} has {table.seats} seats"))
        if table.smallest:
            least = rule(f"table {table.name} needs at least {table.smallest} guests")
            model.add(here >= table.smallest).only_enforce_if(least)
        if table.hosts:
            present = sum(sits[host][number] for host in sorted(instance.hosts))
            watch = rule(f"table {table.name} needs {table.hosts} of the hosts")
            model.add(present >= table.hosts).only_enforce_if(watch)
    for one, two in instance.together:
        literal = rule(f"{instance.names[one]} and {instance.names[two]} must be together")
        for number in tables:
            model.add_implication(sits[one][number], sits[two][number]).only_enforce_if(literal)
    for one, two in instance.apart:
        literal = rule(f"{instance.names[one]} and {instance.names[two]} must be apart")
        for number in tables:
            model.add_bool_or(~sits[one][number], ~sits[two][number], ~literal)
    model.add_assumptions(rules)
    solver, status = run_cp_sat(model, clock, phase="placing hosts")
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [
            [host for host in sorted(instance.hosts) if solver.boolean_value(sits[host][number])][
                : table.hosts
            ]
            for number, table in enumerate(instance.tables)
        ]
    core = smallest_core(model, rules, clock) if status == cp_model.INFEASIBLE else None
    raise NoSeating(tuple(words[position] for position in core or ()))


def _crowded(instance: SeatingInstance, guests: list[int], tables: list[int]) -> str:
    names = ", ".join(instance.names[guest] for guest in guests)
    at = ", ".join(instance.tables[table].name for table in tables) or "no table"
    seats = sum(instance.tables[table].seats for table in tables)
    return f"{len(guests)} guests may only sit at {at}, with {seats} seats: {names}"


def _diet(instance: SeatingInstance, guest: int) -> str:
    served = np.flatnonzero(instance.served()[guest])
    at = ", ".join(instance.tables[table].name for table in served) or "no table"
    return f"{instance.names[guest]} eats {', '.join(sorted(instance.diets[guest]))}, served at {at}"
