"""Groups against the best published values of MDGPLIB, and on generated instances of 960 people.

``python tests/figures/solvers/figure_groups.py [--seeds 3] [--only ten|two|sixty|large|small]``

On a machine that is shared with other work, ``--core-seconds`` lets the searches count the seconds they had a
core (their mean over the threads) instead of those on the wall.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from types import SimpleNamespace
from unittest.mock import patch

from generate_groups import mdgp_lines
from tables import BENCH, Row, tell

from filiera_solvers import GroupsInstance, GroupsResult, Limits, solve_groups
from filiera_solvers._groups_command import read_groups

COUNTS_CORE_SECONDS = "--core-seconds" in sys.argv
CLASS_MEAN_960 = 1_217_991.0  # of the published best values, m = 24, uniform distances


def published() -> Iterator[tuple[str, float]]:
    """Yield each large instance at hand with its best known value."""
    for line in (BENCH / "mdgp" / "best_known.csv").read_text(encoding="utf-8").splitlines()[1:]:
        name, *_, best = line.split(",")[:5]
        if (BENCH / "mdgp" / f"{name}.txt.gz").exists():
            yield name, float(best)


def solved(name: str, *, time_limit_s: float, seed: int, threads: int = 1) -> GroupsResult:
    """Solve one published instance."""
    instance = read_groups(BENCH / "mdgp" / f"{name}.txt.gz")
    return searched(instance, Limits(time_limit_s=time_limit_s, seed=seed, threads=threads))


def searched(instance: GroupsInstance, limits: Limits) -> GroupsResult:
    """Solve one instance, on the clock that was asked for."""
    clock = time.perf_counter
    if COUNTS_CORE_SECONDS:
        clock = lambda: time.process_time() / limits.threads  # noqa: E731 - the one or the other
    shared = SimpleNamespace(perf_counter=clock)
    with patch("filiera_solvers._frame.time", shared), patch("filiera_solvers._groups_search.time", shared):
        result = solve_groups(instance, limits)
    assert result.checker is not None
    assert result.checker.valid
    return result


def against_published(
    seeds: int, *, time_limit_s: float, threads: int, people: tuple[str, ...] = ("",)
) -> list[Row]:
    """Return a row an instance: gaps in percent of the best known value, negative where it is beaten."""
    rows: list[Row] = []
    for name, best_known in published():
        if not any(part in name for part in people):
            continue
        values = [
            solved(name, time_limit_s=time_limit_s, seed=seed, threads=threads).value or 0.0
            for seed in range(1, seeds + 1)
        ]
        gaps = [100 * (best_known - value) / best_known for value in values]
        rows.append(
            {
                "instance": name,
                "seeds": seeds,
                "seconds": time_limit_s,
                "threads": threads,
                "value": median(values),
                "best known": best_known,
                "gap %": median(gaps),
                "worst gap %": max(gaps),
            }
        )
    gaps = [float(str(row["gap %"])) for row in rows]
    return [*rows, {"instance": "mean", "gap %": mean(gaps), "worst gap %": max(gaps)}]


def generated_960(seeds: int, *, time_limit_s: float) -> list[Row]:
    """Return a row for each generated instance of 960 people in 24 groups, two threads."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, seeds + 1):
            path = Path(folder) / f"generated_{seed}.txt.gz"
            with gzip.open(path, "wt", compresslevel=1) as file:
                file.writelines(line + "\n" for line in mdgp_lines("RanReal", 960, 24, seed))
            result = searched(read_groups(path), Limits(time_limit_s=time_limit_s, seed=1, threads=2))
            rows.append(
                {"instance": f"generated, seed {seed}", "seconds": time_limit_s, "value": result.value}
            )
    value = mean(float(str(row["value"])) for row in rows)
    gap = 100 * (CLASS_MEAN_960 - value) / CLASS_MEAN_960
    return [*rows, {"instance": "mean", "value": value, "best known": CLASS_MEAN_960, "gap %": gap}]


def small() -> list[Row]:
    """Return a row for each small instance: proven up to twelve people."""
    rows: list[Row] = []
    for line in (BENCH / "mdgp" / "small_reference.csv").read_text(encoding="utf-8").splitlines()[1:]:
        name, _, _, _, reference, _ = line.split(",")
        result = solved(name, time_limit_s=2, seed=1)
        rows.append(
            {
                "instance": name,
                "status": result.status.value,
                "seconds": round(result.seconds, 2),
                "value": result.value,
                "reference": float(reference),
                "gap %": 100 * (float(reference) - (result.value or 0.0)) / float(reference),
            }
        )
    return rows


def main() -> None:
    """Print and keep the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", choices=("ten", "two", "sixty", "large", "small"))
    parser.add_argument("--core-seconds", action="store_true")
    given = parser.parse_args()
    tables = {
        "small": lambda: tell("groups_small", "Groups, up to 60 people", small()),
        "two": lambda: tell(
            "groups_2s",
            "Groups of 120 people, 2 s, one thread, ten seeds",
            against_published(10, time_limit_s=2, threads=1, people=("n120",)),
        ),
        "ten": lambda: tell(
            "groups_10s",
            "Groups, 10 s, one thread",
            against_published(given.seeds, time_limit_s=10, threads=1),
        ),
        "sixty": lambda: tell(
            "groups_60s",
            "Groups, 60 s, two threads",
            against_published(given.seeds, time_limit_s=60, threads=2),
        ),
        "large": lambda: tell(
            "groups_960", "Groups of 960 people, 60 s, two threads", generated_960(5, time_limit_s=60)
        ),
    }
    for name, table in tables.items():
        if given.only in (None, name):
            table()


if __name__ == "__main__":
    main()
