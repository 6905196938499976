"""CP-SAT for chains: one candidate per stage, links as a flow of one unit through the countries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._chain_instance import BoolArray, Chain, ChainInstance, IntArray
from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock

UNITS_PER_POINT = 10**9
MOST_UNITS = 2**50
UNLIMITED = 2**40


@dataclass(frozen=True, slots=True)
class Answer:
    """What one search gave; ``bound`` in points, ``is_proven`` also when there is no chain."""

    chain: Chain | None
    bound: float | None
    is_proven: bool


class ChainModel:
    """The model of all chains over the candidates that matter.

    ``handover`` (n_stages - 1, n_countries, n_countries) bool leaves out links that no best chain uses. With
    ``switched`` every rule hangs on a switch, so that a contradiction can be traced to rules by name.
    """

    def __init__(
        self,
        instance: ChainInstance,
        kept: IntArray,
        *,
        handover: BoolArray | None = None,
        switched: bool = False,
    ) -> None:
        self.instance = instance
        self.handover = handover
        self.model = cp_model.CpModel()
        self.units_per_point = _units_per_point(instance)
        self.switched = switched
        self.switches: dict[str, cp_model.IntVar] = {}
        self.member = {
            candidate: self.model.new_bool_var(f"member {candidate}") for candidate in kept.tolist()
        }
        seconds = self.member if instance.rules.second_source else {}
        self.second = {candidate: self.model.new_bool_var(f"second {candidate}") for candidate in seconds}
        self.here = self._add_stages()
        self.link = _sum([*self._country_links(), *self._own_links()])
        self.fit = self._fits(self.member)
        self.second_fit = self._fits(self.second)
        self._add_country_rules()
        self._add_partner_rules()
        if instance.rules.second_source:
            self._add_second_sources()

    def maximize(self, objective: cp_model.LinearExprT, units: float, clock: Clock, limit_s: float) -> Answer:
        """Find the best chain for an objective counted in ``units`` per point."""
        self.model.maximize(objective)
        solver, status = run_cp_sat(self.model, clock, phase="composing", limit_s=limit_s, linear=True)
        if status == cp_model.INFEASIBLE:
            return Answer(None, None, is_proven=True)
        bound = None if status == cp_model.UNKNOWN else solver.best_objective_bound / units
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, bound, is_proven=False)
        chain = self._chain(solver)
        return Answer(chain, bound, is_proven=status == cp_model.OPTIMAL)

    def objective(self) -> tuple[cp_model.LinearExpr, float]:
        """Return the weighted value, and its units per point."""
        instance = self.instance
        weights = (instance.fit_weight, instance.link_weight, instance.second_weight)
        thousandths = [round(weight * 1000) for weight in weights]
        parts = (self.fit, self.link, self.second_fit)
        total = _sum([weight * part for weight, part in zip(thousandths, parts, strict=True)])
        return total, self.units_per_point * 1000.0

    def forbid(self, chain: Chain) -> None:
        """Ask for chains that differ from this one in as many stages as alternatives must."""
        same = [self.member[candidate] for candidate in chain.members.tolist() if candidate in self.member]
        self.model.add(sum(same) <= len(self.instance.stages) - self.instance.least_difference)

    def blamed_rules(self, clock: Clock, among: list[str]) -> list[str] | None:
        """Return rules among these that contradict each other, None when they do not (or time was over)."""
        self.model.clear_assumptions()
        self.model.add_assumptions([self.switches[text] for text in among])
        solver, status = run_cp_sat(self.model, clock, phase="looking for the conflict")
        if status != cp_model.INFEASIBLE:
            return None
        blamed = set(solver.sufficient_assumptions_for_infeasibility())
        return [text for text in among if self.switches[text].index in blamed]

    def _fits(self, places: Mapping[int, cp_model.IntVar]) -> cp_model.LinearExpr:
        return _sum([self._units(self.instance.fit[c]) * literal for c, literal in places.items()])

    def _units(self, points: float) -> int:
        return round(float(points) * self.units_per_point)

    def _limit(self, text: str, expression: cp_model.LinearExprT, low: int, high: int) -> None:
        constraint = self.model.add_linear_constraint(expression, low, high)
        if self.switched:
            if text not in self.switches:
                self.switches[text] = self.model.new_bool_var(text)
            constraint.only_enforce_if(self.switches[text])

    def _add_stages(self) -> dict[tuple[int, int], cp_model.IntVar]:
        instance = self.instance
        inside: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        for candidate, literal in self.member.items():
            key = int(instance.stage[candidate]), int(instance.country[candidate])
            inside.setdefault(key, []).append(literal)
        here = {}
        for (stage, country), literals in sorted(inside.items()):
            here[stage, country] = self.model.new_bool_var(f"stage {stage} in {country}")
            self.model.add(sum(literals) == here[stage, country])
        for stage, name in enumerate(instance.stages):
            literals = [literal for (own, _), literal in here.items() if own == stage]
            if literals:
                self.model.add_exactly_one(literals)
            else:
                self._limit(f"a candidate for {name}", self.model.new_constant(0), 1, 1)
        return here

    def _country_links(self) -> list[cp_model.LinearExpr]:
        worth: list[cp_model.LinearExpr] = []
        for stage in range(len(self.instance.stages) - 1):
            sources = [country for (own, country) in self.here if own == stage]
            targets = [country for (own, country) in self.here if own == stage + 1]
            if not sources or not targets:
                continue
            flow = {
                (source, target): self.model.new_bool_var(f"{stage}: {source} to {target}")
                for source in sources
                for target in targets
                if self.handover is None or self.handover[stage, source, target]
            }
            for source in sources:
                out = sum(literal for (own, _), literal in flow.items() if own == source)
                self.model.add(out == self.here[stage, source])
            for target in targets:
                into = sum(literal for (_, own), literal in flow.items() if own == target)
                self.model.add(into == self.here[stage + 1, target])
            link = self.instance.link[stage]
            worth += [self._units(link[pair]) * literal for pair, literal in flow.items()]
        return worth

    def _own_links(self) -> list[cp_model.LinearExpr]:
        """Correct the countries' link where two companies have one of their own."""
        instance = self.instance
        corrections: list[cp_model.LinearExpr] = []
        for (first, second), link in zip(instance.pairs.tolist(), instance.pair_link, strict=True):
            if first not in self.member or second not in self.member:
                continue
            usual = instance.link[instance.stage[first], instance.country[first], instance.country[second]]
            gain = self._units(link) - self._units(usual)
            both = self.model.new_bool_var(f"{first} with {second}")
            if gain > 0:
                self.model.add_implication(both, self.member[first])
                self.model.add_implication(both, self.member[second])
            else:
                self.model.add_bool_or([both, ~self.member[first], ~self.member[second]])
            corrections.append(gain * both)
        return corrections

    def _add_country_rules(self) -> None:
        instance, rules = self.instance, self.instance.rules
        by_country: dict[int, list[cp_model.IntVar]] = {}
        for (_, country), literal in self.here.items():
            by_country.setdefault(country, []).append(literal)
        used = []
        for country, literals in sorted(by_country.items()):
            is_used = self.model.new_bool_var(f"uses {country}")
            self.model.add(is_used <= sum(literals))
            used.append(is_used)
            if rules.most_per_country is not None:
                text = f"at most {rules.most_per_country} stages per country"
                self._limit(text, sum(literals), 0, rules.most_per_country)
        if rules.least_countries > 1:
            self._limit(
                f"at least {rules.least_countries} countries", sum(used), rules.least_countries, UNLIMITED
            )
        if instance.least_sme > 0:
            small = sum(literal for c, literal in self.member.items() if instance.is_sme[c])
            text = f"at least {instance.least_sme} stages by small or medium-sized enterprises"
            self._limit(text, small, instance.least_sme, UNLIMITED)

    def _add_partner_rules(self) -> None:
        instance, rules = self.instance, self.instance.rules
        offers: dict[int, list[cp_model.IntVar]] = {}
        for places in (self.member, self.second):
            for candidate, literal in places.items():
                offers.setdefault(int(instance.organisation[candidate]), []).append(literal)
        for literals in offers.values():
            if len(literals) > rules.most_per_organisation:
                text = f"at most {rules.most_per_organisation} stages per organisation"
                self._limit(text, sum(literals), 0, rules.most_per_organisation)
        for candidate in instance.fixed.nonzero()[0].tolist():
            self._limit(f"{instance.candidates[candidate]} is fixed", self.member[candidate], 1, 1)
        if rules.most_changes is not None:
            kept = [self.member[c] for c in instance.previous.tolist() if c in self.member]
            known = int((instance.previous >= 0).sum())
            text = f"at most {rules.most_changes} changes"
            self._limit(text, sum(kept), known - rules.most_changes, UNLIMITED)

    def _add_second_sources(self) -> None:
        instance = self.instance
        at_stage: dict[int, list[cp_model.IntVar]] = {stage: [] for stage in range(len(instance.stages))}
        of_organisation: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        of_country: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        for candidate, literal in self.second.items():
            stage = int(instance.stage[candidate])
            at_stage[stage].append(literal)
            own = of_organisation.setdefault((stage, int(instance.organisation[candidate])), [])
            own += [literal, self.member[candidate]]
            of_country.setdefault((stage, int(instance.country[candidate])), []).append(literal)
        for stage, literals in at_stage.items():
            self._limit(f"a second source for {instance.stages[stage]}", sum(literals), 1, 1)
        for own in of_organisation.values():
            self.model.add_at_most_one(own)
        if instance.rules.second_other_country:
            for key, literals in of_country.items():
                self._limit("second sources from another country", sum(literals) + self.here[key], 0, 1)

    def _chain(self, solver: cp_model.CpSolver) -> Chain:
        stages = len(self.instance.stages)
        members = np.full(stages, -1, dtype=np.int64)
        seconds = np.full(stages, -1, dtype=np.int64)
        for places, found in ((self.member, members), (self.second, seconds)):
            for candidate, literal in places.items():
                if solver.boolean_value(literal):
                    found[self.instance.stage[candidate]] = candidate
        return chain_of(self.instance, members, seconds)


def chain_of(instance: ChainInstance, members: IntArray, seconds: IntArray) -> Chain:
    """Return a chain with its figures."""
    fit_sum = float(instance.fit[members].sum())
    link_sum = 0.0
    own = {
        (first, second): float(link)
        for (first, second), link in zip(instance.pairs.tolist(), instance.pair_link, strict=True)
    }
    for stage in range(len(members) - 1):
        first, second = int(members[stage]), int(members[stage + 1])
        usual = float(instance.link[stage, instance.country[first], instance.country[second]])
        link_sum += own.get((first, second), usual)
    second_sum = float(instance.fit[seconds[seconds >= 0]].sum())
    return Chain(
        members=members,
        seconds=seconds,
        value=instance.fit_weight * fit_sum
        + instance.link_weight * link_sum
        + instance.second_weight * second_sum,
        fit_sum=fit_sum,
        link_sum=link_sum,
    )


def _sum(terms: Sequence[cp_model.LinearExpr]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.sum(terms)


def _units_per_point(instance: ChainInstance) -> int:
    """Return how finely points are counted: billionths, or less fine where the numbers are very large."""
    greatest = [
        float(np.abs(values).max())
        for values in (instance.fit, instance.link, instance.pair_link)
        if values.size
    ]
    weight = 1000 * max(instance.fit_weight, instance.link_weight, instance.second_weight, 1)
    most = 3 * len(instance.stages) * max([*greatest, 1e-9]) * weight
    units = UNITS_PER_POINT
    while units > 1 and most * units > MOST_UNITS:
        units //= 10
    return units
