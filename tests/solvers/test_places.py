import hashlib
import json
import random
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from filiera_solvers import InvalidInstance, Limits, Status
from filiera_solvers._check_places import check_places
from filiera_solvers._places import solve_places
from filiera_solvers._places_command import encode_places, read_places
from filiera_solvers._places_instance import PlacesInstance, PlacesRule
from tests.figures.solvers.generate_places import visits
from tests.solvers.cancelling import Cancellation

LIMITS = Limits(time_limit_s=30, seed=1)


def read_case(folder: Path, case: dict[str, object]) -> PlacesInstance:
    path = folder / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    return read_places(path)


def tiny(seed: int) -> dict[str, object]:
    """Return six people, two of whom go together, for three options with four to six places."""
    dice = random.Random(seed)
    options = ["red", "green", "blue"]
    people = [
        {"id": name, "wishes": dice.sample(options, dice.randint(1, 3)), "has": dice.choice([[], ["card"]])}
        for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")
    ]
    return {
        "options": [
            {"id": name, "capacity": dice.randint(1, 2), "needs": dice.choice([[], [], ["card"]])}
            for name in options
        ],
        "people": people,
        "companions": [["Ada", "Bo"]],
        "draw": f"draw {seed}",
    }


def profile_of(instance: PlacesInstance, option_of: tuple[int, ...]) -> tuple[int, ...]:
    group_of = {person: group for group in instance.companions for person in group}
    ranks = [
        max(int(instance.rank[other][option]) for other in group_of.get(person, (person,)))
        for person, option in enumerate(option_of)
        if option >= 0
    ]
    return tuple(ranks.count(rank) for rank in range(1, int(instance.rank.max()) + 1))


@pytest.mark.parametrize("companions", [True, False])
@pytest.mark.parametrize("seed", range(15))
def test_the_profile_is_the_best_that_brute_force_finds(tmp_path, seed, companions):
    instance = read_case(tmp_path, tiny(seed) | ({} if companions else {"companions": []}))

    result = solve_places(instance, LIMITS)

    best = max(
        profile_of(instance, option_of)
        for option_of in product([-1, 0, 1, 2], repeat=6)
        if check_places(instance, option_of).valid
    )
    assert (result.status, result.checker.valid) == (Status.OPTIMAL, True)
    assert (result.profile, result.value, result.bound) == (best, best[0], best[0])


def test_the_draw_can_be_done_again_by_hand(tmp_path):
    names = ["Ada", "Bo", "Cy", "Di"]
    case = {
        "rule": "drawn",
        "draw": "Torino, 1 March 2023",
        "options": [{"id": "red", "capacity": 1}, {"id": "blue", "capacity": 2}],
        "people": [{"id": name, "wishes": ["red", "blue"]} for name in names],
    }
    instance = read_case(tmp_path, case)

    result = solve_places(instance, LIMITS)

    order = sorted(
        names, key=lambda name: hashlib.sha256(f"Torino, 1 March 2023:{name}".encode()).hexdigest()
    )
    assert encode_places(instance, result)["places"] == {
        order[0]: "red",
        order[1]: "blue",
        order[2]: "blue",
        order[3]: None,
    }
    assert encode_places(instance, result)["refill"] == {"red": order[1:], "blue": [order[3]]}
    assert (result.value, result.bound, result.status) == (1, 1, Status.OPTIMAL)


@pytest.mark.parametrize("seed", range(10))
def test_the_checker_draws_as_the_solver_does(tmp_path, seed):
    instance = read_case(tmp_path, tiny(seed) | {"rule": "drawn"})

    result = solve_places(instance, LIMITS)

    assert result.checker.valid
    assert result.value <= result.bound
    turned = np.roll(result.option_of, 1)
    if (turned != result.option_of).any():
        assert not check_places(instance, turned.tolist()).valid


def test_without_a_published_text_the_seed_is_the_text(tmp_path):
    case = tiny(3) | {"rule": "drawn"}
    del case["draw"]
    instance = read_case(tmp_path, case)

    by_seed = solve_places(instance, Limits(time_limit_s=5, seed=7))
    by_text = solve_places(replace(instance, draw="7"), LIMITS)

    assert by_seed.option_of.tolist() == by_text.option_of.tolist()
    assert by_seed.tickets == by_text.tickets


@pytest.mark.parametrize("rule", list(PlacesRule))
def test_freed_places_go_to_the_next_in_order_and_nobody_loses_one(tmp_path, rule):
    case = visits(2, people=20, options=4, share_of_places=0.6, rule=rule.value)
    first = read_case(tmp_path, case)
    before = encode_places(first, solve_places(first, LIMITS))
    case["placed"] = {name: option for name, option in before["places"].items() if option}
    leaver = next(name for name, option in before["places"].items() if option and before["refill"][option])
    case["leaving"] = [leaver]
    instance = read_case(tmp_path, case)

    after = encode_places(instance, solve_places(instance, LIMITS))

    freed = case["placed"][leaver]
    assert after["places"][leaver] is None
    assert after["places"][before["refill"][freed][0]] is not None
    kept = [name for name, option in case["placed"].items() if after["places"][name] is None]
    assert kept == [leaver]


def test_an_option_with_more_people_than_places_is_named(tmp_path):
    case = {
        "options": [{"id": "red", "capacity": 1}],
        "people": [{"id": "Ada", "wishes": ["red"]}, {"id": "Bo", "wishes": ["red"]}],
        "placed": {"Ada": "red", "Bo": "red"},
    }

    result = solve_places(read_case(tmp_path, case), LIMITS)

    assert (result.status, result.value) == (Status.INFEASIBLE, None)
    assert result.conflict == ("red: 2 people are placed, there are 1 places",)


def test_the_order_of_the_input_changes_nothing(tmp_path):
    case = visits(4)
    turned = case | {"people": case["people"][::-1], "options": case["options"][::-1]}

    profiles = [solve_places(read_case(tmp_path, one), LIMITS).profile for one in (case, turned)]
    drawn = [
        encode_places(instance, solve_places(instance, LIMITS))["places"]
        for instance in (read_case(tmp_path, one | {"rule": "drawn"}) for one in (case, turned))
    ]

    assert profiles[0] == profiles[1]
    assert drawn[0] == drawn[1]


def test_a_thousand_people_are_placed_within_the_limit_and_cancelling_is_heard(tmp_path):
    instance = read_case(tmp_path, visits(1, people=1000, options=40, wishes=10, companions=60))
    cancelled = Cancellation(after_s=1)

    result = solve_places(instance, Limits(time_limit_s=60, seed=1, is_cancelled=cancelled))

    assert cancelled.seconds_since_heard() < 0.5
    assert (result.status, result.checker.valid) == (Status.CANCELLED, True)


@pytest.mark.parametrize(
    ("option_of", "fault"),
    [
        ((0, 0, -1), "red: 2 people on 1 places"),
        ((1, 1, 0), "Bo has not wished blue"),
        ((0, -1, 1), "Cy does not meet the conditions of blue"),
        ((0, -1, 0), "Ada is leaving but has a place"),
        ((-1, -1, 0), "Bo, Cy do not go together"),
    ],
)
def test_the_checker_finds_planted_errors(tmp_path, option_of, fault):
    case = {
        "options": [{"id": "red", "capacity": 1}, {"id": "blue", "capacity": 2, "needs": ["card"]}],
        "people": [
            {"id": "Ada", "wishes": ["red", "blue"], "has": ["card"]},
            {"id": "Bo", "wishes": ["red"], "has": ["card"]},
            {"id": "Cy", "wishes": ["red", "blue"]},
        ],
        "companions": [["Bo", "Cy"]],
        "leaving": ["Ada"],
    }

    verdict = check_places(read_case(tmp_path, case), option_of)

    assert not verdict.valid
    assert fault in verdict.broken


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"options": [{"id": "red", "capacity": -1}]},
            "case.json: options[0]: capacity must be >= 0, not -1",
        ),
        (
            {"people": [{"id": "Ada", "wishes": ["pink"]}]},
            'case.json: people[0]: wishes: unknown option "pink"',
        ),
        (
            {"people": [{"id": "Ada", "wishes": ["red", "red"]}]},
            "case.json: people[0]: wishes: red is wished twice",
        ),
        ({"companions": [["Ada", "Zoe"]]}, 'case.json: companions: unknown person "Zoe"'),
        ({"companions": [["Ada"], ["Ada"]]}, "companions: Ada is named twice"),
        ({"rule": "first come"}, "case.json: rule must be rank-maximal or drawn, not 'first come'"),
        ({"placed": {"Ada": "pink"}}, 'case.json: placed: unknown option "pink"'),
    ],
)
def test_wrong_files_are_refused_in_one_line(tmp_path, change, message):
    case = {"options": [{"id": "red", "capacity": 1}], "people": [{"id": "Ada", "wishes": ["red"]}]}

    with pytest.raises(InvalidInstance) as caught:
        read_case(tmp_path, case | change)

    assert str(caught.value) == message
