"""Seating on the command line: JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filiera_solvers._groups import prepare_groups
from filiera_solvers._groups_command import has_distance, read_distance
from filiera_solvers._json_input import Fields, Names, read_fields
from filiera_solvers._registry import Command, Json
from filiera_solvers._seating import solve_seating
from filiera_solvers._seating_instance import SeatingInstance, SeatingResult, Table, evenly_filled


def read_seating(path: Path) -> SeatingInstance:
    """Read an instance from JSON."""
    fields = read_fields(path)
    fields.refuse_others(
        *("guests", "tables", "together", "apart", "wishes", "met"),
        *("distance", "attributes", "mix_weight"),
    )
    rows = fields.objects("guests")
    for row in rows:
        row.refuse_others("id", "host", "diets")
    guests = Names([row.text("id") for row in rows], "guest")
    return SeatingInstance(
        names=guests.names,
        tables=_tables(fields.objects("tables"), len(guests)),
        hosts=frozenset(guest for guest, row in enumerate(rows) if row.truth("host", default=False)),
        diets=tuple(frozenset(row.texts("diets", ())) for row in rows),
        together=fields.pairs("together", guests),
        apart=fields.pairs("apart", guests),
        wishes=fields.priced_pairs("wishes", guests),
        met=fields.priced_pairs("met", guests),
        distance=read_distance(fields, guests) if has_distance(fields) else None,
        mix_weight=fields.number("mix_weight", 1.0),
    )


def _tables(rows: list[Fields], guests: int) -> tuple[Table, ...]:
    for row in rows:
        row.refuse_others("id", "seats", "smallest", "hosts", "diets")
    fewest = evenly_filled([row.whole("seats") for row in rows], guests)
    return tuple(
        Table(
            name=row.text("id"),
            seats=row.whole("seats"),
            smallest=row.whole("smallest", int(few)),
            hosts=row.whole("hosts", 0),
            diets=frozenset(row.texts("diets")) if "diets" in row else None,
        )
        for row, few in zip(rows, fewest, strict=True)
    )


def _encode(instance: SeatingInstance, result: SeatingResult) -> Json:
    if result.table_of is None:
        return None
    return {
        "tables": {
            table.name: [instance.names[guest] for guest in np.flatnonzero(result.table_of == number)]
            for number, table in enumerate(instance.tables)
        }
    }


COMMAND = Command(
    name="seating", read=read_seating, solve=solve_seating, encode=_encode, prepare=prepare_groups
)
