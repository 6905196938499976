"""``python -m filiera_solvers PROBLEM FILE``; the same parser serves ``filiera solve``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Limits, Progress, Result, Status
from filiera_solvers._registry import COMMAND_MODULES, PROBLEMS, Json, command_for

DONE, FAILED = 0, 1


def main(argv: Sequence[str] | None = None, *, program: str = "python -m filiera_solvers") -> int:
    """Run one command line and return its exit code (wrong usage exits with 2 by argparse)."""
    arguments = _parser(program).parse_args(argv)
    if arguments.problem == "prepare":
        return prepare()
    return run_command(
        arguments.problem,
        arguments.file,
        time_limit_s=arguments.time_limit,
        seed=arguments.seed,
        threads=arguments.threads,
        as_json=arguments.json,
    )


def run_command(
    problem: str, path: Path, *, time_limit_s: float, seed: int, threads: int, as_json: bool
) -> int:
    """Solve one file, print the answer, return the exit code."""
    try:
        limits = Limits(
            time_limit_s=time_limit_s, seed=seed, threads=threads, on_progress=_progress_printer()
        )
        command = command_for(problem)
        instance = command.read(path)
        result = command.solve(instance, limits)
    except (InvalidInstance, OSError) as error:
        print(_one_line(error), file=sys.stderr)
        return FAILED
    answer = answer_as_json(problem, result, command.encode(instance, result))
    print(json.dumps(answer, ensure_ascii=False) if as_json else _as_text(answer))
    if result.status is Status.INFEASIBLE:
        print("infeasible: " + "; ".join(result.conflict or ("no solution exists",)), file=sys.stderr)
        return FAILED
    if result.checker is not None and not result.checker.valid:
        print("the checker refuses the answer: " + "; ".join(result.checker.broken), file=sys.stderr)
        return FAILED
    return DONE


def prepare() -> int:
    """Compile every kernel into its cache on disk, so that no first call has to wait."""
    for problem, module in COMMAND_MODULES.items():
        if find_spec(module) is None:
            continue
        command = command_for(problem)
        if command.prepare is not None:
            command.prepare()
    return DONE


def answer_as_json(problem: str, result: Result, solution: Json) -> dict[str, Json]:
    """Return the answer with the agreed keys, in the agreed order."""
    return {
        "problem": problem,
        "status": result.status.value,
        "value": result.value,
        "bound": result.bound,
        "gap": result.gap,
        "seconds": round(result.seconds, 3),
        "prepare_s": round(result.prepare_s, 3),
        "seed": result.seed,
        "solution": solution,
        "checker": None if result.checker is None else _listed(asdict(result.checker)),
    } | ({"conflict": list(result.conflict)} if result.conflict else {})


def _listed(fields: dict[str, Json]) -> dict[str, Json]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()}


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Solve one problem of an academy from a file.")
    problems = parser.add_subparsers(dest="problem", required=True, metavar="PROBLEM")
    for problem in PROBLEMS:
        one = problems.add_parser(problem)
        one.add_argument("file", type=Path, metavar="FILE")
        one.add_argument("--time-limit", type=float, default=10.0, metavar="S", help="seconds of search")
        one.add_argument("--seed", type=int, default=1, metavar="N")
        one.add_argument("--threads", type=int, default=1, metavar="N")
        one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    problems.add_parser("prepare", help="compile everything into its cache on disk")
    return parser


def _as_text(answer: dict[str, Json]) -> str:
    told = ("status", "value", "bound", "gap", "seconds", "prepare_s", "seed", "checker")
    lines = [f"{key:<10}{json.dumps(answer[key], ensure_ascii=False)}" for key in told]
    return "\n".join([*lines, json.dumps(answer["solution"], ensure_ascii=False, indent=1)])


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())


def _progress_printer() -> _Printer | None:
    return _Printer() if sys.stderr.isatty() else None


class _Printer:
    def __call__(self, progress: Progress) -> None:
        value = "" if progress.value is None else f" {progress.value:,.3f}"
        print(f"\r{progress.share:4.0%} {progress.phase}{value}\033[K", end="", file=sys.stderr, flush=True)
        if progress.share >= 1:
            print(file=sys.stderr)
