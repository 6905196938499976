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
from filiera_solvers._json_input import Fields, Names, as_list, as_number, read_fields
from filiera_solvers._registry import Command, Json


def read_groups(path: Path) -> GroupsInstance:
    """Read an instance from JSON or from MDGPLIB text (both also gzipped)."""
    return _read_json(path) if ".json" in path.suffixes else read_mdgplib(path)


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
    fields = read_fields(path)
    fields.refuse_others(
        *("people", "groups", "distance", "attributes", "together", "apart"),
        *("fixed", "wishes", "current", "move_price"),
    )
    people = Names(fields.texts("people"), "person")
    rows = fields.objects("groups")
    for row in rows:
        row.refuse_others("id", "smallest", "largest")
    groups = Names([row.text("id") for row in rows], "group")
    return GroupsInstance(
        distance=read_distance(fields, people),
        smallest=np.array([row.whole("smallest") for row in rows], dtype=np.int64),
        largest=np.array([row.whole("largest") for row in rows], dtype=np.int64),
        together=fields.pairs("together", people),
        apart=fields.pairs("apart", people),
        fixed_group=_group_of_each(fields, "fixed", people, groups),
        wish=_wishes(fields, people, groups),
        current_group=_group_of_each(fields, "current", people, groups),
        move_price=fields.number("move_price", 0.0),
        names=people.names,
        group_names=groups.names,
    )


def _group_of_each(fields: Fields, name: str, people: Names, groups: Names) -> IntVector | None:
    given = fields.mapping(name)
    if not given:
        return None
    where = f"{fields.where}: {name}"
    group_of = np.full(len(people), FREE, dtype=np.int64)
    for person, group in given.items():
        group_of[people.position(person, where)] = groups.position(group, where)
    return group_of


def _wishes(fields: Fields, people: Names, groups: Names) -> FloatMatrix | None:
    wish = np.zeros((len(people), len(groups)))
    for index, value in enumerate(fields.items("wishes", ())):
        where = f"{fields.where}: wishes[{index}]"
        given = as_list(value, where)
        if len(given) != 3:
            raise InvalidInstance(f"{where} must be a person, a group and a worth")
        row, column = people.position(given[0], where), groups.position(given[1], where)
        wish[row, column] += as_number(given[2], where)
    return wish if wish.any() else None


def has_distance(fields: Fields) -> bool:
    """Say whether a file tells how different people are."""
    return "distance" in fields or "attributes" in fields


def read_distance(fields: Fields, people: Names) -> FloatMatrix:
    """Return the distance matrix of the JSON formats, given itself or by attributes."""
    if ("distance" in fields) == ("attributes" in fields):
        raise InvalidInstance(f"{fields.where}: either distance or attributes must be given")
    if "attributes" in fields:
        return distance_from_attributes(
            [_attribute(row, len(people)) for row in fields.objects("attributes")]
        )
    where = f"{fields.where}: distance"
    rows = [[as_number(value, where) for value in as_list(row, where)] for row in fields.items("distance")]
    if len(rows) != len(people):
        raise InvalidInstance(f"{where} has {len(rows)} rows for {len(people)} people")
    for number, row in enumerate(rows):
        if len(row) != len(people):
            raise InvalidInstance(f"{where}[{number}] has {len(row)} numbers for {len(people)} people")
    return np.array(rows, dtype=np.float64).reshape(len(rows), -1)


def _attribute(row: Fields, people: int) -> Attribute:
    row.refuse_others("name", "kind", "weight", "order", "values")
    name, kind, values = row.text("name"), row.text("kind"), row.items("values")
    if kind not in set(AttributeKind):
        raise InvalidInstance(f"{row.where}: attribute {name} is of unknown kind {kind!r}")
    if len(values) != people:
        raise InvalidInstance(f"{row.where}: attribute {name} has {len(values)} values for {people} people")
    return Attribute(
        name=name,
        kind=AttributeKind(kind),
        values=[tuple(value) if isinstance(value, list) else value for value in values],
        weight=row.number("weight", 1.0),
        order=row.items("order", ()),
    )


def _encode(instance: GroupsInstance, result: GroupsResult) -> Json:
    if result.group_of is None:
        return None
    groups: dict[str, Json] = {}
    for number, name in enumerate(instance.group_names):
        groups[name] = [instance.names[person] for person in np.flatnonzero(result.group_of == number)]
    return {"groups": groups, "group_of": [instance.group_names[group] for group in result.group_of]}


COMMAND = Command(name="groups", read=read_groups, solve=solve_groups, encode=_encode, prepare=prepare_groups)
