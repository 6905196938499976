"""Seating: generated dinners of growing size."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from generate_groups import seating_case
from tables import Row, tell

from filiera_solvers import Limits, solve_seating
from filiera_solvers._seating_command import read_seating


def main() -> None:
    """Print and keep the table."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for guests in (24, 80, 200):
            path = Path(folder) / "case.json"
            path.write_text(json.dumps(seating_case(guests, 8, 1)), encoding="utf-8")
            instance = read_seating(path)
            for time_limit_s in (1.0, 10.0):
                result = solve_seating(instance, Limits(time_limit_s=time_limit_s, seed=1))
                rows.append(
                    {
                        "guests": guests,
                        "seconds": time_limit_s,
                        "value": result.value,
                        "bound": result.bound,
                        "gap": result.gap,
                        "valid": result.checker is not None and result.checker.valid,
                    }
                )
    tell("seating", "Seating of generated dinners, tables of eight", rows)


if __name__ == "__main__":
    main()
