"""Why somebody is in or out, and why no cohort at all keeps the limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock
from filiera_solvers._selection_instance import (
    BoolArray,
    CohortLimit,
    ConflictPart,
    Reason,
    ReasonKind,
    RuleSide,
    SelectionInstance,
)
from filiera_solvers._selection_model import CohortModel, Forced

SHUFFLES = 6
CORE_S = 0.5
SHUFFLES_S = 1.0


def reasons_for(model: CohortModel, chosen: BoolArray) -> Iterator[Reason]:
    """Yield reasons while there is time, a later one for the same candidate in place of the one before.

    First those that the scores or one limit decide, which is quickly seen. Then the others: whether it is a
    tie, and if not, a set of limits that decides and of which none can be spared. Then what turning round the
    first ones would cost. Last, whether a smaller set decides as well. Each time those nearest to the line
    between in and out come first.
    """
    units = model.count_units(model.everything, chosen)
    simple: list[Reason] = []
    hard: list[_Search] = []
    for candidate in _nearest_first(model.instance, chosen):
        if model.clock.must_stop():
            return
        search = _Search(model, candidate, bool(chosen[candidate]))
        reason = search.told_beforehand() or search.smallest(largest_size=1)
        if reason is None:
            hard.append(search)
            continue
        yield reason
        if reason.kind in (ReasonKind.SCORE, ReasonKind.LIMITS):
            simple.append(reason)
    left: list[tuple[_Search, Reason]] = []
    for search in hard:
        whole = _with_points(model, search.reason(model.everything, is_smallest=False), units, chosen)
        if whole is None:
            return
        yield whole
        if whole.kind is ReasonKind.TIE:
            continue
        enough = search.enough()
        if enough is None:
            return
        told = replace(whole, limits=search.reason(enough, is_smallest=False).limits)
        left.append((search, told))
        yield told
    for reason in simple:
        priced = _with_points(model, reason, units, chosen)
        if priced is None:
            return
        yield priced
    for position, (search, told) in enumerate(left):
        share_s = model.clock.left_s / (len(left) - position)
        smallest = search.smallest(largest_size=len(told.limits), until_s=model.clock.seconds + share_s)
        if smallest is not None:
            yield replace(told, limits=smallest.limits, is_smallest=True)


def _nearest_first(instance: SelectionInstance, chosen: BoolArray) -> list[int]:
    line = float(instance.scores[chosen].min()) if chosen.any() else 0.0
    order: list[int] = np.lexsort((np.arange(len(chosen)), np.abs(instance.scores - line))).tolist()
    return order


def _with_points(model: CohortModel, reason: Reason, units: int, chosen: BoolArray) -> Reason | None:
    """Add what the other decision costs; if it costs nothing, the reason is the tie and nothing else.

    None when the time was over before that was known.
    """
    other = model.best(model.everything, Forced(reason.candidate, not reason.chosen))
    if not other.is_proven:
        return None
    if other.units is None or other.chosen is None:
        return replace(reason, impossible=True)
    changed: list[int] = (other.chosen != chosen).nonzero()[0].tolist()
    moves = tuple(candidate for candidate in changed if candidate != reason.candidate)
    if other.units == units:
        return Reason(
            candidate=reason.candidate, chosen=reason.chosen, kind=ReasonKind.TIE, points=0.0, moves=moves
        )
    return replace(reason, points=(units - other.units) / model.units_per_point, moves=moves)


class _Search:
    """The search for the smallest set of rules that decides on one candidate as it was decided.

    A best cohort under some rules that decides otherwise stays a best one when rules are added that it keeps;
    so of a larger set, at least one added rule must be broken by it. That spares nearly all searches.
    """

    def __init__(self, model: CohortModel, candidate: int, is_chosen: bool) -> None:
        self.model = model
        self.candidate = candidate
        self.is_chosen = is_chosen
        self.refuted: list[tuple[frozenset[int], frozenset[int]]] = []
        self.next_size = 0

    def told_beforehand(self) -> Reason | None:
        if self.model.instance.pinned[self.candidate]:
            return Reason(candidate=self.candidate, chosen=True, kind=ReasonKind.PINNED)
        if self.model.instance.excluded[self.candidate]:
            return Reason(candidate=self.candidate, chosen=False, kind=ReasonKind.EXCLUDED)
        return None

    def smallest(self, *, largest_size: int, until_s: float = float("inf")) -> Reason | None:
        """Go on to sets of this size; None when none of them decides, or the time is over."""
        while self.next_size <= min(largest_size, len(self.model.rules)):
            for chosen_rules in combinations(range(len(self.model.rules)), self.next_size):
                rules = frozenset(chosen_rules)
                if any(base <= rules and not (rules & needed) for base, needed in self.refuted):
                    continue
                other = self._best_that_decides_otherwise(rules)
                if self.model.clock.must_stop() or self.model.clock.seconds > until_s:
                    return None
                if other is None:
                    return self.reason(rules, is_smallest=True)
                self.refuted.append((rules, self.model.broken_by(other)))
            self.next_size += 1
        return None

    def enough(self) -> frozenset[int] | None:
        """Return rules that decide and of which none can be spared; None when the time is over.

        The best cohort that decides otherwise must break some rule, or it would be a tie.
        """
        rules: frozenset[int] = frozenset()
        while (other := self._best_that_decides_otherwise(rules)) is not None:
            if self.model.clock.must_stop():
                return None
            rules |= self.model.broken_by(other)
        for rule in sorted(rules):
            fewer = rules - {rule}
            if self.model.clock.must_stop():
                return None
            other = self._best_that_decides_otherwise(fewer)
            if other is None:
                rules = fewer
        return None if self.model.clock.must_stop() else rules

    def reason(self, rules: frozenset[int], *, is_smallest: bool) -> Reason:
        return Reason(
            candidate=self.candidate,
            chosen=self.is_chosen,
            kind=ReasonKind.LIMITS if rules else ReasonKind.SCORE,
            limits=tuple(self.model.rules[index].name for index in sorted(rules)),
            is_smallest=is_smallest,
        )

    def _best_that_decides_otherwise(self, rules: frozenset[int]) -> BoolArray | None:
        """Return a best cohort under these rules alone in which the candidate is on the other side."""
        best = self.model.unforced(rules)
        if best.chosen is None or bool(best.chosen[self.candidate]) != self.is_chosen:
            return best.chosen
        other = self.model.best(rules, Forced(self.candidate, not self.is_chosen))
        return other.chosen if other.units is not None and other.units == best.units else None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that no cohort keeps together, in words and by name."""

    words: tuple[str, ...] = ()
    parts: tuple[ConflictPart, ...] = ()
    is_irreducible: bool = True


def conflict_of(instance: SelectionInstance, clock: Clock) -> Conflict:
    """Return limits that no cohort keeps together, while it could if any one of them were dropped.

    The smallest of several such sets, found by thinning out in different orders.
    """
    everything = list(_named_rules(instance))
    smallest, is_irreducible = _thinned(instance, everything, clock)
    dice = Random(clock.limits.seed)  # noqa: S311 - an order of trying, nothing secret
    for _ in range(SHUFFLES):
        if len(smallest) <= 1 or clock.seconds > SHUFFLES_S or clock.must_stop():
            break
        dice.shuffle(everything)
        other, is_exact = _thinned(instance, everything, clock)
        if is_exact and 0 < len(other) < len(smallest):
            smallest, is_irreducible = other, True
    places = str(instance.least_places)
    if instance.most_places != instance.least_places:
        places = f"{instance.least_places} to {instance.most_places}"
    told = sorted(smallest, key=lambda rule: rule.text)
    return Conflict(
        words=(
            f"{places} places among {len(instance.candidates)} candidates",
            *(rule.text for rule in told),
        ),
        parts=tuple(rule.part for rule in told),
        is_irreducible=is_irreducible,
    )


@dataclass(frozen=True, slots=True, eq=False)
class NamedRule:
    """One side of a limit, a pin or an exclusion."""

    part: ConflictPart
    text: str
    members: BoolArray
    least: int | None
    most: int | None


def _named_rules(instance: SelectionInstance) -> Iterator[NamedRule]:
    for limit in instance.limits:
        yield from _sides(limit)
    for candidate, name in enumerate(instance.candidates):
        only = instance.pinned & False
        only[candidate] = True
        if instance.pinned[candidate]:
            part = ConflictPart(name=name, side=RuleSide.PINNED)
            yield NamedRule(part, f"{name} is pinned", only, 1, None)
        if instance.excluded[candidate]:
            part = ConflictPart(name=name, side=RuleSide.EXCLUDED)
            yield NamedRule(part, f"{name} is excluded", only, None, 0)


def _sides(limit: CohortLimit) -> Iterator[NamedRule]:
    if limit.least is not None:
        there = int(limit.members.sum())
        text = f"at least {limit.least} of {limit.name} ({there} candidates)"
        part = ConflictPart(name=limit.name, side=RuleSide.LEAST)
        yield NamedRule(part, text, limit.members, limit.least, None)
    if limit.most is not None:
        part = ConflictPart(name=limit.name, side=RuleSide.MOST)
        yield NamedRule(part, f"at most {limit.most} of {limit.name}", limit.members, None, limit.most)


def _thinned(
    instance: SelectionInstance, rules: Sequence[NamedRule], clock: Clock
) -> tuple[list[NamedRule], bool]:
    """Return rules that contradict each other, and whether none of them can be spared."""
    found = _core(instance, rules, clock)
    core = list(rules) if found is None else found
    is_irreducible = True
    for rule in list(core):
        fewer = [other for other in core if other is not rule]
        still = _contradict(instance, fewer, clock)
        if still is None:
            is_irreducible = False
        elif still:
            core = fewer
    return core, is_irreducible


def _contradict(instance: SelectionInstance, rules: Sequence[NamedRule], clock: Clock) -> bool | None:
    """Say whether no cohort keeps these rules; None when the time was over before that was known."""
    if clock.must_stop():
        return None
    model = cp_model.CpModel()
    literals = [model.new_bool_var(name) for name in instance.candidates]
    model.add_linear_constraint(sum(literals), instance.least_places, instance.most_places)
    for rule in rules:
        count = sum(literals[candidate] for candidate in rule.members.nonzero()[0])
        most = len(literals) if rule.most is None else rule.most
        model.add_linear_constraint(count, rule.least or 0, most)
    _solver, status = run_cp_sat(model, clock, phase="looking for the conflict")
    if status == cp_model.INFEASIBLE:
        return True
    return False if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def _core(instance: SelectionInstance, rules: Sequence[NamedRule], clock: Clock) -> list[NamedRule] | None:
    """Return rules among these that contradict each other, None when that was not found soon."""
    model = cp_model.CpModel()
    literals = [model.new_bool_var(name) for name in instance.candidates]
    model.add_linear_constraint(sum(literals), instance.least_places, instance.most_places)
    switches = []
    for rule in rules:
        switch = model.new_bool_var(rule.text)
        count = sum(literals[candidate] for candidate in rule.members.nonzero()[0])
        if rule.least is not None:
            model.add(count >= rule.least).only_enforce_if(switch)
        if rule.most is not None:
            model.add(count <= rule.most).only_enforce_if(switch)
        switches.append(switch)
    model.add_assumptions(switches)
    solver, status = run_cp_sat(model, clock, phase="looking for the conflict", limit_s=CORE_S)
    if status != cp_model.INFEASIBLE:
        return None
    blamed = set(solver.sufficient_assumptions_for_infeasibility())
    return [rule for rule, switch in zip(rules, switches, strict=True) if switch.index in blamed]
