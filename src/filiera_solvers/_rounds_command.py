"""Rounds on the command line: JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._groups_command import has_distance, read_distance
from filiera_solvers._groups_instance import FloatMatrix
from filiera_solvers._json_input import Fields, Names, as_whole, read_fields
from filiera_solvers._registry import Command, Json
from filiera_solvers._rounds import prepare_rounds, solve_rounds
from filiera_solvers._rounds_instance import RoundsInstance, RoundsResult, even_sizes


def read_rounds(path: Path) -> RoundsInstance:
    """Read an instance from JSON."""
    fields = read_fields(path)
    fields.refuse_others(
        *("people", "rounds", "repeat_price", "met", "distance", "attributes", "diversity_weight")
    )
    people = Names(fields.texts("people"), "person")
    rounds = fields.objects("rounds")
    absent = [
        frozenset(people.position(person, f"{row.where}: absent") for person in row.items("absent", ()))
        for row in rounds
    ]
    return RoundsInstance(
        people_count=len(people),
        sizes=tuple(_sizes(row, len(people) - len(away)) for row, away in zip(rounds, absent, strict=True)),
        absent=tuple(absent),
        repeat_price=fields.number("repeat_price", 1.0),
        met=_met(fields, people),
        distance=read_distance(fields, people) if has_distance(fields) else None,
        diversity_weight=fields.number("diversity_weight", 0.0),
        names=people.names,
    )


def _sizes(row: Fields, present: int) -> tuple[int, ...]:
    row.refuse_others("groups", "sizes", "absent")
    if ("sizes" in row) == ("groups" in row):
        raise InvalidInstance(f"{row.where} needs either groups or sizes")
    if "groups" in row:
        return even_sizes(present, row.whole("groups"))
    return tuple(as_whole(size, f"{row.where}: sizes") for size in row.items("sizes"))


def _met(fields: Fields, people: Names) -> FloatMatrix | None:
    met = np.zeros((len(people), len(people)))
    for index, (one, two, cost) in enumerate(fields.priced_pairs("met", people)):
        if one == two:
            raise InvalidInstance(
                f"{fields.where}: met[{index}]: {people.names[one]} cannot have met themselves"
            )
        met[one, two] += cost
        met[two, one] += cost
    return met if met.any() else None


def _encode(instance: RoundsInstance, result: RoundsResult) -> Json:
    if result.group_of is None:
        return None
    rounds: list[Json] = []
    for row, sizes in zip(result.group_of, instance.sizes, strict=True):
        groups: list[Json] = [
            [instance.names[person] for person in np.flatnonzero(row == group)] for group in range(len(sizes))
        ]
        rounds.append(groups)
    return {"rounds": rounds, "repeats": result.repeats}


COMMAND = Command(name="rounds", read=read_rounds, solve=solve_rounds, encode=_encode, prepare=prepare_rounds)
