"""CP-SAT for meetings: bounds for what is wished, polish and proof of few breaks, a plan or none at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock
from filiera_solvers._meetings_instance import BoolArray, IntArray, MeetingsInstance, MeetingsMode

Places = dict[tuple[int, int], cp_model.IntVar]


@dataclass(frozen=True, slots=True)
class WantedGoals:
    """What no plan can exceed: the sum of priorities, and then the fewest meetings anybody has."""

    priority_sum: int
    fewest: int


def wanted_goals(instance: MeetingsInstance, allowed: BoolArray, clock: Clock, limit_s: float) -> WantedGoals:
    """Bound both aims by choosing pairs without giving them slots: people's free slots and all places count.

    The second bound holds among the plans of the greatest sum, when that sum is reached.
    """
    model, held = _choice_model(instance, allowed)
    worth = sum(int(instance.priority[meeting]) * held[meeting] for meeting in range(len(held)))
    model.maximize(worth)
    solver, status = run_cp_sat(model, clock, phase="bounding the wishes", limit_s=limit_s)
    worths = np.sort(instance.priority[allowed.any(axis=1)])[::-1]
    priority_sum = int(worths[: _room(instance, allowed)].sum())
    if solver.best_objective_bound > 0:
        priority_sum = min(priority_sum, int(np.floor(solver.best_objective_bound + 1e-6)))
    if status != cp_model.OPTIMAL:
        return WantedGoals(priority_sum, _greatest_fewest(instance, allowed))
    model.add(worth >= priority_sum)
    fewest = model.new_int_var(0, instance.n_slots, "fewest")
    for meetings in _meetings_of_wishing(instance, allowed).values():
        model.add(sum(held[meeting] for meeting in meetings) >= fewest)
    model.maximize(fewest)
    solver, status = run_cp_sat(model, clock, phase="bounding the fewest", limit_s=limit_s)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return WantedGoals(priority_sum, _greatest_fewest(instance, allowed))
    return WantedGoals(priority_sum, int(np.floor(solver.best_objective_bound + 1e-6)))


def _choice_model(
    instance: MeetingsInstance, allowed: BoolArray
) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    slots, meetings = instance.n_slots, len(instance.pairs)
    held = [model.new_bool_var(f"held {meeting}") for meeting in range(meetings)]
    open_slot: BoolArray = np.asarray(allowed.reshape(meetings, -1, slots).any(axis=1))
    for meeting in range(meetings):
        if not open_slot[meeting].any():
            model.add(held[meeting] == 0)
        elif instance.required[meeting]:
            model.add(held[meeting] == 1)
    by_person: dict[int, list[int]] = {}
    for meeting, pair in enumerate(instance.pairs.tolist()):
        for person in pair:
            by_person.setdefault(person, []).append(meeting)
    for person, own in by_person.items():
        free = int(open_slot[own].any(axis=0).sum())
        model.add(sum(held[meeting] for meeting in own) <= min(free, int(instance.most[person])))
    model.add(sum(held) <= _room(instance, allowed))
    if instance.spread is not None:
        low = model.new_int_var(0, slots, "low")
        for own in _meetings_of_wishing(instance, allowed).values():
            count = sum(held[meeting] for meeting in own)
            model.add(count >= low)
            model.add(count <= low + instance.spread)
    return model, held


def _room(instance: MeetingsInstance, allowed: BoolArray) -> int:
    """Count the meetings that fit at most: places, and two people each, slot by slot."""
    open_slot = np.asarray(allowed.reshape(len(allowed), -1, instance.n_slots).any(axis=1))
    room = 0
    for slot in range(instance.n_slots):
        present = len(np.unique(instance.pairs[open_slot[:, slot]]))
        room += min(int(instance.capacity[:, slot].sum()), present // 2)
    return room


def _meetings_of_wishing(instance: MeetingsInstance, allowed: BoolArray) -> dict[int, list[int]]:
    own: dict[int, list[int]] = {}
    for meeting, pair in enumerate(instance.pairs.tolist()):
        if allowed[meeting].any():
            for person in pair:
                own.setdefault(person, []).append(meeting)
    return own


def _greatest_fewest(instance: MeetingsInstance, allowed: BoolArray) -> int:
    own = _meetings_of_wishing(instance, allowed)
    return min((min(len(meetings), instance.n_slots) for meetings in own.values()), default=0)


def meetings_model(
    instance: MeetingsInstance, allowed: BoolArray
) -> tuple[cp_model.CpModel, list[cp_model.IntVar], Places]:
    """Return a model of all plans, whether each meeting is held, and where."""
    model = cp_model.CpModel()
    slots, meetings = instance.n_slots, len(instance.pairs)
    held = [model.new_bool_var(f"held {meeting}") for meeting in range(meetings)]
    at: Places = {
        (meeting, int(place)): model.new_bool_var(f"{meeting} at {place}")
        for meeting in range(meetings)
        for place in allowed[meeting].nonzero()[0]
    }
    in_place: dict[int, list[cp_model.IntVar]] = {}
    in_day: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    of_meeting: dict[int, list[cp_model.IntVar]] = {meeting: [] for meeting in range(meetings)}
    for (meeting, place), literal in at.items():
        of_meeting[meeting].append(literal)
        in_place.setdefault(place, []).append(literal)
        for person in instance.pairs[meeting].tolist():
            in_day.setdefault((person, place % slots), []).append(literal)
    for meeting in range(meetings):
        model.add(sum(of_meeting[meeting]) == held[meeting])
    for literals in in_day.values():
        model.add_at_most_one(literals)
    for place, literals in in_place.items():
        room = int(instance.capacity.flat[place])
        if len(literals) > room:
            model.add(sum(literals) <= room)
    for person in range(len(instance.people)):
        own = [held[meeting] for meeting, pair in enumerate(instance.pairs.tolist()) if person in pair]
        if len(own) > instance.most[person]:
            model.add(sum(own) <= int(instance.most[person]))
    for first, second in instance.precedences.tolist():
        for slot in range(slots):
            early = [v for (m, place), v in at.items() if m == second and place % slots <= slot]
            late = [v for (m, place), v in at.items() if m == first and place % slots >= slot]
            if early and late:
                model.add(sum(early) + sum(late) <= 1)
    _limit_moves(model, instance, allowed, at)
    return model, held, at


def _limit_moves(model: cp_model.CpModel, instance: MeetingsInstance, allowed: BoolArray, at: Places) -> None:
    if instance.move_limit is None:
        return
    kept = [
        at[meeting, int(place)]
        for meeting, place in enumerate(instance.previous)
        if place >= 0 and allowed[meeting, place]
    ]
    model.add(sum(kept) >= len(kept) - instance.move_limit)


def improve_exactly(
    instance: MeetingsInstance, allowed: BoolArray, start: IntArray, clock: Clock, limit_s: float
) -> tuple[IntArray | None, float]:
    """Look for a better plan from ``start`` by CP-SAT; returns the plan found, if any, and a bound.

    Counts breaks in mode ``all`` (a variable for each start of a run, one fewer than those is a person's
    breaks) and the sum of priorities in mode ``wanted``.
    """
    model, held, at = meetings_model(instance, allowed)
    for meeting in range(len(held)):
        if instance.required[meeting]:
            model.add(held[meeting] == 1)
    if instance.mode is MeetingsMode.WANTED:
        model.maximize(sum(int(instance.priority[meeting]) * literal for meeting, literal in enumerate(held)))
        if instance.spread is not None:
            low = model.new_int_var(0, instance.n_slots, "low")
            for own in _meetings_of_wishing(instance, allowed).values():
                model.add_linear_constraint(sum(held[meeting] for meeting in own) - low, 0, instance.spread)
    else:
        model.minimize(_breaks(model, instance, at))
    for (meeting, place), literal in at.items():
        model.add_hint(literal, bool(start[meeting] == place))
    solver, status = run_cp_sat(model, clock, phase="proving", limit_s=limit_s, portfolio=True)
    worst = float(instance.priority.sum()) if instance.mode is MeetingsMode.WANTED else 0.0
    bound = worst if status == cp_model.UNKNOWN else solver.best_objective_bound
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, bound
    place_of = np.full(len(held), -1, dtype=np.int64)
    for (meeting, place), literal in at.items():
        if solver.boolean_value(literal):
            place_of[meeting] = place
    return place_of, bound


def _breaks(model: cp_model.CpModel, instance: MeetingsInstance, at: Places) -> cp_model.LinearExprT:
    slots = instance.n_slots
    day: dict[int, dict[int, list[cp_model.IntVar]]] = {}
    meetings_of: dict[int, set[int]] = {}
    for (meeting, place), literal in at.items():
        for person in instance.pairs[meeting].tolist():
            day.setdefault(person, {}).setdefault(place % slots, []).append(literal)
            meetings_of.setdefault(person, set()).add(meeting)
    total: list[cp_model.LinearExprT] = []
    for person, literals in day.items():
        used = []
        for slot in range(slots):
            here = model.new_bool_var(f"{person} busy {slot}")
            model.add(sum(literals.get(slot, [])) == here)
            used.append(here)
        model.add(sum(used) == len(meetings_of[person]))
        starts = []
        for slot in range(slots):
            start = model.new_bool_var(f"{person} starts {slot}")
            model.add(start >= used[slot] - (used[slot - 1] if slot else 0))
            model.add(start <= used[slot])
            if slot:
                model.add(start + used[slot - 1] <= 1)
            starts.append(start)
        breaks = model.new_int_var(0, slots // 2, f"breaks {person}")
        model.add(breaks == sum(starts) - 1)
        total.append(breaks)
    return sum(total)
