"""The best cohort under the limits: proposed, changed by hand, explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

import filiera
import filiera_solvers as solvers
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions
from filiera.admissions.models import (
    Application,
    ApplicationState,
    Call,
    Decision,
    HandChoice,
    ProposalStatus,
    RunKind,
    Selection,
    SelectionDecision,
    SelectionRun,
    SelectionStepKind,
)
from filiera.admissions.policies import selection as policies
from filiera.admissions.queries.selection_problem import SelectionProblem, problem_as_proposed, problem_in
from filiera.admissions.queries.selection_reasons import (
    BY_HAND,
    ReasonData,
    open_reason,
    own_kind,
    reason_data,
    rule_data,
    scores_in_order,
    standing_of,
)
from filiera.admissions.queries.selection_reserve import reserve_list
from filiera.shared.errors import DomainError

from .selection_steps import (
    State,
    in_work,
    lock_call,
    recorded_step,
    stop_runs,
    tell_boards,
    write_decisions,
)

if TYPE_CHECKING:
    from filiera_solvers import Progress, SelectionResult

AT_ONCE = 150
"""So many applications are decided while the page waits."""

PAGE_LIMIT_S = 2.0
JOB_LIMIT_S = 20.0
MANY = 2_000
"""From so many applications on a job may take longer."""

JOB_OF_MANY_LIMIT_S = 120.0
REASONS_LIMIT_S = 30.0
REASONS_OF_MANY_LIMIT_S = 300.0
SOLVER_VERSION = filiera.__version__
_TELL_EVERY_S = 1.0
_SAME = 1e-6

_STATUS = {
    "optimal": ProposalStatus.OPTIMAL,
    "time limit": ProposalStatus.TIME_LIMIT,
    "effort limit": ProposalStatus.TIME_LIMIT,
    "cancelled": ProposalStatus.CANCELLED,
    "infeasible": ProposalStatus.INFEASIBLE,
}


class LimitsContradict(DomainError):
    message = _(
        "With this the limits contradict each other, and no cohort keeps them all. Loosen a limit first, or "
        "move this one alone."
    )


class NoCohortInTime(DomainError):
    message = _("No cohort was found in the time given. Remove a limit, or try again.")


class NotInSelection(DomainError):
    message = _("This application is not in the selection: it was withdrawn, or has just come in.")


class PlaceStays(DomainError):
    message = _(
        "A place was offered to this candidate already. Cancel it among the participants; the selection then "
        "counts it as free."
    )


class SearchAlreadyRuns(DomainError):
    message = _("A search is under way already. Stop it first, or wait for it.")


@transaction.atomic
def propose(*, call: Call, by: Viewer, at: datetime) -> Selection:
    """Decide on everybody anew: the greatest total score under all limits, pins and exclusions.

    Up to 150 applications while the page waits, more in a job that says how far it is. When the limits
    contradict each other the decisions stay as they were, and the conflict is kept with the limits.
    Raises PermissionDenied, SelectionNotBegun, NobodyScored, MorePinsThanPlaces, NoCohortInTime,
    SearchAlreadyRuns.
    """
    if not policies.can_select(by, call.edition):
        raise PermissionDenied
    call = lock_call(call)
    selection = in_work(call, by=by, at=at)
    problem = problem_in(selection)
    if len(problem.applicants) > AT_ONCE:
        if SelectionRun.objects.running().filter(selection=selection, kind=RunKind.PROPOSE).exists():
            raise SearchAlreadyRuns
        stop_runs(selection, at=at)
        begin_run(selection, RunKind.PROPOSE, by=by, at=at)
        return selection
    with recorded_step(call=call, kind=SelectionStepKind.PROPOSED, by=by, at=at) as selection:
        result = _solved_now(problem, selection)
        _take_result(selection, problem, result, by=by, at=at)
    return selection


@transaction.atomic
def choose_by_hand(
    *, call: Call, application: Application, hand: str, reason: str, alone: bool, by: Viewer, at: datetime
) -> Selection:
    """Pin somebody in, leave somebody out, or let the scores decide on them again (`hand` empty).

    The rest of the cohort is chosen anew, or stays where it is if this one moves `alone`; then limits may be
    broken, which the balance shows.
    Raises PermissionDenied, SelectionNotBegun, NotInSelection, PlaceStays, NobodyScored, MorePinsThanPlaces,
    LimitsContradict, NoCohortInTime.
    """
    kinds = {
        HandChoice.PINNED.value: SelectionStepKind.PINNED,
        HandChoice.EXCLUDED.value: SelectionStepKind.EXCLUDED,
    }
    kind = kinds.get(hand, SelectionStepKind.FREED)
    with recorded_step(call=call, kind=kind, by=by, at=at, application=application) as selection:
        decision = selection.decisions.filter(application=application).first()
        if decision is None or application.state != ApplicationState.SUBMITTED:
            raise NotInSelection
        decision.hand = hand
        decision.hand_reason = reason if hand else ""
        decision.hand_by = by.person if hand else None
        decision.save(update_fields=["hand", "hand_reason", "hand_by"])
        problem = problem_in(selection)
        if any(row.has_place for row in problem.applicants if row.application_id == application.pk):
            raise PlaceStays
        if alone:
            _move_alone(selection, decision, problem, at=at)
        else:
            result = _solved_now(problem, selection)
            if result.status is solvers.Status.INFEASIBLE:
                raise LimitsContradict
            _take_result(selection, problem, result, by=by, at=at)
    return selection


@transaction.atomic
def cancel_run(*, run: SelectionRun, by: Viewer, at: datetime) -> None:
    """Stop a search; what it found until then is taken if it is a cohort.

    Raises PermissionDenied.
    """
    if not policies.can_select(by, run.selection.call.edition):
        raise PermissionDenied
    SelectionRun.objects.running().filter(pk=run.pk).update(cancel_asked_at=at)
    tell_boards(run.selection.call)


def _solved_now(problem: SelectionProblem, selection: Selection) -> SelectionResult:
    result = problem.solved(solvers.Limits(time_limit_s=PAGE_LIMIT_S, seed=selection.seed), with_reasons=True)
    if result.value is None and result.status is not solvers.Status.INFEASIBLE:
        raise NoCohortInTime
    return result


def begin_run(selection: Selection, kind: RunKind, *, by: Viewer, at: datetime) -> SelectionRun:
    """Have a job search or explain. Asks no policy: it is a part of choosing."""
    run = SelectionRun.objects.create(selection=selection, kind=kind, asked_at=at, asked_by=by.person)
    # The queue is in the same database: the job is there when the transaction is through, or not at all.
    run_search.configure(queueing_lock=f"selection-run-{run.pk}").defer(run_id=run.pk)
    return run


def _take_result(
    selection: Selection, problem: SelectionProblem, result: SelectionResult, *, by: Viewer, at: datetime
) -> None:
    """Write a search's answer into a version; reasons still missing are worked out by a job."""
    selection.status = _STATUS[result.status]
    selection.proposed_at, selection.out_of_date_at = at, None
    selection.solver_version = SOLVER_VERSION
    selection.value, selection.bound, selection.seconds = result.value, result.bound, result.seconds
    selection.conflict = conflict_data(problem, result)
    selection.save()
    if result.value is None:
        return
    reasons = {reason.candidate: reason for reason in result.reasons}
    chosen = result.chosen.tolist()
    scores = scores_in_order(problem.applicants)
    told = [
        reason_data(problem, chosen, reasons[index], scores)
        if index in reasons
        else open_reason(problem, index, scores)
        for index in range(len(problem.applicants))
    ]
    write_decisions(selection, _decided(selection, problem, chosen, told))
    if result.status is solvers.Status.OPTIMAL and not _is_explained(problem, result):
        begin_run(selection, RunKind.EXPLAIN, by=by, at=at)


def _is_explained(problem: SelectionProblem, result: SelectionResult) -> bool:
    """Whether every decision has its reason, and every reason its price."""
    return len(result.reasons) == len(problem.applicants) and all(
        reason.points is not None or reason.impossible
        for reason in result.reasons
        if reason.kind in (solvers.ReasonKind.SCORE, solvers.ReasonKind.LIMITS)
    )


def conflict_data(problem: SelectionProblem, result: SelectionResult) -> list[ReasonData]:
    """The sides of limits, the pins and the exclusions that contradict each other."""
    parts: list[ReasonData] = []
    known = {"is_needed": result.is_conflict_irreducible}
    for part in result.conflict_parts:
        if part.side in (solvers.RuleSide.PINNED, solvers.RuleSide.EXCLUDED):
            parts.append({"side": part.side.value, "application": int(part.name), **known})
            continue
        index, value = problem.named[part.name]
        rule = problem.rules[index]
        there = sum(value in applicant.values[rule.attribute] for applicant in problem.applicants)
        bounds = {"least": None, "most": None, part.side.value: getattr(rule, part.side.value)}
        parts.append(
            {
                "side": part.side.value,
                "rule": index,
                **rule_data(rule, value),
                **bounds,
                "there": there,
                **known,
            }
        )
    return parts


def _decided(
    selection: Selection, problem: SelectionProblem, chosen: Sequence[bool], reasons: Sequence[ReasonData]
) -> list[State]:
    """Rows in the order of the board: in by score, the reserve list by rank, out by score, undecided."""
    hands: dict[int, State] = {
        row["application_id"]: dict(row)
        for row in selection.decisions.exclude(hand="").values(
            "application_id", "hand", "hand_reason", "hand_by_id"
        )
    }
    reserve = reserve_list(problem, chosen, selection.reserve_places)
    ranks = {index: rank for rank, (index, _entry) in enumerate(reserve, start=1)}
    entries = dict(reserve)
    decisions = [
        _decision_of(problem, index, is_in=bool(chosen[index]), is_reserve=index in ranks)
        for index in range(len(problem.applicants))
    ]
    order = [Decision.SELECTED, Decision.RESERVE, Decision.REJECTED, Decision.UNDECIDED]
    places = sorted(
        range(len(problem.applicants)),
        key=lambda index: (
            order.index(decisions[index]),
            ranks.get(index, 0),
            -(problem.applicants[index].score or 0.0),
            problem.applicants[index].number,
        ),
    )
    rows: list[State] = []
    for position, index in enumerate(places):
        applicant = problem.applicants[index]
        hand = hands.get(applicant.application_id, {})
        reason = {**reasons[index], "reserve": entries[index]} if index in entries else reasons[index]
        rows.append(
            {
                "application_id": applicant.application_id,
                "decision": decisions[index].value,
                "reserve_rank": ranks.get(index),
                "score": applicant.score,
                "review_count": applicant.review_count,
                "hand": hand.get("hand", ""),
                "hand_reason": hand.get("hand_reason", ""),
                "hand_by_id": hand.get("hand_by_id"),
                "reason": reason,
                "position": position,
            }
        )
    return rows


def _decision_of(problem: SelectionProblem, index: int, *, is_in: bool, is_reserve: bool) -> Decision:
    applicant = problem.applicants[index]
    if is_in:
        return Decision.SELECTED
    if applicant.score is None and not applicant.hand and not applicant.gave_back:
        # Nobody is turned down unread.
        return Decision.UNDECIDED
    return Decision.RESERVE if is_reserve else Decision.REJECTED


def _move_alone(
    selection: Selection, decision: SelectionDecision, problem: SelectionProblem, *, at: datetime
) -> None:
    """Move one application and nobody else; what was said of the others no longer holds."""
    by_key = {applicant.application_id: applicant for applicant in problem.applicants}
    moved = by_key[decision.application_id]
    decision.reserve_rank = None
    if decision.hand:
        is_in = decision.hand == HandChoice.PINNED
        decision.decision = Decision.SELECTED if is_in else Decision.REJECTED
    scores = scores_in_order(problem.applicants)
    decision.reason = {"kind": own_kind(moved) or BY_HAND, **standing_of(scores, moved)}
    if not decision.hand and decision.decision == Decision.RESERVE:
        decision.decision = Decision.REJECTED
    decision.save()
    others = list(selection.decisions.exclude(pk=decision.pk))
    for other in others:
        applicant = by_key.get(other.application_id)
        if applicant is not None and not own_kind(applicant):
            other.reason = {"kind": BY_HAND, **standing_of(scores, applicant)}
    SelectionDecision.objects.bulk_update(others, ["reason"], batch_size=500)
    chosen = chosen_in(selection, problem)
    selection.status, selection.proposed_at = ProposalStatus.BY_HAND, selection.proposed_at or at
    selection.value = solvers.check_selection(problem.instance, chosen).value
    selection.bound = selection.seconds = None
    selection.save(update_fields=["status", "proposed_at", "value", "bound", "seconds"])


def chosen_in(selection: Selection, problem: SelectionProblem) -> list[bool]:
    """The cohort that a version holds, in the order of the problem."""
    selected = set(
        selection.decisions.filter(decision=Decision.SELECTED).values_list("application_id", flat=True)
    )
    return [applicant.application_id in selected for applicant in problem.applicants]


@app.task(name="admissions.run_search")
def run_search(run_id: int) -> None:
    """Search and explain for a version with many applications, or finish its reasons.

    Runs again without harm: a run that is finished, or that a later change stopped, does nothing.
    """
    run = SelectionRun.objects.running().filter(pk=run_id).select_related("selection__call__edition").first()
    if run is None:
        return
    try:
        if run.kind == RunKind.PROPOSE:
            _search(run, problem_in(run.selection))
        else:
            _explain(run, problem_as_proposed(run.selection))
    except DomainError:
        # What the page would have refused came true while the job waited; the page says it again.
        SelectionRun.objects.running().filter(pk=run.pk).update(finished_at=timezone.now())
        tell_boards(run.selection.call)


def _search(run: SelectionRun, problem: SelectionProblem) -> None:
    watch = _Watch(run)
    limits = solvers.Limits(
        time_limit_s=JOB_LIMIT_S if len(problem.applicants) <= MANY else JOB_OF_MANY_LIMIT_S,
        seed=run.selection.seed,
        on_progress=watch.tell,
        is_cancelled=watch.is_cancelled,
    )
    result = problem.solved(limits)
    at = datetime.now(tz=UTC)
    with transaction.atomic():
        call = lock_call(run.selection.call)
        if not SelectionRun.objects.running().filter(pk=run.pk).update(finished_at=at, share=1):
            return
        by = _asked_by(run)
        with recorded_step(call=call, kind=SelectionStepKind.PROPOSED, by=by, at=at) as selection:
            if result.value is None and result.status is not solvers.Status.INFEASIBLE:
                selection.status, selection.proposed_at = ProposalStatus.NONE, None
                selection.save(update_fields=["status", "proposed_at"])
            else:
                _take_result(selection, problem, result, by=by, at=at)


def _explain(run: SelectionRun, problem: SelectionProblem) -> None:
    watch = _Watch(run)
    import numpy as np  # not before it is needed: every page process would carry it

    chosen = np.array(chosen_in(run.selection, problem), dtype=np.bool_)
    if not _is_still(run.selection, problem, chosen.tolist()):
        SelectionRun.objects.running().filter(pk=run.pk).update(finished_at=timezone.now())
        return
    limits = solvers.Limits(
        time_limit_s=REASONS_LIMIT_S if len(chosen) <= AT_ONCE else REASONS_OF_MANY_LIMIT_S,
        seed=run.selection.seed,
        on_progress=watch.tell,
        is_cancelled=watch.is_cancelled,
    )
    reasons = solvers.explain_selection(problem.instance, chosen, limits)
    cohort, scores = chosen.tolist(), scores_in_order(problem.applicants)
    told = {
        problem.applicants[reason.candidate].application_id: reason_data(problem, cohort, reason, scores)
        for reason in reasons
    }
    with transaction.atomic():
        lock_call(run.selection.call)
        if not SelectionRun.objects.running().filter(pk=run.pk).update(finished_at=timezone.now(), share=1):
            return
        changed = list(run.selection.decisions.filter(application_id__in=told))
        for decision in changed:
            entry = decision.reason.get("reserve")
            decision.reason = {**told[decision.application_id], **({"reserve": entry} if entry else {})}
        SelectionDecision.objects.bulk_update(changed, ["reason"], batch_size=500)
        tell_boards(run.selection.call)


def _is_still(selection: Selection, problem: SelectionProblem, chosen: list[bool]) -> bool:
    """Whether the proven cohort is still one: somebody may have withdrawn, or given a place back."""
    verdict = solvers.check_selection(problem.instance, chosen)
    if not verdict.valid or verdict.value is None or selection.value is None:
        return False
    return selection.status == ProposalStatus.OPTIMAL and abs(verdict.value - selection.value) < _SAME


class _Watch:
    """Tells open boards how far a search is, and asks whether it is still wanted; once a second each."""

    def __init__(self, run: SelectionRun) -> None:
        self.run = run
        self.told_s = self.asked_s = float("-inf")
        self.is_unwanted = False

    def tell(self, progress: Progress) -> None:
        if progress.seconds - self.told_s < _TELL_EVERY_S:
            return
        self.told_s = progress.seconds
        SelectionRun.objects.running().filter(pk=self.run.pk).update(
            share=progress.share, value=progress.value, bound=progress.bound
        )
        tell_boards(self.run.selection.call)

    def is_cancelled(self) -> bool:
        now_s = timezone.now().timestamp()
        if not self.is_unwanted and now_s - self.asked_s >= _TELL_EVERY_S:
            self.asked_s = now_s
            wanted = SelectionRun.objects.running().filter(pk=self.run.pk, cancel_asked_at__isnull=True)
            self.is_unwanted = not wanted.exists()
        return self.is_unwanted


def _asked_by(run: SelectionRun) -> Viewer:
    """Whoever asked for the search, with the right they had then: the page asked the policy."""
    return Viewer(
        person=run.asked_by,
        edition_id=run.selection.call.edition_id,
        permissions=frozenset({permissions.SELECT}),
    )
