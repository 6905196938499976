"""Agendas of four real conferences (CoSPLib), under the weights of the values that their authors published.

``python tests/figures/solvers/figure_agenda.py [--time-limit 300] [--only N2OR …]``
"""

from __future__ import annotations

import argparse

from published_agendas import PUBLISHED, valued_as_theirs
from tables import BENCH, Row, tell

from filiera_solvers import Limits
from filiera_solvers._agenda import solve_agenda
from filiera_solvers._agenda_instance import AgendaInstance
from filiera_solvers._agenda_workbook import read_agenda

# Of these no value is published; they are solved under the weights of their workbooks.
WITHOUT_VALUE = ("OR60", "GECCO22")


def main() -> None:
    """Print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-limit", type=float, default=300.0)
    parser.add_argument("--only", nargs="+", metavar="CONFERENCE")
    given = parser.parse_args()
    rows: list[Row] = []
    for name, model, weights, published in PUBLISHED:
        if given.only is None or name in given.only:
            instance = valued_as_theirs(conference(name), weights)
            rows.append({"conference": name, "as valued in": model, **solved(instance, given.time_limit)})
            rows[-1]["published"] = float(published)
    for name in WITHOUT_VALUE:
        if given.only is None or name in given.only:
            rows.append({"conference": name, "as valued in": "workbook"})
            rows[-1] |= solved(conference(name), given.time_limit)
    tell("agenda", f"Agendas of real conferences, {given.time_limit:g} s, two threads", rows)


def conference(name: str) -> AgendaInstance:
    """A conference as its workbook tells it."""
    return read_agenda(BENCH / "conference" / f"{name}.xlsx")


def solved(instance: AgendaInstance, time_limit_s: float) -> Row:
    """What the solver answers within a time."""
    result = solve_agenda(instance, Limits(time_limit_s=time_limit_s, seed=1, threads=2))
    return {
        "status": result.status.value,
        "seconds": round(result.seconds, 1),
        "value": result.value,
        "bound": result.bound,
        "valid": result.checker is not None and result.checker.valid,
    }


if __name__ == "__main__":
    main()
