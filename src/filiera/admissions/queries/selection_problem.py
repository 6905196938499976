"""The selection as the solver takes it: rows into arrays, and what its names stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

import filiera_solvers as solvers
from filiera.admissions.models import Selection, SelectionRule
from filiera.admissions.queries.selection_pool import Applicant, applicants_as_proposed, applicants_in
from filiera.shared.errors import DomainError

if TYPE_CHECKING:
    from filiera_solvers import CohortLimit, CohortTarget, Limits, SelectionInstance, SelectionResult

PINS, EXCLUSIONS = "pinned candidates", "excluded candidates"
"""How the solver names the pins and the exclusions of others in a reason."""


class NobodyScored(DomainError):
    message = _("No application has a score yet. Have them reviewed, or pin those who are to come.")


class MorePinsThanPlaces(DomainError):
    message = _("More people are pinned in than there are places. Let the scores decide on some of them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One limit or wish, apart from the row it stands in."""

    attribute: str
    value: str
    least: int | None = None
    most: int | None = None
    target: int | None = None
    weight: float | None = None

    @classmethod
    def of(cls, row: SelectionRule) -> Rule:
        return cls(
            attribute=row.attribute,
            value=row.value,
            least=row.least,
            most=row.most,
            target=row.target,
            weight=row.weight,
        )

    @property
    def is_wish(self) -> bool:
        return self.target is not None

    @property
    def is_for_each(self) -> bool:
        return not self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionProblem:
    """An instance with the applicants and rules behind its rows and names."""

    instance: SelectionInstance
    applicants: Sequence[Applicant]
    places: int
    rules: Sequence[Rule]
    # A limit's or a reason's name to the rule's place and the value that is meant (none: each).
    named: Mapping[str, tuple[int, str]]

    def with_hand(self, application_id: int, hand: str) -> SelectionProblem:
        """The same with one application pinned, excluded or left to the scores."""
        changed = [
            replace(applicant, hand=hand) if applicant.application_id == application_id else applicant
            for applicant in self.applicants
        ]
        return problem_of(changed, self.rules, self.places)

    def solved(self, limits: Limits, *, with_reasons: bool = False) -> SelectionResult:
        return solvers.solve_selection(self.instance, limits, with_reasons=with_reasons)


def problem_in(selection: Selection) -> SelectionProblem:
    """The problem that a version poses now.

    Raises NobodyScored, MorePinsThanPlaces.
    """
    return problem_of(applicants_in(selection), rules_of(selection), selection.call.places)


def problem_as_proposed(selection: Selection) -> SelectionProblem:
    """The problem that the last proposal answered, whatever reviews came in since.

    Raises NobodyScored, MorePinsThanPlaces.
    """
    return problem_of(applicants_as_proposed(selection), rules_of(selection), selection.call.places)


def rules_of(selection: Selection) -> list[Rule]:
    return [Rule.of(row) for row in selection.rules.order_by("position")]


def problem_of(applicants: Sequence[Applicant], rules: Sequence[Rule], places: int) -> SelectionProblem:
    """The best cohort is as large as the places and the applicants allow.

    Raises NobodyScored, MorePinsThanPlaces.
    """
    import numpy as np  # not before it is needed: every page process would carry it

    pinned = np.array([applicant.is_pinned for applicant in applicants], dtype=np.bool_)
    excluded = np.array([applicant.is_excluded for applicant in applicants], dtype=np.bool_)
    eligible = int((~excluded).sum())
    if not eligible:
        raise NobodyScored
    if int(pinned.sum()) > places:
        raise MorePinsThanPlaces
    limits, targets, named = _rules_of(applicants, rules)
    instance = solvers.SelectionInstance(
        candidates=tuple(str(applicant.application_id) for applicant in applicants),
        # Pinned without a review, it adds nothing to the value and takes nobody's chance but the place.
        scores=np.array([applicant.score or 0.0 for applicant in applicants], dtype=np.float64),
        # With places to spare nobody has to be taken whom a limit forbids.
        least_places=places if eligible > places else int(pinned.sum()),
        most_places=min(places, eligible),
        limits=tuple(limits),
        targets=tuple(targets),
        pinned=pinned,
        excluded=excluded,
    )
    return SelectionProblem(instance=instance, applicants=applicants, places=places, rules=rules, named=named)


def values_among(applicants: Iterable[Applicant], attribute: str) -> list[str]:
    return sorted({value for applicant in applicants for value in applicant.values[attribute]})


def _holders(applicants: Sequence[Applicant], attribute: str) -> dict[str, list[int]]:
    """Who has which value, by place: read once, for there may be thousands of values."""
    holders: dict[str, list[int]] = {}
    for index, applicant in enumerate(applicants):
        for value in applicant.values[attribute]:
            holders.setdefault(value, []).append(index)
    return holders


def _rules_of(
    applicants: Sequence[Applicant], rules: Sequence[Rule]
) -> tuple[list[CohortLimit], list[CohortTarget], dict[str, tuple[int, str]]]:
    import numpy as np  # not before it is needed: every page process would carry it

    limits: list[CohortLimit] = []
    targets: list[CohortTarget] = []
    named: dict[str, tuple[int, str]] = {}
    for index, rule in enumerate(rules):
        family = f"rule {index}" if rule.is_for_each else ""
        if family:
            named[family] = (index, "")
        holders = _holders(applicants, rule.attribute)
        for value in sorted(holders) if rule.is_for_each else [rule.value]:
            members = np.zeros(len(applicants), dtype=np.bool_)
            members[holders.get(value, [])] = True
            name = f"rule {index}: {value}"
            if rule.target is not None and rule.weight is not None:
                targets.append(
                    solvers.CohortTarget(name=name, members=members, target=rule.target, weight=rule.weight)
                )
            elif family and rule.least is None and rule.most is not None and members.sum() <= rule.most:
                # Nothing to limit: that many may all come.
                continue
            else:
                limits.append(
                    solvers.CohortLimit(
                        name=name, members=members, least=rule.least, most=rule.most, family=family
                    )
                )
            named[name] = (index, value)
    return limits, targets, named
