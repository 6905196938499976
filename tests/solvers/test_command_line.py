import gzip
import json
import subprocess
import sys

import pytest

from filiera_solvers import InvalidInstance, Limits, Result, Status, main
from filiera_solvers._registry import PROBLEMS, command_for


def test_importing_the_package_loads_no_solver():
    code = (
        "import sys, time; began = time.perf_counter(); import filiera_solvers; "
        "took = time.perf_counter() - began; "
        "print(took < 0.3, sorted({'numpy', 'numba', 'ortools', 'django'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "True []\n"


def write_groups(path, **changes):
    case = {
        "people": ["a", "b", "c", "d"],
        "groups": [{"id": "x", "smallest": 2, "largest": 2}, {"id": "y", "smallest": 2, "largest": 2}],
        "distance": [[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]],
        **changes,
    }
    path.write_text(json.dumps(case), encoding="utf-8")
    return str(path)


def test_json_has_the_agreed_keys_and_nothing_else_is_printed(tmp_path, capsys):
    file = write_groups(tmp_path / "case.json")

    code = main(["groups", file, "--json", "--seed", "3"])
    answer = json.loads(capsys.readouterr().out)

    assert code == 0
    assert {key: answer[key] for key in ("problem", "status", "value", "bound", "gap", "seed")} == {
        "problem": "groups",
        "status": "optimal",
        "value": 7.0,
        "bound": 7.0,
        "gap": 0.0,
        "seed": 3,
    }
    assert answer["checker"] == {"valid": True, "value": 7.0, "broken": []}
    assert sorted(map(sorted, answer["solution"]["groups"].values())) == [["a", "b"], ["c", "d"]]


def test_without_json_the_answer_is_told_in_lines(tmp_path, capsys):
    code = main(["groups", write_groups(tmp_path / "case.json")])

    assert code == 0
    assert capsys.readouterr().out.startswith('status    "optimal"\nvalue     7.0\n')


def test_contradictions_end_with_one_and_are_named(tmp_path, capsys):
    file = write_groups(tmp_path / "case.json", together=[["a", "b"]], apart=[["a", "b"]])

    code = main(["groups", file, "--json"])
    printed = capsys.readouterr()

    assert (code, printed.err) == (1, "infeasible: a and b must be together; a and b must be apart\n")
    assert json.loads(printed.out)["conflict"] == ["a and b must be together", "a and b must be apart"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"apart": [["a", "z"]]}, 'case.json: apart[0]: unknown person "z"\n'),
        ({"aprat": []}, "case.json: unknown field 'aprat'\n"),
        ({"distance": [[0, 1], [1, 0]]}, "case.json: distance has 2 rows for 4 people\n"),
        ({"people": ["a", "a", "b", "c"]}, "person 'a' is given twice\n"),
        ({"groups": [{"id": "x", "smallest": -1, "largest": 4}]}, "bounds of group 0 must be 0 <="),
    ],
)
def test_bad_files_end_with_one_line(tmp_path, capsys, changes, message):
    code = main(["groups", write_groups(tmp_path / "case.json", **changes), "--json"])
    printed = capsys.readouterr()

    assert (code, printed.out, printed.err.count("\n")) == (1, "", 1)
    assert printed.err.startswith(message)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b"{"])
def test_what_is_no_instance_is_told_in_one_line(tmp_path, capsys, content):
    path = tmp_path / "case.json"
    path.write_bytes(content)

    code = main(["groups", str(path)])
    printed = capsys.readouterr()

    assert (code, printed.out, printed.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 1 ss",
        "x y ss 1 1",
        "3 1 ss 3 3\n0 1 5.0\n",
        "2 1 ss 2 2\n1 0 5.0\n",
        "2 1 ss 2 2\n0 5 5.0\n",
        "2 1 ss 2 2\n0 1 nan\n",
        "2 1 ss 2 2\n0 1 word\n",
        "2 1 ss 3 3\n0 1 1.0\n",
    ],
)
def test_broken_mdgplib_files_are_refused(tmp_path, capsys, text):
    path = tmp_path / "case.txt.gz"
    path.write_bytes(gzip.compress(text.encode()))

    code = main(["groups", str(path)])
    printed = capsys.readouterr()

    assert (code, printed.out, printed.err.count("\n")) == (1, "", 1)


def test_a_missing_file_and_a_broken_archive_are_told(tmp_path, capsys):
    (tmp_path / "case.txt.gz").write_bytes(b"no archive")

    assert main(["groups", str(tmp_path / "none.json")]) == 1
    assert main(["groups", str(tmp_path / "case.txt.gz")]) == 1
    assert capsys.readouterr().err.count("\n") == 2


def test_wrong_usage_ends_with_two(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["knitting", "case.json"])

    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"time_limit_s": 0, "seed": 1}, "time_limit_s must be a number of seconds above 0, not 0"),
        (
            {"time_limit_s": float("nan"), "seed": 1},
            "time_limit_s must be a number of seconds above 0, not nan",
        ),
        ({"time_limit_s": 1, "seed": -1}, "seed must be >= 0, not -1"),
        ({"time_limit_s": 1, "seed": 1, "threads": 0}, "threads must be >= 1, not 0"),
    ],
)
def test_limits_check_themselves(arguments, message):
    with pytest.raises(InvalidInstance) as caught:
        Limits(**arguments)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(90.0, 100.0, 0.1), (3.0, 0.0, 1.0), (0.0, 0.0, 0.0), (None, 1.0, None), (1.0, None, None)],
)
def test_the_gap_is_a_share_of_the_bound(value, bound, gap):
    result = Result(
        status=Status.TIME_LIMIT, value=value, bound=bound, seconds=1.0, prepare_s=0.0, seed=1, checker=None
    )

    assert result.gap == gap


def test_every_problem_has_its_command():
    assert [command_for(problem).name for problem in PROBLEMS] == list(PROBLEMS)
