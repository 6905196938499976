"""Rounds on the command line: JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._groups_command import distance_at
from filiera_solvers._json_reading import (
    list_at,
    number_at,
    objects_in,
    position_of,
    positions_of,
    read_json_object,
    refuse_unknown_keys,
    texts_in,
    whole_at,
)
from filiera_solvers._registry import Command, Json
from filiera_solvers._rounds import prepare_rounds, solve_rounds
from filiera_solvers._rounds_instance import RoundsInstance, RoundsResult, even_sizes

KEYS = ("people", "rounds", "repeat_price", "met", "distance", "attributes", "diversity_weight")


def read_rounds(path: Path) -> RoundsInstance:
    """Read an instance from JSON."""
    content = read_json_object(path)
    refuse_unknown_keys(content, KEYS, path.name)
    names = texts_in(list_at(content, "people", required=True), "people")
    person_at = positions_of(names, "person")
    sizes, absent = [], []
    for number, one in enumerate(objects_in(content, "rounds", required=True)):
        refuse_unknown_keys(one, ("groups", "sizes", "absent"), f"rounds[{number}]")
        away = frozenset(position_of(person, person_at, "person") for person in list_at(one, "absent"))
        absent.append(away)
        if ("sizes" in one) == ("groups" in one):
            raise InvalidInstance(f"rounds[{number}] needs either groups or sizes")
        if "groups" in one:
            sizes.append(even_sizes(len(names) - len(away), whole_at(one, "groups")))
        else:
            sizes.append(tuple(whole_at({"size": size}, "size") for size in list_at(one, "sizes")))
    met = np.zeros((len(names), len(names)))
    for number, value in enumerate(list_at(content, "met")):
        if not isinstance(value, list) or len(value) not in (2, 3):
            raise InvalidInstance(f"met[{number}] must be two people and a cost")
        pair = [position_of(person, person_at, "person") for person in value[:2]]
        if pair[0] == pair[1]:
            raise InvalidInstance(f"met[{number}]: {value[0]} cannot have met themselves")
        cost = number_at({"cost": value[2] if len(value) == 3 else 1.0}, "cost", where=f"met[{number}]: ")
        met[pair[0], pair[1]] += cost
        met[pair[1], pair[0]] += cost
    has_distance = "distance" in content or "attributes" in content
    return RoundsInstance(
        people_count=len(names),
        sizes=tuple(sizes),
        absent=tuple(absent),
        repeat_price=number_at(content, "repeat_price", 1.0),
        met=met if met.any() else None,
        distance=distance_at(content, names) if has_distance else None,
        diversity_weight=number_at(content, "diversity_weight", 0.0),
        names=tuple(names),
    )


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
