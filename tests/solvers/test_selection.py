import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiera_solvers import InvalidInstance, Limits, Status
from filiera_solvers._check_selection import check_reasons, check_selection
from filiera_solvers._selection import explain_selection, solve_selection
from filiera_solvers._selection_command import encode_selection, read_selection
from filiera_solvers._selection_instance import (
    CohortLimit,
    CohortTarget,
    ConflictPart,
    Reason,
    ReasonKind,
    RuleSide,
    SelectionInstance,
)
from tests.figures.solvers.generate_selection import applications
from tests.solvers.cancelling import Cancellation

LIMITS = Limits(time_limit_s=30, seed=1)


def cohort_of(instance: SelectionInstance, people: tuple[int, ...]) -> list[bool]:
    return [candidate in people for candidate in range(len(instance.candidates))]


def best_by_brute_force(instance: SelectionInstance) -> float | None:
    values = [
        check_selection(instance, cohort_of(instance, people)).value
        for size in range(instance.least_places, instance.most_places + 1)
        for people in combinations(range(len(instance.candidates)), size)
        if check_selection(instance, cohort_of(instance, people)).valid
    ]
    return max(values, default=None)


def small(**changes: object) -> SelectionInstance:
    """Return six people with scores 6 to 1; a, c, e are women, b and d come from Poland."""
    women = np.array([True, False, True, False, True, False])
    values = {
        "candidates": tuple("abcdef"),
        "scores": np.array([6.0, 5, 4, 3, 2, 1]),
        "least_places": 3,
        "most_places": 3,
        "limits": (CohortLimit(name="women", members=women, most=1),),
        "targets": (),
        "pinned": np.zeros(6, dtype=bool),
        "excluded": np.zeros(6, dtype=bool),
    }
    return SelectionInstance(**(values | changes))


def some(*candidates: int) -> np.ndarray:
    return np.isin(np.arange(6), candidates)


@st.composite
def instances(draw: st.DrawFn) -> SelectionInstance:
    count = 6
    masks = st.lists(st.booleans(), min_size=count, max_size=count).map(np.array)
    bounds = st.tuples(masks, st.integers(0, 2), st.integers(0, 2))
    limits = [
        CohortLimit(name=f"limit {index}", members=members, least=least, most=least + more)
        for index, (members, least, more) in enumerate(draw(st.lists(bounds, max_size=3)))
    ]
    targets = [
        CohortTarget(name=f"target {index}", members=members, target=target, weight=0.5 + more)
        for index, (members, target, more) in enumerate(draw(st.lists(bounds, max_size=1)))
    ]
    pinned = draw(st.sampled_from([some(), some(0), some(5)]))
    return SelectionInstance(
        candidates=tuple("abcdef"),
        scores=np.array(draw(st.lists(st.integers(0, 40), min_size=count, max_size=count))) / 4,
        least_places=draw(st.integers(2, 3)),
        most_places=3,
        limits=tuple(limits),
        targets=tuple(targets),
        pinned=pinned,
        excluded=draw(st.sampled_from([some(), some(1)])),
    )


@settings(max_examples=40, deadline=None)
@given(instances())
def test_the_best_cohort_is_the_one_brute_force_finds_and_all_reasons_are_true(instance):
    best = best_by_brute_force(instance)

    result = solve_selection(instance, LIMITS, with_reasons=True)

    if best is None:
        assert (result.status, result.value) == (Status.INFEASIBLE, None)
        assert len(result.conflict) > 0
    else:
        assert result.status is Status.OPTIMAL
        assert (result.value, result.bound) == (pytest.approx(best), result.value)
        assert len(result.reasons) == len(instance.candidates)
        assert check_reasons(instance, result.chosen, result.reasons) == []


@settings(max_examples=25, deadline=None)
@given(instances(), st.permutations(range(6)))
def test_the_order_of_the_candidates_does_not_change_the_value(instance, order):
    turned = replace(
        instance,
        candidates=tuple(instance.candidates[index] for index in order),
        scores=instance.scores[order],
        pinned=instance.pinned[order],
        excluded=instance.excluded[order],
        limits=tuple(replace(limit, members=limit.members[order]) for limit in instance.limits),
        targets=tuple(replace(target, members=target.members[order]) for target in instance.targets),
    )

    values = [solve_selection(one, LIMITS).value for one in (instance, turned)]

    assert values[0] == pytest.approx(values[1])


def test_reasons_tell_score_limits_and_what_the_other_decision_costs():
    instance = small()

    result = solve_selection(instance, LIMITS, with_reasons=True)

    assert "".join(np.array(list("abcdef"))[result.chosen]) == "abd"
    assert result.reasons == (
        Reason(candidate=0, chosen=True, kind=ReasonKind.SCORE, points=2.0, moves=(2,)),
        Reason(candidate=1, chosen=True, kind=ReasonKind.SCORE, points=4.0, moves=(5,)),
        Reason(candidate=2, chosen=False, kind=ReasonKind.LIMITS, limits=("women",), points=2.0, moves=(0,)),
        Reason(candidate=3, chosen=True, kind=ReasonKind.LIMITS, limits=("women",), points=2.0, moves=(5,)),
        Reason(candidate=4, chosen=False, kind=ReasonKind.SCORE, points=4.0, moves=(0,)),
        Reason(candidate=5, chosen=False, kind=ReasonKind.SCORE, points=2.0, moves=(3,)),
    )


def test_a_tie_is_told_as_a_tie():
    instance = small(scores=np.array([6.0, 5, 4, 4, 2, 1]), limits=())

    result = solve_selection(instance, LIMITS, with_reasons=True)

    assert [reason.kind for reason in result.reasons[2:4]] == [ReasonKind.TIE, ReasonKind.TIE]


def test_pins_and_exclusions_are_reasons_of_their_own_and_of_others():
    instance = small(limits=(), pinned=some(5), excluded=some(0))

    result = solve_selection(instance, LIMITS, with_reasons=True)

    assert [reason.kind.value for reason in result.reasons] == [
        *("excluded", "score", "score", "score", "score", "pinned")
    ]
    pushed_out = solve_selection(small(limits=(), pinned=some(5)), LIMITS, with_reasons=True).reasons[2]
    moved_up = solve_selection(small(limits=(), excluded=some(0)), LIMITS, with_reasons=True).reasons[3]
    assert (pushed_out.chosen, pushed_out.limits) == (False, ("pinned candidates",))
    assert (moved_up.chosen, moved_up.limits) == (True, ("excluded candidates",))


def test_a_decision_no_limit_allows_is_told_as_impossible():
    instance = small(limits=(CohortLimit(name="only these", members=some(3, 4, 5), least=3),))

    result = solve_selection(instance, LIMITS, with_reasons=True)

    assert [reason.impossible for reason in result.reasons] == [True] * 6
    assert result.reasons[0].limits == ("only these",)


def test_targets_are_paid_for_by_the_point():
    target = CohortTarget(name="late", members=some(4, 5), target=1, weight=1.5)
    instance = small(limits=(), targets=(target,))

    result = solve_selection(instance, LIMITS)

    assert (result.value, result.chosen.tolist()) == (13.5, [True, True, True, False, False, False])
    assert solve_selection(replace(instance, targets=(replace(target, weight=2.5),)), LIMITS).value == 13.0


def test_an_impossible_cohort_names_limits_of_which_none_can_be_spared():
    limits = (
        CohortLimit(name="women", members=some(0, 2, 4), least=2),
        CohortLimit(name="Poland", members=some(1, 3), least=2),
        CohortLimit(name="first three", members=some(0, 1, 2), least=1),
    )

    result = solve_selection(small(limits=limits), LIMITS)

    assert (result.status, result.value) == (Status.INFEASIBLE, None)
    assert result.conflict == (
        "3 places among 6 candidates",
        "at least 2 of Poland (2 candidates)",
        "at least 2 of women (3 candidates)",
    )
    assert result.conflict_parts == (
        ConflictPart(name="Poland", side=RuleSide.LEAST),
        ConflictPart(name="women", side=RuleSide.LEAST),
    )


def test_a_cohort_found_before_is_explained_later():
    instance = small()
    result = solve_selection(instance, LIMITS, with_reasons=True)

    assert explain_selection(instance, result.chosen, LIMITS) == result.reasons


def test_a_cohort_that_breaks_a_limit_is_not_explained():
    with pytest.raises(InvalidInstance, match="breaks a limit: women: 2, at most 1"):
        explain_selection(small(), some(0, 2, 3), LIMITS)


def test_too_few_candidates_are_told():
    result = solve_selection(small(least_places=7, most_places=7), LIMITS)

    assert result.conflict == ("7 places among 6 candidates",)
    assert result.conflict_parts == ()


def test_eighty_four_applications_are_decided_within_a_second(tmp_path):
    path = tmp_path / "applications.json"
    path.write_text(json.dumps(applications(3)), encoding="utf-8")
    instance = read_selection(path)

    result = solve_selection(instance, LIMITS, with_reasons=True)

    assert (result.status, int(result.chosen.sum()), result.checker.valid) == (Status.OPTIMAL, 30, True)
    assert result.seconds < 1
    assert len(result.reasons) == 84
    assert check_reasons(instance, result.chosen, result.reasons) == []
    encoded = encode_selection(instance, result)
    assert len(encoded["chosen"]) == 30
    assert encoded["counts"]["women"] >= 14


def test_a_thousand_applications_stop_explaining_when_told(tmp_path):
    path = tmp_path / "applications.json"
    path.write_text(json.dumps(applications(1, candidates=1000, places=100)), encoding="utf-8")
    instance = read_selection(path)
    cancelled = Cancellation(after_s=2)

    result = solve_selection(
        instance, Limits(time_limit_s=60, seed=1, is_cancelled=cancelled), with_reasons=True
    )

    assert cancelled.seconds_since_heard() < 0.5
    assert (result.status, result.gap) == (Status.OPTIMAL, 0)
    assert 0 < len(result.reasons) < 1000


@pytest.mark.parametrize(
    ("chosen", "fault"),
    [
        ("abc", "women: 2, at most 1 were asked"),
        ("ab", "2 are chosen, 3 to 3 were asked"),
        ("abd", "f is pinned but not chosen"),
        ("bef", "e is excluded but chosen"),
    ],
)
def test_the_checker_finds_planted_errors(chosen, fault):
    instance = small(pinned=some(5), excluded=some(4))

    verdict = check_selection(instance, [name in chosen for name in "abcdef"])

    assert fault in verdict.broken


def test_the_checker_finds_reasons_that_are_not_true():
    instance = small()
    result = solve_selection(instance, LIMITS, with_reasons=True)
    planted = (
        replace(result.reasons[2], kind=ReasonKind.SCORE, limits=()),
        replace(result.reasons[4], kind=ReasonKind.LIMITS, limits=("women",)),
        replace(result.reasons[5], points=1.0),
        replace(result.reasons[0], kind=ReasonKind.TIE),
    )

    assert check_reasons(instance, result.chosen, planted) == [
        "c: the score alone does not decide",
        "e: the score decides already",
        "f: the other decision costs 2.0, not 1.0",
        "a: there is no tie",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"places": -1}, "case.json: places must be >= 0, not -1"),
        ({"pinned": ["z"]}, 'case.json: pinned: unknown candidate "z"'),
        ({"pinned": ["a"], "excluded": ["a"]}, "a is both pinned and excluded"),
        ({"candidates": [{"id": "a", "score": 1}, {"id": "a", "score": 2}]}, "candidate 'a' is given twice"),
        (
            {"limits": [{"attribute": "age", "value": "old", "most": 1}]},
            "case.json: limits[0]: no candidate has the attribute 'age'",
        ),
        ({"limits": [{"attribute": "sex", "value": "f"}]}, "limit 'sex f' has neither a least nor a most"),
        (
            {"limits": [{"attribute": "sex", "value": "f", "least": 2, "most": 1}]},
            "limit 'sex f': least 2 is above most 1",
        ),
        ({"quotas": []}, "case.json: unknown field 'quotas'"),
        ({"most_per_organisation": 1}, "case.json: candidates[0]: organisation is missing"),
    ],
)
def test_wrong_files_are_refused_in_one_line(tmp_path, change, message):
    case = {"places": 1, "candidates": [{"id": "a", "score": 1, "attributes": {"sex": "f"}}]}
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case | change), encoding="utf-8")

    with pytest.raises(InvalidInstance) as caught:
        read_selection(path)

    assert str(caught.value) == message


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(InvalidInstance, match="the score of b is not a finite number"):
        small(scores=np.array([1, np.nan, 2, 3, 4, 5]))
