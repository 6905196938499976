"""Every sentence of the board is true: each claim in it is counted or solved anew by other means."""

from collections.abc import Sequence

import numpy as np
import pytest

from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.selection_proposals import propose, run_search
from filiera.admissions.actions.selection_versions import begin_selection
from filiera.admissions.models import (
    Decision,
    HandChoice,
    ProposalStatus,
    Selection,
    SelectionDecision,
    SelectionRun,
)
from filiera.admissions.queries.selection_problem import (
    EXCLUSIONS,
    PINS,
    SelectionProblem,
    problem_as_proposed,
)
from filiera_solvers import Reason, ReasonKind, check_reasons, check_selection
from tests.academy.factories import NOW
from tests.admissions.selection_pool import add_rules, pool

pytestmark = pytest.mark.django_db
SOLVED = {"score", "limits", "tie", "pinned", "excluded"}


def proposed(count: int, places: int, *, seed: int = 1, has_wishes: bool = True) -> Selection:
    call = pool(count, places=places, seed=seed)
    selection = begin_selection(call=call, by=SYSTEM, at=NOW)
    add_rules(selection)
    if not has_wishes:
        selection.rules.filter(target__isnull=False).delete()
    selection = propose(call=call, by=SYSTEM, at=NOW)
    for run in SelectionRun.objects.running():
        run_search(run.pk)
    selection.refresh_from_db()
    return selection


def faults(selection: Selection) -> list[str]:
    """Each claim of each reason, looked at without the code that made it."""
    problem = problem_as_proposed(selection)
    rows = {row.application_id: row for row in selection.decisions.all()}
    chosen = [
        rows[applicant.application_id].decision == Decision.SELECTED for applicant in problem.applicants
    ]
    found = check_reasons(problem.instance, chosen, reasons_told(problem, rows))
    for applicant in problem.applicants:
        found += faults_of_counts(problem, chosen, rows[applicant.application_id])
    return found


def reasons_told(problem: SelectionProblem, rows: dict[int, SelectionDecision]) -> list[Reason]:
    """The stored reasons in the form that the independent checker reads."""
    place = {applicant.application_id: index for index, applicant in enumerate(problem.applicants)}
    told = []
    for key, row in rows.items():
        reason = row.reason
        if reason["kind"] not in SOLVED:
            continue
        told.append(
            Reason(
                candidate=place[key],
                chosen=row.decision == Decision.SELECTED,
                kind=ReasonKind(reason["kind"]),
                limits=tuple(solver_name(problem, rule) for rule in reason["rules"]),
                points=reason["points"],
                impossible=reason["impossible"],
                is_smallest=reason["smallest"],
                moves=tuple(place[other] for other in (*reason["comes"], *reason["leaves"])),
            )
        )
    return told


def solver_name(problem: SelectionProblem, rule: dict[str, object]) -> str:
    if "hands" in rule:
        assert rule["hands"] in (PINS, EXCLUSIONS)
        return str(rule["hands"])
    for index, other in enumerate(problem.rules):
        is_same = (other.attribute, other.least, other.most, other.target) == tuple(
            rule[name] for name in ("attribute", "least", "most", "target")
        )
        if is_same and other.is_for_each and other.target is None:
            return f"rule {index}"
        if is_same and other.value == rule["value"]:
            return f"rule {index}: {rule['value']}"
    raise AssertionError(f"no such limit: {rule}")


def faults_of_counts(problem: SelectionProblem, chosen: Sequence[bool], row: SelectionDecision) -> list[str]:
    own = next(one for one in problem.applicants if one.application_id == row.application_id)
    scores = [one.score for one in problem.applicants if one.score is not None]
    found = []
    if own.score is not None:
        rank = 1 + sum(score > own.score for score in scores)
        if (row.reason["rank"], row.reason["scored"]) != (rank, len(scores)):
            found.append(f"{row.application_id}: rank {row.reason['rank']} instead of {rank}")
    for rule in row.reason.get("rules", []):
        if "count" not in rule:
            continue
        members = [
            (one, is_in)
            for one, is_in in zip(problem.applicants, chosen, strict=True)
            if rule["value"] in one.values[rule["attribute"]]
        ]
        if rule["count"] != sum(is_in for _one, is_in in members):
            found.append(f"{row.application_id}: {rule} counts wrongly")
        if rule["is_member"] != any(one is own for one, _is_in in members):
            found.append(f"{row.application_id}: {rule} says wrongly who belongs to it")
        if "rank" in rule and own.score is not None:
            higher = sum(one.score is not None and one.score > own.score for one, _is_in in members)
            if rule["rank"] != higher + 1:
                found.append(f"{row.application_id}: {rule} ranks wrongly")
    entry = row.reason.get("reserve")
    if entry is not None:
        found += faults_of_entry(problem, chosen, row)
    return found


def faults_of_entry(problem: SelectionProblem, chosen: Sequence[bool], row: SelectionDecision) -> list[str]:
    """What the cohort gains with one more, and which limits are broken then, by adding that one."""
    place = [one.application_id for one in problem.applicants].index(row.application_id)
    more = [is_in or index == place for index, is_in in enumerate(chosen)]
    before, after = check_selection(problem.instance, chosen), check_selection(problem.instance, more)
    assert before.value is not None
    assert after.value is not None
    entry = row.reason["reserve"]
    # One more than the places is always broken; every other fault is a limit that stands in the way.
    broken = [fault for fault in after.broken if "are chosen" not in fault]
    found = []
    if abs(after.value - before.value - entry["gain"]) > 1e-6:
        found.append(f"{row.application_id}: gains {after.value - before.value}, not {entry['gain']}")
    if len(broken) != len(entry["blocked"]):
        found.append(f"{row.application_id}: {broken} stand in the way, not {entry['blocked']}")
    return found


@pytest.mark.parametrize(("count", "places", "seed"), [(84, 30, 1), (40, 12, 2)])
def test_every_claim_about_everybody_is_true(count, places, seed):
    selection = proposed(count, places, seed=seed)

    kinds = {row.reason["kind"] for row in selection.decisions.all()}
    assert selection.status == ProposalStatus.OPTIMAL
    assert "open" not in kinds
    assert faults(selection) == []


def test_claims_beside_pins_and_exclusions_are_true():
    call = pool(30, places=10, seed=3)
    selection = begin_selection(call=call, by=SYSTEM, at=NOW)
    add_rules(selection)
    selection.rules.filter(attribute__in=["maturity", "gender"]).delete()
    last = selection.decisions.order_by("-position")[0]
    first = selection.decisions.order_by("position")[0]
    SelectionDecision.objects.filter(pk=last.pk).update(hand=HandChoice.PINNED)
    SelectionDecision.objects.filter(pk=first.pk).update(hand=HandChoice.EXCLUDED)

    propose(call=call, by=SYSTEM, at=NOW)
    for run in SelectionRun.objects.running():
        run_search(run.pk)

    assert faults(selection) == []


def test_a_false_claim_is_found():
    selection = proposed(12, 4)
    row = selection.decisions.filter(decision=Decision.SELECTED)[0]
    row.reason = {**row.reason, "points": 0.25, "rank": 7}
    row.save()

    assert len(faults(selection)) == 2


def test_the_reserve_list_is_in_the_order_of_what_each_adds():
    selection = proposed(84, 30)

    gains = [
        row.reason["reserve"]["gain"]
        for row in selection.decisions.filter(decision=Decision.RESERVE).order_by("reserve_rank")
    ]

    assert len(gains) == 10
    assert gains == sorted(gains, reverse=True)


def test_the_best_stand_in_for_most_of_the_cohort_is_on_the_list():
    """Whoever would be best after most departures, found by trying each departure."""
    selection = proposed(40, 12, seed=2, has_wishes=False)
    problem = problem_as_proposed(selection)
    rows = {row.application_id: row for row in selection.decisions.all()}
    keys = [applicant.application_id for applicant in problem.applicants]
    chosen = np.array([rows[key].decision == Decision.SELECTED for key in keys])
    best: list[int] = []
    for leaver in chosen.nonzero()[0]:
        values = {}
        for newcomer in (~chosen).nonzero()[0]:
            cohort = chosen.copy()
            cohort[leaver], cohort[newcomer] = False, True
            verdict = check_selection(problem.instance, cohort.tolist())
            if verdict.valid:
                values[keys[newcomer]] = verdict.value
        if values:
            best.append(max(values, key=lambda key: (values[key], -rows[key].application.number)))

    commonest = max(set(best), key=best.count)

    assert rows[commonest].decision == Decision.RESERVE
