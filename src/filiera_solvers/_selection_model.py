"""The best cohort under any part of the rules: by counting where that is exact, by CP-SAT elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock
from filiera_solvers._selection_instance import (
    BoolArray,
    CohortLimit,
    CohortTarget,
    IntArray,
    SelectionInstance,
)

UNITS_PER_POINT = 10**9
MOST_UNITS = 2**52  # beyond it, sums would leave what the search can count exactly


@dataclass(frozen=True, slots=True)
class Pins:
    """The rule that the pinned candidates are in."""

    name: str = "pinned candidates"


@dataclass(frozen=True, slots=True)
class Exclusions:
    """The rule that the excluded candidates are out."""

    name: str = "excluded candidates"


@dataclass(frozen=True, slots=True)
class Family:
    """One limit, or all limits that are told as one."""

    name: str
    limits: tuple[CohortLimit, ...]


Rule = Family | CohortTarget | Pins | Exclusions


@dataclass(frozen=True, slots=True)
class Cohort:
    """A best cohort; ``units`` is its value in the search's units, None when no cohort keeps the rules."""

    units: int | None
    chosen: BoolArray | None
    is_proven: bool = True
    bound_units: int | None = None


@dataclass(frozen=True, slots=True)
class Forced:
    """One candidate whose decision is given, or nobody."""

    candidate: int | None = None
    chosen: bool = False


class CohortModel:
    """All rules of an instance, solvable under any subset of them."""

    def __init__(self, instance: SelectionInstance, clock: Clock) -> None:
        self.instance = instance
        self.clock = clock
        self.units_per_point = units_per_point(instance)
        self.units: IntArray = np.round(instance.scores * self.units_per_point).astype(np.int64)
        families: dict[str, list[CohortLimit]] = {}
        for limit in instance.limits:
            families.setdefault(limit.rule_name, []).append(limit)
        rules: list[Rule] = [Family(name, tuple(limits)) for name, limits in families.items()]
        rules += instance.targets
        if instance.pinned.any():
            rules.append(Pins())
        if instance.excluded.any():
            rules.append(Exclusions())
        self.rules = tuple(rules)
        self.everything = frozenset(range(len(rules)))
        self.unforced = lru_cache(maxsize=None)(self._unforced)

    def price(self, target: CohortTarget) -> int:
        return round(target.weight * self.units_per_point)

    def best(self, rules: frozenset[int], forced: Forced = Forced(), limit_s: float | None = None) -> Cohort:
        """Return a best cohort under the given rules alone, with one decision forced if asked."""
        rule = None if not rules else self.rules[min(rules)]
        is_simple = not isinstance(rule, Family) or len(rule.limits) == 1
        if len(rules) <= 1 and is_simple and self.instance.least_places == self.instance.most_places:
            return self._by_counting(rule, forced)
        return self._by_search(rules, forced, limit_s)

    def _unforced(self, rules: frozenset[int]) -> Cohort:
        return self.best(rules)

    def _by_counting(self, rule: Rule | None, forced: Forced) -> Cohort:
        """Under one rule only the number of its members counts; of each side the best are taken."""
        count, places = len(self.units), self.instance.most_places
        must = np.zeros(count, dtype=np.bool_)
        banned = np.zeros(count, dtype=np.bool_)
        if isinstance(rule, Pins):
            must |= self.instance.pinned
        if isinstance(rule, Exclusions):
            banned |= self.instance.excluded
        if forced.candidate is not None:
            (must if forced.chosen else banned)[forced.candidate] = True
        if (must & banned).any():
            return Cohort(None, None)
        members = np.zeros(count, dtype=np.bool_)
        least, most = 0, count
        if isinstance(rule, CohortTarget):
            members = rule.members
        elif isinstance(rule, Family):
            limit = rule.limits[0]
            members = limit.members
            least = limit.least or 0
            most = count if limit.most is None else limit.most
        free = ~(must | banned)
        order = np.lexsort((np.arange(count), -self.units))
        inside = order[(members & free)[order]]
        outside = order[(~members & free)[order]]
        fixed_inside = int((members & must).sum())
        left = places - int(must.sum())
        low = max(0, left - len(outside), least - fixed_inside)
        high = min(len(inside), left, most - fixed_inside)
        if left < 0 or low > high:
            return Cohort(None, None)
        taken = np.arange(low, high + 1)
        value = _sums(self.units[inside])[taken] + _sums(self.units[outside])[left - taken]
        if isinstance(rule, CohortTarget):
            value = value - self.price(rule) * np.abs(taken + fixed_inside - rule.target)
        best = int(value.argmax())
        chosen = must.copy()
        chosen[inside[: taken[best]]] = True
        chosen[outside[: left - taken[best]]] = True
        return Cohort(int(value[best] + self.units[must].sum()), chosen)

    def _by_search(self, rules: frozenset[int], forced: Forced, limit_s: float | None) -> Cohort:
        model = cp_model.CpModel()
        literals = [model.new_bool_var(name) for name in self.instance.candidates]
        model.add_linear_constraint(
            sum(literals), self.instance.least_places, min(self.instance.most_places, len(literals))
        )
        objective = [cp_model.LinearExpr.weighted_sum(literals, self.units.tolist())]
        for index in sorted(rules):
            rule = self.rules[index]
            if isinstance(rule, Pins | Exclusions):
                wanted = isinstance(rule, Pins)
                for candidate in (self.instance.pinned if wanted else self.instance.excluded).nonzero()[0]:
                    model.add(literals[candidate] == wanted)
                continue
            if isinstance(rule, Family):
                for limit in rule.limits:
                    most = len(literals) if limit.most is None else limit.most
                    model.add_linear_constraint(sum(_picked(literals, limit.members)), limit.least or 0, most)
            else:
                off = model.new_int_var(0, len(literals) + rule.target, f"off {rule.name}")
                model.add_abs_equality(off, sum(_picked(literals, rule.members)) - rule.target)
                objective.append(-self.price(rule) * off)
        if forced.candidate is not None:
            model.add(literals[forced.candidate] == forced.chosen)
        model.maximize(sum(objective))
        solver, status = run_cp_sat(model, self.clock, phase="choosing", limit_s=limit_s)
        if status == cp_model.INFEASIBLE:
            return Cohort(None, None)
        bound = None if status == cp_model.UNKNOWN else int(np.floor(solver.best_objective_bound + 0.5))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Cohort(None, None, is_proven=False, bound_units=bound)
        chosen = np.array([solver.boolean_value(literal) for literal in literals], dtype=np.bool_)
        units = self.count_units(rules, chosen)
        return Cohort(units, chosen, status == cp_model.OPTIMAL, bound)

    def count_units(self, rules: Iterable[int], chosen: BoolArray) -> int:
        units = int(self.units[chosen].sum())
        for index in rules:
            rule = self.rules[index]
            if isinstance(rule, CohortTarget):
                units -= self.price(rule) * abs(int(chosen[rule.members].sum()) - rule.target)
        return units

    def broken_by(self, chosen: BoolArray) -> frozenset[int]:
        """Return the rules that a cohort breaks, or (for targets) pays for."""
        broken = set()
        for index, rule in enumerate(self.rules):
            if isinstance(rule, Family):
                is_broken = any(
                    not (limit.least or 0) <= count <= (count if limit.most is None else limit.most)
                    for limit in rule.limits
                    for count in (int(chosen[limit.members].sum()),)
                )
            elif isinstance(rule, CohortTarget):
                is_broken = int(chosen[rule.members].sum()) != rule.target
            elif isinstance(rule, Pins):
                is_broken = bool((self.instance.pinned & ~chosen).any())
            else:
                is_broken = bool((self.instance.excluded & chosen).any())
            if is_broken:
                broken.add(index)
        return frozenset(broken)


def units_per_point(instance: SelectionInstance) -> int:
    """Return how finely points are counted: billionths, or less fine where scores are very large."""
    greatest = float(np.abs(instance.scores).sum()) + sum(
        target.weight * (len(instance.candidates) + target.target) for target in instance.targets
    )
    units = UNITS_PER_POINT
    while units > 1 and greatest * units > MOST_UNITS:
        units //= 10
    return units


def _sums(units: IntArray) -> IntArray:
    return np.concatenate(([0], np.cumsum(units)))


def _picked(literals: list[cp_model.IntVar], members: BoolArray) -> list[cp_model.IntVar]:
    return [literals[candidate] for candidate in members.nonzero()[0]]
