from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filiera_solvers import (
    Attribute,
    AttributeKind,
    GroupsInstance,
    GroupsRule,
    InvalidInstance,
    Limits,
    Status,
    Verdict,
    check_groups,
    distance_from_attributes,
    solve_groups,
)
from filiera_solvers._groups_command import read_groups
from filiera_solvers._groups_start import most_worthwhile_sizes
from tests.solvers.groups_cases import (
    BENCH,
    Patience,
    best_by_trying_everything,
    equal_groups,
    needs_bench,
    random_distance,
)

LEVELS = ("low", "mid", "high")


def limits(time_limit_s: float = 1.0, *, seed: int = 1, **others: object) -> Limits:
    return Limits(time_limit_s=time_limit_s, seed=seed, **others)


@pytest.mark.parametrize("seed", range(4))
def test_few_people_are_grouped_as_well_as_by_trying_everything(seed):
    wish = np.random.default_rng(seed).random((8, 3)) * 20
    instance = equal_groups(8, 3, seed=seed, wish=wish, together=((0, 1),), apart=((1, 2), (3, 4)))

    result = solve_groups(instance, limits())

    assert (result.status, result.checker.valid) == (Status.OPTIMAL, True)
    assert result.value == pytest.approx(best_by_trying_everything(instance))
    assert result.bound == result.value


def test_few_people_are_grouped_alike_without_a_compiler(monkeypatch):
    instance = equal_groups(9, 3, together=((0, 1),), apart=((1, 2),))
    compiled = solve_groups(instance, limits())
    monkeypatch.setenv("FILIERA_SOLVERS_PURE", "1")

    interpreted = solve_groups(instance, limits())

    assert interpreted.value == pytest.approx(compiled.value)
    assert interpreted.status is compiled.status is Status.OPTIMAL


@settings(max_examples=25, deadline=None)
@given(
    people=st.integers(13, 30),
    groups=st.integers(2, 5),
    slack=st.integers(0, 3),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_every_rule_is_kept_and_the_bound_never_passed(people, groups, slack, seed, data):
    pairs = st.tuples(st.integers(0, people - 1), st.integers(0, people - 1)).filter(
        lambda pair: pair[0] != pair[1]
    )
    together = data.draw(st.lists(pairs, max_size=2))
    apart = [pair for pair in data.draw(st.lists(pairs, max_size=4)) if not {*pair} & {*sum(together, ())}]
    fixed = np.full(people, -1)
    fixed[data.draw(st.integers(0, people - 1))] = groups - 1
    instance = GroupsInstance(
        distance=random_distance(people, seed),
        smallest=np.full(groups, max(0, people // groups - slack)),
        largest=np.full(groups, -(-people // groups) + slack),
        together=tuple(together),
        apart=tuple(apart),
        fixed_group=fixed,
    )

    result = solve_groups(instance, limits(0.05, seed=seed))

    if result.status is Status.INFEASIBLE:
        assert result.conflict
    else:
        assert result.checker == Verdict(True, result.value)
        assert result.value <= result.bound


def test_the_order_of_people_does_not_matter_where_the_best_is_found():
    instance = equal_groups(16, 4)
    order = np.random.default_rng(5).permutation(16)
    turned = replace(instance, distance=instance.distance[np.ix_(order, order)])

    values = [solve_groups(one, limits(0.5)).value for one in (instance, turned)]

    assert values[0] == pytest.approx(values[1])


def test_same_seed_same_answer_on_one_thread_and_on_two():
    instance = equal_groups(20, 4)

    one, again, on_two = (
        solve_groups(instance, limits(30, seed=7, threads=threads)) for threads in (1, 1, 2)
    )

    assert one.status is again.status is on_two.status is Status.EFFORT_LIMIT
    assert one.group_of.tolist() == again.group_of.tolist()
    assert on_two.value == pytest.approx(one.value)


def test_a_move_costs_its_price():
    instance = equal_groups(12, 3)
    current = solve_groups(instance, limits()).group_of
    wishes = np.zeros((12, 3))
    wishes[0, (current[0] + 1) % 3] = 1000.0

    dear = solve_groups(replace(instance, wish=wishes, current_group=current, move_price=2000.0), limits())
    cheap = solve_groups(replace(instance, wish=wishes, current_group=current, move_price=0.0), limits())

    assert dear.group_of.tolist() == current.tolist()
    assert cheap.group_of[0] == (current[0] + 1) % 3


def test_newcomers_cost_no_move():
    current = np.full(13, 0)
    current[7:] = 1
    current[12] = -1
    instance = GroupsInstance(
        distance=np.zeros((13, 13)),
        smallest=np.array([6, 6]),
        largest=np.array([7, 7]),
        current_group=current,
        move_price=5.0,
    )

    result = solve_groups(instance, limits(0.3))

    assert (result.value, result.group_of.tolist()) == (0.0, [0] * 7 + [1] * 6)


def test_sizes_within_bounds_are_the_ones_with_most_pairs():
    instance = GroupsInstance(
        distance=random_distance(10, 1), smallest=np.array([2, 2, 2]), largest=np.array([6, 4, 4])
    )

    sizes = most_worthwhile_sizes(instance, np.random.default_rng(1))

    assert sorted(sizes.tolist()) == [2, 2, 6]


@pytest.mark.parametrize(
    ("rules", "conflict"),
    [
        (
            {"together": ((0, 1),), "apart": ((0, 1),)},
            {"0 and 1 must be together", "0 and 1 must be apart"},
        ),
        (
            {"together": ((0, 1), (1, 2)), "apart": ((0, 2), (3, 4))},
            {"0 and 1 must be together", "1 and 2 must be together", "0 and 2 must be apart"},
        ),
        (
            {"fixed_group": np.array([0, 1, *[-1] * 12]), "together": ((0, 1),)},
            {"0 must be in group 0", "1 must be in group 1", "0 and 1 must be together"},
        ),
        (
            {"fixed_group": np.array([0] * 8 + [-1] * 6)},
            {"8 people may only be in 0, with room for 7: 0, 1, 2, 3, 4, 5, 6, 7"},
        ),
    ],
)
def test_contradictions_are_named_and_nothing_else(rules, conflict):
    instance = equal_groups(14, 2, **rules)

    result = solve_groups(instance, limits(60))

    assert (result.status, result.value, result.group_of) == (Status.INFEASIBLE, None, None)
    assert set(result.conflict) == conflict


def test_a_contradiction_is_told_by_its_rules_too():
    pairs = equal_groups(14, 2, together=((0, 1), (1, 2)), apart=((0, 2), (3, 4)))
    crowd = equal_groups(4, 2, fixed_group=np.array([0, 0, 0, -1]))

    assert set(solve_groups(pairs, limits(60)).conflict_rules) == {
        GroupsRule("together", 0, 1), GroupsRule("together", 1, 2), GroupsRule("apart", 0, 2),
    }  # fmt: skip
    assert set(solve_groups(crowd, limits(60)).conflict_rules) == {
        *(GroupsRule("fixed", person, 0) for person in range(3)), GroupsRule("largest", 0, 2),
    }  # fmt: skip


def test_the_checker_finds_planted_errors():
    instance = replace(
        equal_groups(6, 3),
        together=((0, 1),),
        apart=((2, 3),),
        fixed_group=np.array([-1] * 5 + [0]),
        allowed=np.array([[True] * 3] * 4 + [[True, True, False]] + [[True] * 3]),
    )

    verdict = check_groups(instance, [0, 1, 1, 1, 2, 2])

    assert verdict == Verdict(
        False,
        float(
            instance.distance[1, 2]
            + instance.distance[1, 3]
            + instance.distance[2, 3]
            + instance.distance[4, 5]
        ),
        (
            "group 0 has 1 people, not 2 to 2",
            "group 1 has 3 people, not 2 to 2",
            "0 and 1 are not together",
            "2 and 3 are together",
            "5 is not in group 0",
            "4 may not be in group 2",
        ),
    )


def test_the_checker_refuses_what_is_no_grouping():
    instance = equal_groups(4, 2)

    assert check_groups(instance, [0, 1]) == Verdict(False, None, ("2 groups for 4 people",))
    assert check_groups(instance, [0, 1, 0, 5]) == Verdict(False, None, ("3 is in no known group: 5",))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"distance": np.zeros((3, 2))},
            "distance must be a square matrix",
        ),
        ({"distance": np.full((4, 4), np.nan)}, "distance of 0 and 0 is nan"),
        ({"distance": np.triu(np.ones((4, 4)), 1)}, "distance is not symmetric"),
        ({"distance": np.eye(4)}, "distance of 0 to itself is not 0"),
        ({"smallest": np.array([0, 1]), "largest": np.array([1, 2])}, "the groups hold 1 to 3 people, but"),
        ({"smallest": np.array([3, 3]), "largest": np.array([3, 3])}, "the groups hold 6 to 6 people"),
        ({"smallest": np.array([-1, 2])}, "bounds of group 0 must be"),
        ({"smallest": np.array([1.5, 2])}, "smallest must be a list of whole numbers"),
        ({"together": ((0, 0),)}, "together pairs person 0 with themselves"),
        ({"apart": ((0, 9),)}, "apart names 0 and 9: people are 0 to 3"),
        ({"fixed_group": np.array([0, 0, 0, 2])}, "fixed_group of person 3 is 2: there is no such group"),
        ({"wish": np.zeros((4, 3))}, "wish must have shape (4, 2), not (4, 3)"),
        ({"move_price": 1.0}, "move_price needs current_group"),
        ({"names": ("Ada", "Ada", "Bo", "Cy")}, "names has 'Ada' twice"),
    ],
)
def test_broken_data_is_refused_with_its_place(change, message):
    with pytest.raises(InvalidInstance) as caught:
        replace(equal_groups(4, 2), **change)

    assert str(caught.value).startswith(message)


def test_attributes_become_distances_from_zero_to_one():
    distance = distance_from_attributes(
        [
            Attribute(name="country", kind=AttributeKind.NOMINAL, values=["IT", "FR", "IT"]),
            Attribute(
                name="level",
                kind=AttributeKind.ORDINAL,
                values=["low", "high", "mid"],
                order=["low", "mid", "high"],
            ),
            Attribute(name="years", kind=AttributeKind.NUMERIC, values=[0, 10, 5], weight=2.0),
            Attribute(name="languages", kind=AttributeKind.SET, values=[("it", "en"), ("en",), ()]),
        ]
    )

    assert distance == pytest.approx(
        np.array(
            [
                [0, (1 + 1 + 2 + 0.5) / 5, (0 + 0.5 + 1 + 1) / 5],
                [0.9, 0, (1 + 0.5 + 1 + 1) / 5],
                [0.5, 0.7, 0],
            ]
        )
    )


def test_unknown_and_missing_values_of_attributes_are_refused():
    with pytest.raises(InvalidInstance, match="attribute level has the value 'top', not in its order"):
        distance_from_attributes(
            [Attribute(name="level", kind=AttributeKind.ORDINAL, values=["top"], order=["low"])]
        )
    with pytest.raises(InvalidInstance, match="attribute years of person 1 is nan"):
        distance_from_attributes(
            [Attribute(name="years", kind=AttributeKind.NUMERIC, values=[1, float("nan")])]
        )
    with pytest.raises(InvalidInstance, match="attribute b has 1 values for 2 people"):
        distance_from_attributes(
            [
                Attribute(name="a", kind=AttributeKind.NOMINAL, values=[1, 2]),
                Attribute(name="b", kind=AttributeKind.NOMINAL, values=[1]),
            ]
        )


@pytest.mark.parametrize("threads", [1, 2])
def test_cancelling_ends_the_search_within_half_a_second(threads):
    patience = Patience(5)
    result = solve_groups(equal_groups(120, 10), limits(20, threads=threads, is_cancelled=patience.is_over))

    assert (result.status, result.checker.valid) == (Status.CANCELLED, True)
    assert patience.waited_s() < 0.5


def test_progress_is_told_while_the_search_runs():
    told = []

    result = solve_groups(equal_groups(60, 6), limits(0.8, on_progress=told.append))

    assert len(told) >= 2
    assert [one.share for one in told] == sorted(one.share for one in told)
    assert all(one.value <= result.value + 1e-6 for one in told if one.value is not None)


@needs_bench
@pytest.mark.parametrize("name", ["RanInt_n010_ss_04", "RanReal_n012_ds_04", "Geo_n012_ss_04"])
def test_published_instances_of_up_to_twelve_people_are_proven(name):
    rows = (BENCH / "mdgp" / "small_reference.csv").read_text().splitlines()
    reference = next(float(row.split(",")[4]) for row in rows if row.startswith(name))

    result = solve_groups(read_groups(BENCH / "mdgp" / f"{name}.txt.gz"), limits())

    assert (result.status, result.checker.valid) == (Status.OPTIMAL, True)
    assert result.value == pytest.approx(reference, abs=1e-3)


@needs_bench
@pytest.mark.parametrize("name", ["RanInt_n120_ss_03", "Geo_n120_ds_03"])
def test_published_instances_are_nearly_reached_in_two_seconds(name):
    rows = (BENCH / "mdgp" / "best_known.csv").read_text().splitlines()
    best_known = next(float(row.split(",")[4]) for row in rows if row.startswith(name))

    result = solve_groups(read_groups(BENCH / "mdgp" / f"{name}.txt.gz"), limits(2))

    assert result.checker.valid
    assert (best_known - result.value) / best_known < 0.01


def test_without_a_compiler_the_same_rules_are_kept(monkeypatch):
    monkeypatch.setenv("FILIERA_SOLVERS_PURE", "1")
    instance = GroupsInstance(
        distance=random_distance(30, 2),
        smallest=np.full(5, 5),
        largest=np.full(5, 7),
        together=((0, 1), (2, 3)),
        apart=((0, 2), (4, 5)),
        fixed_group=np.array([3, *[-1] * 29]),
    )

    result = solve_groups(instance, limits(1))

    assert result.checker == Verdict(True, result.value)


def test_the_search_goes_on_until_the_bound_however_many_must_stay_together():
    pairs = tuple((number, number + 1) for number in range(0, 40, 2))

    result = solve_groups(equal_groups(40, 4, together=pairs), limits(0.5))

    assert (result.status, result.checker.valid) == (Status.TIME_LIMIT, True)


def test_a_search_that_cannot_get_better_ends_at_once():
    instance = GroupsInstance(
        distance=random_distance(20, 1), smallest=np.array([20]), largest=np.array([20])
    )

    result = solve_groups(instance, limits(60))

    assert (result.status, result.checker.valid) == (Status.OPTIMAL, True)
    assert result.seconds < 10
