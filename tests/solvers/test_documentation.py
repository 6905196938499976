"""Every page about a solver runs as it stands, and every example is what its schema says."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "solvers"
PAGES = sorted(DOCS.glob("*.md"))
EXAMPLES = sorted((DOCS / "examples").glob("*.json"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_code_of_a_page_runs(page, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)

    for block in blocks:
        exec(compile(block, str(page), "exec"), {"__name__": "example"})

    assert capsys.readouterr().out


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_is_what_its_schema_says(example):
    schema = json.loads((DOCS / f"{example.stem.split('-')[0]}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.validate(json.loads(example.read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if "small" in one.stem], ids=lambda one: one.stem
)
def test_a_small_example_is_solved_from_the_command_line(example):
    problem = example.stem.split("-")[0]

    done = subprocess.run(
        [sys.executable, "-m", "filiera_solvers", problem, str(example), "--time-limit", "1", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(done.stdout)

    assert (done.returncode, done.stderr) == (0, "")
    assert list(answer) == [
        *(
            "problem",
            "status",
            "value",
            "bound",
            "gap",
            "seconds",
            "prepare_s",
            "seed",
            "solution",
            "checker",
        ),
    ]
    assert answer["checker"]["valid"]
