import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from filiera_solvers import InvalidInstance, Limits, Progress, Status
from filiera_solvers._check_meetings import check_meetings
from filiera_solvers._meetings import solve_meetings
from filiera_solvers._meetings_command import read_meetings
from tests.figures.solvers.generate_meetings import bilateral_day, wished_day
from tests.solvers.cancelling import Cancellation
from tests.solvers.meetings_cases import best_by_brute_force, random_case, random_wishes, read_case

SHARED = Path(os.environ.get("FILIERA_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
B2B = SHARED / "bench" / "solver" / "b2b"
SMALL_DAY = bilateral_day(1, people=10, slots=6, tables=4, meetings=14, absent_share=0.3, precedences=1)
TRIANGLE = {"participants": 3, "slots": 2, "tables": 3, "meetings": [[0, 1], [1, 2], [0, 2]]}


def limits(seconds: float = 5.0, seed: int = 1, **others: object) -> Limits:
    return Limits(time_limit_s=seconds, seed=seed, **others)


@pytest.mark.parametrize("seed", range(12))
def test_all_meetings_with_the_fewest_breaks_as_brute_force_finds_them(tmp_path, seed):
    instance = read_case(tmp_path, random_case(seed))

    result = solve_meetings(instance, limits())

    best = best_by_brute_force(instance)
    if best is None:
        assert (result.status, result.value, bool(result.conflict)) == (Status.INFEASIBLE, None, True)
    else:
        assert (result.status, result.value, result.bound) == (Status.OPTIMAL, best[0], best[0])


@pytest.mark.parametrize("seed", range(6))
def test_wanted_meetings_in_the_order_of_the_aims_as_brute_force_finds_them(tmp_path, seed):
    instance = read_case(tmp_path, random_wishes(seed))

    result = solve_meetings(instance, limits(1.5))

    assert (-result.priority_sum, -result.fewest, result.breaks) == best_by_brute_force(instance)
    assert result.value == result.priority_sum
    assert result.value <= result.bound
    assert result.checker.valid


def test_a_mutual_wish_is_worth_both_priorities(tmp_path):
    case = {"participants": ["Ada", "Bo", "Cy"], "slots": 1, "tables": 1}
    case["wishes"] = [["Ada", "Bo", 2], ["Bo", "Ada", 2], ["Cy", "Ada", 3]]
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits(1))

    assert result.place.tolist() == [0, -1]
    assert (result.value, result.bound) == (4, 4)


def test_an_accepted_pair_is_held_before_a_better_wish(tmp_path):
    case = {
        "participants": 4,
        "slots": 1,
        "tables": 1,
        "wishes": [[0, 1, 3], [2, 3, 1]],
        "accepted": [[3, 2]],
    }
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits(1))

    assert result.place.tolist() == [-1, 0]
    assert result.bound == 1


def test_the_spread_is_a_rule(tmp_path):
    case = {"participants": 5, "slots": 4, "tables": 2, "spread": 1}
    case["wishes"] = [[0, 1, 3], [0, 2, 3], [0, 3, 3], [0, 4, 3], [3, 4, 1]]
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits(2))

    assert (-result.priority_sum, -result.fewest, result.breaks) == best_by_brute_force(instance)
    assert result.checker.valid


def test_wishes_keep_their_own_session_kind_and_order(tmp_path):
    case = {"participants": 4, "slots": 4, "tables": 1, "links": 1, "morning_slots": 2}
    case["wishes"] = [[3, 2, 1], [0, 1, 3], [1, 0, 3]]
    case |= {"session": ["any", "morning", "any"], "kind": ["link", "any", "table"], "precedences": [[0, 1]]}
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits(2))

    assert instance.pairs.tolist() == [[0, 1], [2, 3]]
    assert result.place.tolist() == [1, 4]
    assert result.checker.valid


def test_links_carry_meetings_at_a_distance(tmp_path):
    case = {"participants": 4, "slots": 1, "tables": 1, "links": 1, "meetings": [[0, 1], [2, 3]]}
    case["not_on_site"] = {"0": ["0"]}
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits())

    assert result.place.tolist() == [1, 0]
    assert result.checker.valid


def test_a_new_plan_keeps_what_can_be_kept(tmp_path):
    case = random_wishes(3, people=10, slots=6)
    first = read_case(tmp_path, case)
    told = solve_meetings(first, limits(1))
    absent = int(first.pairs[told.place >= 0][0, 0])
    case["unavailable"] = {str(absent): list(range(6))}
    case["previous"] = [
        [*first.pairs[meeting].tolist(), int(place)] for meeting, place in enumerate(told.place) if place >= 0
    ]
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits(1))

    stays = (told.place >= 0) & ~(first.pairs == absent).any(axis=1)
    assert result.moved == 0
    assert (result.place[stays] == told.place[stays]).all()
    assert result.checker.valid


def test_the_limit_on_moves_holds_whatever_it_costs(tmp_path):
    # Keeping 0-1 in slot 0 keeps 1-2, worth more, out of the only slot left to it.
    case = {"participants": 3, "slots": 2, "tables": 1, "wishes": [[0, 1, 1], [1, 2, 3]]}
    case |= {"unavailable": {"2": [1]}, "previous": [[0, 1, 0]], "move_limit": 0}
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits(2))

    assert result.place.tolist() == [0, -1]
    assert (result.moved, result.checker.valid) == (0, True)


@pytest.mark.skipif(not B2B.is_dir(), reason="the benchmark cases are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "reference"), [("b2b_s1_9100", 0), ("b2b_s2_9101", 0), ("b2b_m1_9102", 2), ("b2b_l1_9103", 18)]
)
def test_benchmark_cases_are_never_worse_than_the_reference(name, reference):
    instance = read_meetings(B2B / f"{name}.json")
    best = [float("inf")]

    def remember(progress: Progress) -> None:
        if progress.value is not None:
            best[0] = min(best[0], progress.value)

    result = solve_meetings(
        instance,
        limits(60, on_progress=remember, is_cancelled=lambda: best[0] <= reference),
    )

    assert result.value <= reference
    assert result.checker.valid
    assert (result.status is Status.OPTIMAL) == (result.value == 0)


@pytest.mark.parametrize(
    ("change", "conflict"),
    [
        (
            {"meetings": [[0, 1], [0, 2], [0, 3]]},
            "0 has 3 meetings (0 – 1, 0 – 2, 0 – 3) and only 2 slots (0, 1)",
        ),
        (
            {"meetings": [[0, 1]], "unavailable": {"0": [0], "1": [1]}},
            "0 has the meeting 0 – 1 and no slot that suits",
        ),
        (
            {"meetings": [[0, 1], [2, 3], [4, 5]], "tables": 1},
            "3 meetings (0 – 1, 2 – 3, 4 – 5) can only be held in the same places: only 2 slots (0, 1), "
            "room for 2",
        ),
        (
            {"meetings": [[0, 1], [2, 3]], "precedences": [[0, 1], [1, 0]]},
            "no day is long enough for 0 – 1 before 2 – 3 before 0 – 1",
        ),
        (
            {"meetings": [[0, 1], [0, 2]], "most": {"0": 1}},
            "0 has 2 meetings but may have at most 1",
        ),
    ],
)
def test_an_infeasible_day_names_the_smallest_conflict(tmp_path, change, conflict):
    case = {"participants": 6, "slots": 2, "tables": 3, **change}
    instance = read_case(tmp_path, case)

    result = solve_meetings(instance, limits())

    assert (result.status, result.value, result.conflict) == (Status.INFEASIBLE, None, (conflict,))


def test_a_conflict_that_counting_cannot_see_is_proven(tmp_path):
    instance = read_case(
        tmp_path, TRIANGLE | {"participants": 5, "meetings": [*TRIANGLE["meetings"], [3, 4]]}
    )

    result = solve_meetings(instance, limits(20))

    assert result.status is Status.INFEASIBLE
    assert result.conflict == ("these 3 meetings cannot all be held: 0 – 1, 1 – 2, 0 – 2",)


def test_the_order_of_the_input_does_not_change_the_value(tmp_path):
    case = random_case(5)
    turned = case | {
        "meetings": [[b, a] for a, b in reversed(case["meetings"])],
        "session": case["session"][::-1],
        "precedences": [[4 - a, 4 - b] for a, b in case["precedences"]],
    }

    values = {solve_meetings(read_case(tmp_path, one), limits()).value for one in (case, turned)}

    assert len(values) == 1


def test_the_same_seed_gives_the_same_plan(tmp_path):
    instance = read_case(tmp_path, SMALL_DAY)

    plans = [solve_meetings(instance, limits(30, seed=7)).place.tolist() for _ in range(2)]

    assert plans[0] == plans[1]


def test_two_threads_answer_as_well(tmp_path):
    instance = read_case(tmp_path, SMALL_DAY)

    result = solve_meetings(instance, limits(threads=2))

    assert (result.status, result.value, result.checker.valid) == (Status.OPTIMAL, 0, True)


def test_cancelling_returns_the_best_so_far_at_once(tmp_path):
    instance = read_case(tmp_path, wished_day(1))
    solve_meetings(instance, limits(1))
    cancelled = Cancellation(after_s=1)

    result = solve_meetings(instance, limits(60, is_cancelled=cancelled))

    assert cancelled.seconds_since_heard() < 0.5
    assert result.status is Status.CANCELLED
    assert result.checker.valid


def test_without_a_compiler_the_verdict_is_the_same(tmp_path):
    instance = read_case(tmp_path, SMALL_DAY)
    script = (
        "import sys; from filiera_solvers import Limits;"
        "from filiera_solvers._meetings import solve_meetings;"
        "from filiera_solvers._meetings_command import read_meetings;"
        "from pathlib import Path;"
        "result = solve_meetings(read_meetings(Path(sys.argv[1])), Limits(time_limit_s=30, seed=1));"
        "print('numba' in sys.modules, result.status.value, result.value, result.checker.valid)"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "case.json")],
        env=os.environ | {"FILIERA_SOLVERS_PURE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    compiled = solve_meetings(instance, limits(30))
    expected = f"False {compiled.status.value} {compiled.value} {compiled.checker.valid}"
    assert answer.stdout.strip() == expected


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ([0, 0, 1, 1], "0: 2 meetings in slot 0"),
        ([0, 2, 1, -1], "3 – 4: has no slot"),
        ([1, 2, 0, 1], "0 – 1 is not before 0 – 2"),
        ([0, 1, 3, 0], "1 – 2: 1 is not available in slot 3"),
        ([0, 1, 2, 2], "slot 2: 2 meetings at 1 tables"),
        ([0, 2, 1, 3], "3 – 4: may not be held in slot 3"),
        ([0, 1, 9, 2], "1 – 2: place 9 does not exist"),
    ],
)
def test_the_checker_finds_planted_errors(tmp_path, place, fault):
    case = {
        "participants": 5,
        "slots": 4,
        "tables": [2, 2, 1, 2],
        "meetings": [[0, 1], [0, 2], [1, 2], [3, 4]],
        "session": ["any", "any", "any", "morning"],
        "morning_slots": 3,
        "unavailable": {"1": [3]},
        "precedences": [[0, 2]] if "before" not in fault else [[0, 1], [0, 2]],
    }
    if "not before" in fault:
        case["precedences"] = [[0, 2]]
        fault = "0 – 1 is not before 1 – 2"
    instance = read_case(tmp_path, case)

    verdict = check_meetings(instance, place)

    assert not verdict.valid
    assert fault in verdict.broken


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"meetings": [[2, 2]]}, "case.json: meetings[0]: 2 would meet themselves"),
        ({"meetings": [[0, 9]]}, "case.json: meetings[0]: unknown participant 9"),
        ({"tables": -1}, "case.json: tables must be >= 0, not -1"),
        ({"tables": [1]}, "case.json: tables: 1 numbers for 2 slots"),
        ({"slots": 0}, "case.json: slots must be >= 1, not 0"),
        ({"meeting": []}, "case.json: unknown field 'meeting'"),
        ({"session": ["night"]}, "case.json: session has 1 entries for 3 meetings"),
        ({"unavailable": {"7": [0]}}, 'case.json: unavailable: unknown participant "7"'),
        ({"precedences": [[0, 5]]}, "case.json: precedences[0]: two of the 3 meetings were expected"),
        ({"mode": "some"}, "case.json: mode must be all or wanted, not 'some'"),
        ({"wishes": [[0, 1, 1]]}, "case.json: mode wanted takes wishes, not meetings"),
        ({"previous": [[0, 1, 7]]}, "case.json: previous[0]: unknown slot 7"),
    ],
)
def test_wrong_files_are_refused_in_one_line(tmp_path, change, message):
    with pytest.raises(InvalidInstance) as caught:
        read_case(tmp_path, TRIANGLE | change)

    assert str(caught.value) == message


def test_wrong_arrays_are_refused(tmp_path):
    instance = read_case(tmp_path, TRIANGLE)
    values = {name: getattr(instance, name) for name in instance.__slots__}

    with pytest.raises(InvalidInstance, match=r"session has the shape \(3, 1\), not \(3, 2\)"):
        type(instance)(**(values | {"session": np.ones((3, 1), dtype=bool)}))
