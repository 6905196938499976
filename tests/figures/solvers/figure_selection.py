"""How fast cohorts are proven, and how many of their reasons stand up to another solver."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from generate_selection import applications
from tables import Row, tell

from filiera_solvers import Limits, check_reasons, solve_selection
from filiera_solvers._selection_command import read_selection

SIZES = ((84, 30, 20.0), (1000, 100, 20.0))
SEEDS = (1, 2, 3)


def row_for(candidates: int, places: int, seconds: float, seed: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.json"
        path.write_text(
            json.dumps(applications(seed, candidates=candidates, places=places)), encoding="utf-8"
        )
        instance = read_selection(path)
    result = solve_selection(instance, Limits(time_limit_s=seconds, seed=seed), with_reasons=True)
    # Of a thousand, every twentieth is put to the test: each takes the other solver several searches.
    tested = result.reasons if candidates < 100 else result.reasons[::20]
    return {
        "candidates": candidates,
        "places": places,
        "seed": seed,
        "limits": len(instance.limits),
        "status": result.status.value,
        "s": round(result.seconds, 3),
        "value": result.value,
        "gap": result.gap,
        "reasons": len(result.reasons),
        "reasons s": round(result.reasons_s, 1),
        "by limits": sum(1 for reason in result.reasons if reason.kind.value == "limits"),
        "tested": len(tested),
        "untrue": len(check_reasons(instance, result.chosen.tolist(), tested)),
    }


def main() -> None:
    rows = [row_for(*size, seed) for size in SIZES for seed in SEEDS]
    tell("selection", "Selection: a cohort proven, and its reasons tested by another solver", rows)


if __name__ == "__main__":
    main()
