"""Groups on the command line: MDGPLIB files and JSON."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._groups import prepare_groups, solve_groups
from filiera_solvers._groups_instance import (
    FREE,
    Attribute,
    AttributeKind,
    FloatMatrix,
    GroupsInstance,
    GroupsResult,
    IntVector,
    distance_from_attributes,
)
from filiera_solvers._json_reading import (
    list_at,
    number_at,
    object_at,
    objects_in,
    pairs_at,
    position_of,
    positions_of,
    read_json_object,
    refuse_unknown_keys,
    rows_at,
    text_at,
    texts_in,
    whole_at,
)
from filiera_solvers._registry import Command, Json

KEYS = (
    *("people", "groups", "distance", "attributes", "together", "apart"),
    *("fixed", "wishes", "current", "move_price"),
)


def read_groups(path: Path) -> GroupsInstance:
    """Read an instance from JSON, or from MDGPLIB text (also gzipped)."""
    return _read_json(path) if path.suffix == ".json" else read_mdgplib(path)


def read_mdgplib(path: Path) -> GroupsInstance:
    """Read the text format of MDGPLIB: sizes in the first line, then one distance a line."""
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="ascii") as lines:
            head = lines.readline().split()
            people, bounds = _mdgplib_head(path, head)
            table = np.loadtxt(lines, dtype=[("i", "i4"), ("j", "i4"), ("d", "f8")], ndmin=1)
    except (OSError, EOFError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, (InvalidInstance, FileNotFoundError, PermissionError, IsADirectoryError)):
            raise
        raise InvalidInstance(f"{path.name} is no MDGPLIB file: {error}") from error
    first, second = table["i"], table["j"]
    if len(table) and not (first.min() >= 0 and second.max() < people and (first < second).all()):
        raise InvalidInstance(f"{path.name}: pairs must have 0 <= i < j < {people}")
    if len(table) != people * (people - 1) // 2:
        raise InvalidInstance(f"{path.name} has {len(table)} distances, {people} people need one a pair")
    distance = np.full((people, people), np.nan)
    np.fill_diagonal(distance, 0.0)
    distance[first, second] = table["d"]
    distance[second, first] = table["d"]
    return GroupsInstance(distance=distance, smallest=bounds[0::2], largest=bounds[1::2])


def _mdgplib_head(path: Path, head: list[str]) -> tuple[int, IntVector]:
    try:
        people, groups = int(head[0]), int(head[1])
        bounds = np.array([int(number) for number in head[3:]], dtype=np.int64)
    except (IndexError, ValueError) as error:
        raise InvalidInstance(f"{path.name}: the first line must be 'n m ss|ds lo1 hi1 ...'") from error
    if people < 1 or groups < 1 or len(bounds) != 2 * groups:
        raise InvalidInstance(f"{path.name}: {groups} groups need {2 * groups} bounds, not {len(bounds)}")
    return people, bounds


def _read_json(path: Path) -> GroupsInstance:
    content = read_json_object(path)
    refuse_unknown_keys(content, KEYS, path.name)
    names = texts_in(list_at(content, "people", required=True), "people")
    groups = objects_in(content, "groups", required=True)
    person_at = positions_of(names, "person")
    group_names = [text_at(group, "id", where="groups: ") for group in groups]
    group_at = positions_of(group_names, "group")
    wish = np.zeros((len(names), len(groups)))
    for number, value in enumerate(list_at(content, "wishes")):
        if not isinstance(value, list) or len(value) != 3:
            raise InvalidInstance(f"wishes[{number}] must be a person, a group and a worth")
        row, column = position_of(value[0], person_at, "person"), position_of(value[1], group_at, "group")
        wish[row, column] += number_at({"worth": value[2]}, "worth", where=f"wishes[{number}]: ")
    places = {}
    for key in ("fixed", "current"):
        places[key] = np.full(len(names), FREE, dtype=np.int64)
        for person, group in object_at(content, key).items():
            places[key][position_of(person, person_at, "person")] = position_of(group, group_at, "group")
    return GroupsInstance(
        distance=distance_at(content, names),
        smallest=np.array(
            [whole_at(group, "smallest", where="groups: ") for group in groups], dtype=np.int64
        ),
        largest=np.array([whole_at(group, "largest", where="groups: ") for group in groups], dtype=np.int64),
        together=pairs_at(content, "together", person_at),
        apart=pairs_at(content, "apart", person_at),
        fixed_group=places["fixed"] if content.get("fixed") else None,
        wish=wish if wish.any() else None,
        current_group=places["current"] if content.get("current") else None,
        move_price=number_at(content, "move_price", 0.0),
        names=tuple(names),
        group_names=tuple(group_names),
    )


def _bounds(groups: list[dict[str, object]], key: str) -> IntVector:
    return np.array([whole_at(group, key, where="groups: ") for group in groups], dtype=np.int64)


def distance_at(content: dict[str, object], names: list[str]) -> FloatMatrix:
    """Return the distance matrix of the JSON formats, given itself or by attributes."""
    if ("distance" in content) == ("attributes" in content):
        raise InvalidInstance("either distance or attributes must be given")
    if "distance" in content:
        rows = rows_at(content, "distance")
        if len(rows) != len(names):
            raise InvalidInstance(f"distance has {len(rows)} rows for {len(names)} people")
        return np.array(rows, dtype=np.float64)
    attributes = []
    for attribute in objects_in(content, "attributes"):
        name = text_at(attribute, "name", where="attributes: ")
        refuse_unknown_keys(attribute, ("name", "kind", "weight", "order", "values"), f"attribute {name}")
        kind = text_at(attribute, "kind", where=f"attribute {name}: ")
        if kind not in set(AttributeKind):
            raise InvalidInstance(f"attribute {name} is of unknown kind {kind!r}")
        values = list_at(attribute, "values", required=True)
        if len(values) != len(names):
            raise InvalidInstance(f"attribute {name} has {len(values)} values for {len(names)} people")
        attributes.append(
            Attribute(
                name=name,
                kind=AttributeKind(kind),
                values=[tuple(value) if isinstance(value, list) else value for value in values],
                weight=number_at(attribute, "weight", 1.0, where=f"attribute {name}: "),
                order=list_at(attribute, "order"),
            )
        )
    return distance_from_attributes(attributes)


def _encode(instance: GroupsInstance, result: GroupsResult) -> Json:
    if result.group_of is None:
        return None
    groups: dict[str, Json] = {}
    for number, name in enumerate(instance.group_names):
        groups[name] = [instance.names[person] for person in np.flatnonzero(result.group_of == number)]
    return {"groups": groups, "group_of": [instance.group_names[group] for group in result.group_of]}


COMMAND = Command(name="groups", read=read_groups, solve=solve_groups, encode=_encode, prepare=prepare_groups)
