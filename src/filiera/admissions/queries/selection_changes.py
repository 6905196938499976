"""What a change would cost before it is made, and how two versions differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import filiera_solvers as solvers
from filiera.admissions.models import Decision, HandChoice, Selection, SelectionDecision
from filiera.admissions.queries.selection_pool import Applicant
from filiera.admissions.queries.selection_problem import MorePinsThanPlaces, NobodyScored, problem_in

if TYPE_CHECKING:
    from filiera_solvers import SelectionResult

LOOK_S = 2.0
"""How long each of the two searches of a preview may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The best cohort without and with a change; `comes` and `goes` are the others who would move."""

    hand: str
    before: float | None = None
    after: float | None = None
    comes: Sequence[int] = ()
    goes: Sequence[int] = ()
    is_proven: bool = True
    is_impossible: bool = False
    refusal: str = ""

    @property
    def cost(self) -> float:
        return round((self.before or 0.0) - (self.after or 0.0), 9)


def preview_change(selection: Selection, application_id: int, hand: str) -> Preview:
    """Solve again with one application pinned, left out, or left to the scores."""
    chosen = set(
        selection.decisions.filter(decision=Decision.SELECTED).values_list("application_id", flat=True)
    )
    limits = solvers.Limits(time_limit_s=LOOK_S, seed=selection.seed)
    try:
        problem = problem_in(selection)
        changed = problem.with_hand(application_id, hand)
    except (MorePinsThanPlaces, NobodyScored) as error:
        return Preview(hand=hand, refusal=str(error))
    now, then = problem.solved(limits), changed.solved(limits)
    if then.status is solvers.Status.INFEASIBLE:
        return Preview(hand=hand, before=now.value, is_impossible=True)
    cohort = _cohort(changed.applicants, then)
    return Preview(
        hand=hand,
        before=now.value,
        after=then.value,
        comes=sorted(cohort - chosen - {application_id}),
        goes=sorted(chosen - cohort - {application_id}),
        is_proven=now.status is solvers.Status.OPTIMAL and then.status is solvers.Status.OPTIMAL,
    )


def other_hand(decision: SelectionDecision) -> str:
    """What the first button of an application does: the opposite of what stands."""
    if decision.hand:
        return ""
    is_in = decision.decision == Decision.SELECTED
    return HandChoice.EXCLUDED.value if is_in else HandChoice.PINNED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One application on which two versions do not agree."""

    application_id: int
    before: SelectionDecision | None
    after: SelectionDecision | None


def differences_between(before: Selection, after: Selection) -> list[Difference]:
    """Who is decided differently, or ranked differently on the reserve list, those who come in first."""
    old = {row.application_id: row for row in _decisions(before)}
    new = {row.application_id: row for row in _decisions(after)}
    found = [
        Difference(application_id=key, before=old.get(key), after=new.get(key))
        for key in {**new, **old}
        if _said(old.get(key)) != _said(new.get(key))
    ]
    order = [Decision.SELECTED, Decision.RESERVE, Decision.REJECTED, Decision.UNDECIDED, ""]
    return sorted(
        found,
        key=lambda row: (
            order.index(row.after.decision if row.after else ""),
            order.index(row.before.decision if row.before else ""),
            -((row.after or row.before).score or 0.0),  # type: ignore[union-attr]
            row.application_id,
        ),
    )


def _decisions(selection: Selection) -> list[SelectionDecision]:
    return list(selection.decisions.select_related("application__organisation").order_by("position"))


def _said(decision: SelectionDecision | None) -> tuple[str, int | None]:
    return ("", None) if decision is None else (decision.decision, decision.reserve_rank)


def _cohort(applicants: Sequence[Applicant], result: SelectionResult) -> set[int]:
    return {row.application_id for row, is_in in zip(applicants, result.chosen, strict=True) if is_in}
