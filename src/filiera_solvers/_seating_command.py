"""Seating on the command line: JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._groups import prepare_groups
from filiera_solvers._groups_command import distance_at
from filiera_solvers._json_reading import (
    list_at,
    number_at,
    objects_in,
    pairs_at,
    position_of,
    positions_of,
    read_json_object,
    refuse_unknown_keys,
    text_at,
    texts_in,
    whole_at,
)
from filiera_solvers._registry import Command, Json
from filiera_solvers._seating import solve_seating
from filiera_solvers._seating_instance import (
    PricedPairs,
    SeatingInstance,
    SeatingResult,
    Table,
    evenly_filled,
)

KEYS = (
    *("guests", "tables", "together", "apart", "wishes", "met"),
    *("distance", "attributes", "mix_weight"),
)


def read_seating(path: Path) -> SeatingInstance:
    """Read an instance from JSON."""
    content = read_json_object(path)
    refuse_unknown_keys(content, KEYS, path.name)
    guests = objects_in(content, "guests", required=True)
    for number, guest in enumerate(guests):
        refuse_unknown_keys(guest, ("id", "host", "diets"), f"guests[{number}]")
    names = [text_at(guest, "id", where="guests: ") for guest in guests]
    guest_at = positions_of(names, "person")
    has_distance = "distance" in content or "attributes" in content
    return SeatingInstance(
        names=tuple(names),
        tables=_tables(content, len(names)),
        hosts=frozenset(number for number, guest in enumerate(guests) if guest.get("host") is True),
        diets=tuple(frozenset(texts_in(list_at(guest, "diets"), "diets")) for guest in guests),
        together=pairs_at(content, "together", guest_at),
        apart=pairs_at(content, "apart", guest_at),
        wishes=_priced_pairs(content, "wishes", guest_at),
        met=_priced_pairs(content, "met", guest_at),
        distance=distance_at(content, names) if has_distance else None,
        mix_weight=number_at(content, "mix_weight", 1.0),
    )


def _tables(content: dict[str, object], guests: int) -> tuple[Table, ...]:
    rows = objects_in(content, "tables", required=True)
    for number, row in enumerate(rows):
        refuse_unknown_keys(row, ("id", "seats", "smallest", "hosts", "diets"), f"tables[{number}]")
    fewest = evenly_filled([whole_at(row, "seats", where="tables: ") for row in rows], guests)
    return tuple(
        Table(
            name=text_at(row, "id", where="tables: "),
            seats=whole_at(row, "seats", where="tables: "),
            smallest=whole_at(row, "smallest", int(few), where="tables: "),
            hosts=whole_at(row, "hosts", 0, where="tables: "),
            diets=frozenset(texts_in(list_at(row, "diets"), "diets")) if "diets" in row else None,
        )
        for row, few in zip(rows, fewest, strict=True)
    )


def _priced_pairs(content: dict[str, object], key: str, guest_at: dict[str, int]) -> PricedPairs:
    pairs = []
    for number, value in enumerate(list_at(content, key)):
        if not isinstance(value, list) or len(value) not in (2, 3):
            raise InvalidInstance(f"{key}[{number}] must be two guests and a number")
        amount = number_at(
            {"amount": value[2] if len(value) == 3 else 1.0}, "amount", where=f"{key}[{number}]: "
        )
        one, two = (position_of(guest, guest_at, "person") for guest in value[:2])
        pairs.append((one, two, amount))
    return tuple(pairs)


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
