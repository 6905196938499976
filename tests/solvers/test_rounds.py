from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiera_solvers import (
    InvalidInstance,
    Limits,
    RoundsInstance,
    Status,
    Verdict,
    check_rounds,
    even_sizes,
    solve_rounds,
)
from filiera_solvers._rounds_designs import design
from tests.solvers.groups_cases import Patience, random_distance


def limits(time_limit_s: float = 1.0, *, seed: int = 1, **others: object) -> Limits:
    return Limits(time_limit_s=time_limit_s, seed=seed, **others)


def golfers(groups: int, size: int, rounds: int) -> RoundsInstance:
    return RoundsInstance(people_count=groups * size, sizes=((size,) * groups,) * rounds)


@pytest.mark.parametrize(
    ("groups", "size", "rounds"),
    [(5, 3, 7), (5, 3, 6), (4, 4, 5), (5, 5, 6), (6, 3, 8), (8, 3, 10), (8, 4, 7), (8, 4, 8), (10, 4, 9)],
)
def test_known_tournaments_are_found_without_a_repeat(groups, size, rounds):
    result = solve_rounds(golfers(groups, size, rounds), limits(3))

    assert (result.status, result.value, result.repeats) == (Status.OPTIMAL, 0.0, 0)
    assert result.checker == Verdict(True, 0.0)


@pytest.mark.parametrize(
    ("groups", "size", "rounds"), [(7, 5, 7), (8, 8, 9), (9, 9, 10), (9, 3, 13), (4, 2, 7)]
)
def test_designs_bring_no_two_together_twice(groups, size, rounds):
    built = design(groups, size, rounds, np.random.default_rng(1), lambda: False)

    met = [
        pair
        for row in built
        for group in range(groups)
        for pair in combinations(np.flatnonzero(row == group), 2)
    ]
    assert [np.bincount(row).tolist() for row in built] == [[size] * groups] * rounds
    assert len(met) == len(set(met)) == rounds * groups * size * (size - 1) // 2


def test_no_design_is_tried_beyond_what_counting_allows():
    assert design(5, 3, 8, np.random.default_rng(1), lambda: False) is None
    assert design(3, 4, 2, np.random.default_rng(1), lambda: False) is None


def test_a_repeat_that_cannot_be_avoided_is_proven():
    result = solve_rounds(golfers(5, 6, 4), limits(3))

    assert (result.status, result.value, result.bound, result.repeats) == (Status.OPTIMAL, 30.0, 30.0, 30)


def test_a_tiny_case_is_solved_as_by_hand():
    result = solve_rounds(RoundsInstance(people_count=4, sizes=((2, 2),) * 4), limits())

    assert (result.status, result.value, result.repeats) == (Status.OPTIMAL, 2.0, 2)


def test_gaps_absences_and_uneven_sizes_are_kept():
    instance = RoundsInstance(
        people_count=11,
        sizes=((3, 3, 3, 2), even_sizes(10, 3), (4, 4, 3)),
        absent=(frozenset(), frozenset({4}), frozenset()),
        met=(lambda matrix: matrix + matrix.T)(np.triu(np.ones((11, 11)), 1) * 0.1),
    )

    result = solve_rounds(instance, limits())

    assert result.checker == Verdict(True, result.value)
    assert result.value >= result.bound
    assert result.group_of[1, 4] == -1


def test_who_has_met_before_is_kept_apart_where_a_design_allows_it():
    met = np.zeros((8, 8))
    met[0, 1] = met[1, 0] = 1.0

    result = solve_rounds(replace(golfers(4, 2, 6), met=met), limits())

    assert (result.status, result.value) == (Status.OPTIMAL, 0.0)
    assert not (result.group_of[:, 0] == result.group_of[:, 1]).any()


def test_diversity_is_weighed_against_repeats():
    instance = replace(golfers(5, 6, 4), distance=random_distance(30, 1) / 100, diversity_weight=0.5)

    result = solve_rounds(instance, limits())
    by_chance = check_rounds(instance, [np.random.default_rng(seed).permutation(30) % 5 for seed in range(4)])

    assert result.checker == Verdict(True, result.value)
    assert result.bound <= result.value < by_chance.value


@settings(max_examples=15, deadline=None)
@given(
    people=st.integers(2, 20), groups=st.integers(1, 5), rounds=st.integers(1, 4), seed=st.integers(0, 100)
)
def test_every_seating_is_valid_and_no_better_than_the_bound(people, groups, rounds, seed):
    instance = RoundsInstance(people_count=people, sizes=(even_sizes(people, min(groups, people)),) * rounds)

    result = solve_rounds(instance, limits(0.1, seed=seed))

    assert result.checker == Verdict(True, result.value)
    assert result.value >= result.bound


def test_without_a_compiler_the_same_rules_are_kept(monkeypatch):
    monkeypatch.setenv("FILIERA_SOLVERS_PURE", "1")

    result = solve_rounds(golfers(4, 3, 3), limits(2))

    assert (result.value, result.checker) == (0.0, Verdict(True, 0.0))


def test_same_seed_same_answer():
    instance = replace(golfers(3, 3, 3), distance=random_distance(9, 1) / 100, diversity_weight=0.1)

    one, two = (solve_rounds(instance, limits(0.5, seed=3)).value for _ in range(2))

    assert one == pytest.approx(two)


def test_cancelling_ends_the_search_within_half_a_second():
    patience = Patience(5)
    instance = replace(golfers(10, 6, 8), distance=random_distance(60, 1), diversity_weight=0.1)

    result = solve_rounds(instance, limits(20, is_cancelled=patience.is_over))

    assert (result.status, result.checker.valid) == (Status.CANCELLED, True)
    assert patience.waited_s() < 0.5


def test_the_checker_finds_planted_errors():
    instance = RoundsInstance(people_count=4, sizes=((2, 2), (2, 1)), absent=(frozenset(), frozenset({3})))

    verdict = check_rounds(instance, [[0, 0, 0, 1], [0, 0, -1, 1]])

    assert verdict == Verdict(
        False,
        1.0,
        (
            "round 0: sizes [3, 1], not [2, 2]",
            "round 1: 2 has no group",
            "round 1: 3 is away",
        ),
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"people_count": 0, "sizes": ((1,),)}, "people_count must be 1 to 2000, not 0"),
        ({"people_count": 4, "sizes": ()}, "there must be 1 to 200 rounds, not 0"),
        ({"people_count": 4, "sizes": ((2, 3),)}, "sizes of round 0 add up to 5, but 4 people are there"),
        ({"people_count": 4, "sizes": ((4, 0),)}, "sizes of round 0 must be whole numbers >= 1, not (4, 0)"),
        (
            {"people_count": 2, "sizes": ((2,),), "absent": (frozenset({5}),)},
            "absent in round 0: there is no person 5",
        ),
        ({"people_count": 2, "sizes": ((2,),), "met": np.array([[0, -1.0], [-1.0, 0]])}, "met must be >= 0"),
        (
            {"people_count": 2, "sizes": ((2,),), "distance": np.array([[0, 1.0], [2.0, 0]])},
            "distance must be symmetric",
        ),
        ({"people_count": 2, "sizes": ((2,),), "diversity_weight": 1.0}, "diversity_weight needs distance"),
        (
            {"people_count": 2, "sizes": ((2,),), "repeat_price": float("nan")},
            "repeat_price must be a number >= 0",
        ),
    ],
)
def test_broken_data_is_refused_with_its_place(arguments, message):
    with pytest.raises(InvalidInstance) as caught:
        RoundsInstance(**arguments)

    assert str(caught.value).startswith(message)
