"""Agendas of four real conferences (CoSPLib), with the values their authors published.

``python tests/figures/solvers/figure_agenda.py [--time-limit 300]``
"""

from __future__ import annotations

import argparse

from tables import BENCH, Row, tell

from filiera_solvers import Limits
from filiera_solvers._agenda import solve_agenda
from filiera_solvers._agenda_workbook import read_agenda


def main() -> None:
    """Print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-limit", type=float, default=300.0)
    given = parser.parse_args()
    folder = BENCH / "conference"
    rows: list[Row] = []
    for line in (folder / "reference_values.csv").read_text(encoding="utf-8").splitlines()[1:]:
        name, *_, exact, extended = line.split(",")
        result = solve_agenda(
            read_agenda(folder / name), Limits(time_limit_s=given.time_limit, seed=1, threads=2)
        )
        rows.append(
            {
                "conference": name.removesuffix(".xlsx"),
                "status": result.status.value,
                "seconds": round(result.seconds, 1),
                "value": result.value,
                "bound": result.bound,
                "published, exact model": float(exact) if exact else None,
                "published, extended model": float(extended) if extended else None,
                "valid": result.checker is not None and result.checker.valid,
            }
        )
    tell("agenda", f"Agendas of real conferences, {given.time_limit:g} s, two threads", rows)


if __name__ == "__main__":
    main()
