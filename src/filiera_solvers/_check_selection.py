"""An independent look at a cohort: every limit counted anew, and every reason put to the test.

Reasons are tested with the mixed-integer solver SCIP on a model of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from ortools.linear_solver import pywraplp

from filiera_solvers._frame import Verdict
from filiera_solvers._selection_instance import Reason, ReasonKind, SelectionInstance

SAME = 1e-6


def check_selection(instance: SelectionInstance, chosen: Sequence[bool]) -> Verdict:
    """Say whether a cohort keeps every rule, and what its value is."""
    broken = []
    people = [candidate for candidate, is_in in enumerate(chosen) if is_in]
    if not instance.least_places <= len(people) <= instance.most_places:
        broken.append(
            f"{len(people)} are chosen, {instance.least_places} to {instance.most_places} were asked"
        )
    for limit in instance.limits:
        count = sum(1 for candidate in people if limit.members[candidate])
        if limit.least is not None and count < limit.least:
            broken.append(f"{limit.name}: {count}, at least {limit.least} were asked")
        if limit.most is not None and count > limit.most:
            broken.append(f"{limit.name}: {count}, at most {limit.most} were asked")
    for candidate, name in enumerate(instance.candidates):
        if instance.pinned[candidate] and not chosen[candidate]:
            broken.append(f"{name} is pinned but not chosen")
        if instance.excluded[candidate] and chosen[candidate]:
            broken.append(f"{name} is excluded but chosen")
    value = sum(float(instance.scores[candidate]) for candidate in people)
    for target in instance.targets:
        count = sum(1 for candidate in people if target.members[candidate])
        value -= target.weight * abs(count - target.target)
    return Verdict(valid=not broken, value=value, broken=tuple(broken))


def check_reasons(
    instance: SelectionInstance, chosen: Sequence[bool], reasons: Iterable[Reason]
) -> list[str]:
    """Return every reason that is not true, with what was found instead."""
    return [fault for reason in reasons for fault in _faults(instance, chosen, reason)]


def _faults(instance: SelectionInstance, chosen: Sequence[bool], reason: Reason) -> list[str]:
    name = instance.candidates[reason.candidate]
    if reason.chosen != bool(chosen[reason.candidate]):
        return [f"{name}: the decision is told wrongly"]
    if reason.kind is ReasonKind.PINNED:
        return [] if instance.pinned[reason.candidate] else [f"{name} is not pinned"]
    if reason.kind is ReasonKind.EXCLUDED:
        return [] if instance.excluded[reason.candidate] else [f"{name} is not excluded"]
    names = rule_names(instance)
    best = _optimum(instance, names)
    other = _optimum(instance, names, (reason.candidate, not reason.chosen))
    lost = None if other is None or best is None else best - other
    if reason.impossible != (lost is None) and (reason.points is not None or reason.impossible):
        return [f"{name}: the other decision is told as {'im' if reason.impossible else ''}possible"]
    if reason.points is not None and (lost is None or abs(lost - reason.points) > SAME):
        return [f"{name}: the other decision costs {lost}, not {reason.points}"]
    if reason.points is not None and not _is_other_way(instance, chosen, reason):
        return [f"{name}: the moves told do not lead to a cohort that decides the other way at that price"]
    if reason.kind is ReasonKind.TIE:
        return [] if lost is not None and abs(lost) <= SAME else [f"{name}: there is no tie"]
    if not _decides(instance, reason.limits, reason):
        return [f"{name}: {reason.limits or 'the score'} alone does not decide"]
    if not reason.is_smallest:
        return []
    for size in range(len(reason.limits)):
        for fewer in combinations(names, size):
            if _decides(instance, fewer, reason):
                return [f"{name}: {fewer or 'the score'} decides already"]
    return []


def _is_other_way(instance: SelectionInstance, chosen: Sequence[bool], reason: Reason) -> bool:
    turned = {reason.candidate, *reason.moves}
    other = [is_in != (candidate in turned) for candidate, is_in in enumerate(chosen)]
    before, after = check_selection(instance, chosen), check_selection(instance, other)
    if not after.valid or before.value is None or after.value is None or reason.points is None:
        return False
    return abs(before.value - after.value - reason.points) <= SAME


def rule_names(instance: SelectionInstance) -> list[str]:
    """Return the names of all rules that a reason may cite."""
    names = list(dict.fromkeys(limit.rule_name for limit in instance.limits))
    names += [target.name for target in instance.targets]
    if instance.pinned.any():
        names.append("pinned candidates")
    if instance.excluded.any():
        names.append("excluded candidates")
    return names


def _decides(instance: SelectionInstance, rules: Sequence[str], reason: Reason) -> bool:
    same = _optimum(instance, rules, (reason.candidate, reason.chosen))
    other = _optimum(instance, rules, (reason.candidate, not reason.chosen))
    return same is not None and (other is None or other < same - SAME)


def _optimum(
    instance: SelectionInstance, rules: Sequence[str], forced: tuple[int, bool] | None = None
) -> float | None:
    solver = pywraplp.Solver.CreateSolver("SCIP")
    taken = [solver.BoolVar(name) for name in instance.candidates]
    solver.Add(solver.Sum(taken) >= instance.least_places)
    solver.Add(solver.Sum(taken) <= instance.most_places)
    value = solver.Sum(
        [float(score) * variable for score, variable in zip(instance.scores, taken, strict=True)]
    )
    for limit in instance.limits:
        if limit.rule_name in rules:
            count = solver.Sum([v for v, is_member in zip(taken, limit.members, strict=True) if is_member])
            if limit.least is not None:
                solver.Add(count >= limit.least)
            if limit.most is not None:
                solver.Add(count <= limit.most)
    for target in instance.targets:
        if target.name in rules:
            count = solver.Sum([v for v, is_member in zip(taken, target.members, strict=True) if is_member])
            off = solver.NumVar(0, solver.infinity(), f"off {target.name}")
            solver.Add(off >= count - target.target)
            solver.Add(off >= target.target - count)
            value -= target.weight * off
    for candidate, variable in enumerate(taken):
        if instance.pinned[candidate] and "pinned candidates" in rules:
            solver.Add(variable == 1)
        if instance.excluded[candidate] and "excluded candidates" in rules:
            solver.Add(variable == 0)
    if forced is not None:
        solver.Add(taken[forced[0]] == int(forced[1]))
    solver.Maximize(value)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None
    return float(solver.Objective().Value())
