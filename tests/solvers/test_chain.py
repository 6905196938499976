import json
import time
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from filiera_solvers import InvalidInstance, Limits, Status
from filiera_solvers._chain import solve_chain
from filiera_solvers._chain_bounds import reduce_candidates
from filiera_solvers._chain_command import encode_chain, read_chain
from filiera_solvers._chain_filter import best_of_each_class, candidates_that_matter
from filiera_solvers._chain_instance import ChainInstance, ChainRules
from filiera_solvers._check_chain import check_chain
from tests.figures.solvers.generate_chain import as_file, companies
from tests.solvers.cancelling import Cancellation

LIMITS = Limits(time_limit_s=30, seed=1)


def small(seed: int, rules: ChainRules, **changes: object) -> ChainInstance:
    """Return 18 candidates of 8 organisations for 3 stages, in the five most populous countries."""
    return companies(seed, count=18, stages=3, offers_per_organisation=2.0, rules=rules, **changes)


def every_chain(instance: ChainInstance):
    at_stage = [(instance.stage == stage).nonzero()[0].tolist() for stage in range(len(instance.stages))]
    for members in product(*at_stage):
        choices = at_stage if instance.rules.second_source else [[-1]] * len(at_stage)
        for seconds in product(*choices):
            verdict = check_chain(instance, members, seconds)
            if verdict.valid:
                yield verdict.value, members, seconds


RULES = {
    "no rules": ChainRules(),
    "countries": ChainRules(least_countries=3, most_per_country=1, least_sme_share=0.6),
    "many stages for one": ChainRules(least_countries=2, most_per_organisation=2, least_sme_share=1.0),
    "second sources": ChainRules(second_source=True, least_countries=2),
    "second sources abroad": ChainRules(second_source=True, second_other_country=True),
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_the_best_chain_is_the_one_brute_force_finds(rules, seed):
    instance = small(seed, rules)

    result = solve_chain(instance, LIMITS)

    values = [value for value, _, _ in every_chain(instance)]
    if not values:
        assert (result.status, result.value, bool(result.conflict)) == (Status.INFEASIBLE, None, True)
    else:
        assert (result.status, result.value) == (Status.OPTIMAL, pytest.approx(max(values)))
        assert result.bound == pytest.approx(max(values))
        assert result.checker.valid


@pytest.mark.parametrize("seed", range(6))
def test_links_between_single_companies_are_found_as_by_brute_force(seed):
    instance = small(seed, RULES["countries"], pair_count=8)

    result = solve_chain(instance, LIMITS)

    best = max((value for value, _, _ in every_chain(instance)), default=None)
    assert result.value == (None if best is None else pytest.approx(best))


def test_too_many_links_between_single_companies_leave_no_proof():
    instance = companies(1, count=1500, stages=4, pair_count=900)

    result = solve_chain(instance, LIMITS)

    assert (result.bound, result.checker.valid) == (None, True)
    assert result.status is Status.EFFORT_LIMIT


@pytest.mark.parametrize("seed", range(6))
def test_the_filter_loses_no_best_chain(seed):
    rules = replace(RULES["countries"], most_per_organisation=1)
    instance = small(seed, rules)
    kept, is_exact = candidates_that_matter(instance)

    left = np.isin(np.arange(len(instance.candidates)), kept)
    best = {
        name: max(
            (v for v, members, _ in every_chain(instance) if left[list(members)].all() or name == "all"),
            default=None,
        )
        for name in ("all", "left")
    }

    assert is_exact
    assert best["left"] == best["all"]


def test_the_filter_keeps_the_best_of_each_class_and_one_per_organisation():
    instance = companies(2, count=400, stages=2, offers_per_organisation=2.0)

    kept = best_of_each_class(instance, np.ones(400, dtype=bool), keep=2)

    expected = []
    for stage, country, is_sme in product(range(2), range(len(instance.countries)), (False, True)):
        group = [
            c
            for c in range(400)
            if (instance.stage[c], instance.country[c], bool(instance.is_sme[c])) == (stage, country, is_sme)
        ]
        told: list[int] = []
        for candidate in sorted(group, key=lambda c: -instance.fit[c]):
            if instance.organisation[candidate] not in [instance.organisation[other] for other in told]:
                told.append(candidate)
        expected += told[:2]
    assert sorted(kept.tolist()) == sorted(expected)


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_leaves_every_chain_of_at_least_the_worth_asked_for(seed):
    instance = small(seed, ChainRules(least_countries=2, most_per_country=2, least_sme_share=0.5))
    everybody = np.arange(len(instance.candidates))
    chains = sorted(every_chain(instance), reverse=True)[:20]
    if not chains:
        pytest.skip("this draw has no chain")

    reduction = reduce_candidates(instance, everybody, least_worth=chains[-1][0])

    assert reduction is not None
    for _, members, _ in chains:
        assert set(members) <= set(reduction.kept.tolist())
        for stage in range(2):
            first, second = instance.country[list(members[stage : stage + 2])]
            assert reduction.handover[stage, first, second]


def test_other_chains_are_the_best_that_differ_enough():
    instance = small(1, ChainRules(least_countries=2), alternatives=4, least_difference=2)

    result = solve_chain(instance, LIMITS)

    told = [result.best.members.tolist()]
    for chain in result.others:
        allowed = [
            value
            for value, members, _ in every_chain(instance)
            if all(sum(a != b for a, b in zip(members, other, strict=True)) >= 2 for other in told)
        ]
        assert chain.value == pytest.approx(max(allowed))
        told.append(chain.members.tolist())
    assert len(told) == 4


def test_the_front_holds_no_chain_that_another_beats():
    instance = small(2, ChainRules(least_countries=2), front=5)

    result = solve_chain(instance, LIMITS)

    sums = []
    for _, members, _ in every_chain(instance):
        fit = float(instance.fit[list(members)].sum())
        sums.append((fit, check_chain(instance, members, [-1] * 3).value - fit))
    assert len(result.front) >= 2
    for chain in result.front:
        assert not any(
            fit >= chain.fit_sum - 1e-9
            and link >= chain.link_sum - 1e-9
            and (fit > chain.fit_sum + 1e-6 or link > chain.link_sum + 1e-6)
            for fit, link in sums
        )


def test_fixed_excluded_and_previous_partners():
    instance = small(3, ChainRules())
    best = solve_chain(instance, LIMITS).best.members
    gone = np.zeros(18, dtype=bool)
    gone[best[1]] = True
    stays = np.zeros(18, dtype=bool)
    other = next(c for c in range(18) if instance.stage[c] == 0 and c != best[0])
    stays[other] = True
    repaired = replace(instance, excluded=gone, previous=best, rules=ChainRules(most_changes=1))

    result = solve_chain(repaired, LIMITS)
    fixed = solve_chain(replace(instance, fixed=stays), LIMITS)

    assert (result.best.members[[0, 2]] == best[[0, 2]]).all()
    assert result.best.members[1] != best[1]
    assert fixed.best.members[0] == other
    assert result.checker.valid
    assert fixed.checker.valid


def test_an_impossible_chain_names_rules_of_which_none_can_be_spared():
    instance = small(1, ChainRules(least_countries=3, most_per_organisation=3, least_sme_share=1.0))
    instance = replace(instance, is_sme=instance.stage != 1)

    result = solve_chain(instance, LIMITS)

    assert (result.status, result.value) == (Status.INFEASIBLE, None)
    assert result.conflict == ("at least 3 stages by small or medium-sized enterprises",)


def test_a_stage_without_candidates_is_named():
    instance = replace(small(1, ChainRules()), excluded=small(1, ChainRules()).stage == 2)

    result = solve_chain(instance, LIMITS)

    assert (result.status, result.conflict) == (Status.INFEASIBLE, ("a candidate for stage 3",))


def test_five_thousand_companies_are_proven_within_five_seconds():
    result = solve_chain(companies(4), LIMITS)

    assert (result.status, result.checker.valid) == (Status.OPTIMAL, True)
    assert result.seconds < 5
    assert result.value == pytest.approx(result.bound)


def test_two_hundred_thousand_companies_are_filtered_and_solved_within_fifteen_seconds():
    instance = companies(5, count=200_000)
    began = time.perf_counter()

    result = solve_chain(instance, LIMITS)

    assert result.status is Status.OPTIMAL
    assert time.perf_counter() - began < 15


def test_the_order_of_the_candidates_does_not_change_the_value():
    instance = small(2, RULES["countries"])
    order = np.random.default_rng(1).permutation(18)
    columns = ("organisation", "stage", "country", "is_sme", "fit", "fixed", "excluded")
    turned = replace(instance, **{name: getattr(instance, name)[order] for name in columns})

    values = [solve_chain(one, LIMITS).value for one in (instance, turned)]

    assert values[0] == pytest.approx(values[1])


def test_cancelling_ends_the_search_at_once():
    instance = companies(1, rules=RULES["second sources abroad"], alternatives=200)
    cancelled = Cancellation(after_s=1)

    result = solve_chain(instance, Limits(time_limit_s=60, seed=1, is_cancelled=cancelled))

    assert cancelled.seconds_since_heard() < 0.5
    assert result.status in (Status.CANCELLED, Status.OPTIMAL)


@pytest.mark.parametrize(
    ("members", "seconds", "fault"),
    [
        ((0, 1, 1), (-1, -1, -1), "three: b is no candidate for it"),
        ((0, 1, -1), (-1, -1, -1), "three: nobody takes the stage"),
        ((0, 1, 2), (-1, -1, -1), "IT: 2 stages, at most 1 were asked"),
        ((0, 1, 3), (-1, -1, -1), "two: there is no second source"),
        ((0, 1, 3), (4, -1, -1), "one: both sources are from IT"),
        ((0, 1, 3), (-1, 5, -1), "two: both sources are B"),
        ((0, 1, 6), (-1, -1, -1), "three: g is excluded"),
        ((4, 1, 3), (-1, -1, -1), "a is fixed but not in the chain"),
        ((4, 1, 3), (0, 5, 2), "2 stages by small or medium-sized enterprises, 100% were asked"),
        ((0, 5, 3), (-1, 1, -1), "B: 2 stages, at most 1 were asked"),
    ],
)
def test_the_checker_finds_planted_errors(members, seconds, fault):
    stage = np.array([0, 1, 2, 2, 0, 1, 2])
    instance = ChainInstance(
        candidates=tuple("abcdefg"),
        organisations=("A", "B", "C", "D", "E", "F"),
        stages=("one", "two", "three"),
        countries=("IT", "FR", "DE"),
        organisation=np.array([0, 1, 2, 3, 4, 1, 5]),
        stage=stage,
        country=np.array([0, 1, 0, 2, 0, 2, 2]),
        is_sme=np.array([True, True, True, True, False, True, True]),
        fit=np.ones(7),
        link=np.ones((2, 3, 3)),
        pairs=np.zeros((0, 2), dtype=np.int64),
        pair_link=np.zeros(0),
        fixed=np.arange(7) == 0,
        excluded=np.arange(7) == 6,
        previous=np.full(3, -1),
        rules=ChainRules(
            most_per_country=1, least_sme_share=1.0, second_source=True, second_other_country=True
        ),
    )

    verdict = check_chain(instance, members, seconds)

    assert not verdict.valid
    assert fault in verdict.broken


def test_a_file_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "chain.json"
    path.write_text(json.dumps(as_file(companies(1, count=80, stages=4, pair_count=5), 1)), encoding="utf-8")

    instance = read_chain(path)
    result = solve_chain(instance, LIMITS)

    encoded = encode_chain(instance, result)
    assert [stage["stage"] for stage in encoded["chain"]["stages"]] == [
        f"stage {number}" for number in range(1, 5)
    ]
    assert encoded["chain"]["value"] == pytest.approx(result.value)
    assert (encoded["candidates"], result.checker.valid) == (80, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stages": []}, "stages: a chain has at least one"),
        (
            {"candidates": [{"id": "a", "stage": "two", "country": "IT", "sme": True, "fit": 1}]},
            'case.json: candidates[0]: unknown stage "two"',
        ),
        (
            {"candidates": [{"id": "a", "stage": "one", "country": "IT", "sme": 1, "fit": 1}]},
            "case.json: candidates[0]: sme must be true or false, not 1",
        ),
        ({"fixed": ["a"], "excluded": ["a"]}, "a is both fixed and excluded"),
        ({"rules": {"least_sme_share": 2}}, "least_sme_share must be 0 to 1, not 2.0"),
        ({"rules": {"countries": 2}}, "case.json: rules: unknown field 'countries'"),
        ({"links": [[[1]]]}, "case.json: links must be 0 matrices of 1 by 1"),
        ({"pair_links": [["a", "a", 1]]}, "pairs: a and a are not in following stages"),
        ({"front": 1}, "front must be 0 or >= 2, not 1"),
    ],
)
def test_wrong_files_are_refused_in_one_line(tmp_path, change, message):
    case = {
        "stages": ["one"],
        "countries": ["IT"],
        "candidates": [{"id": "a", "stage": "one", "country": "IT", "sme": True, "fit": 0.5}],
    }
    if "stages" in change:
        case["candidates"] = []
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case | change), encoding="utf-8")

    with pytest.raises(InvalidInstance) as caught:
        read_chain(path)

    assert str(caught.value) == message
