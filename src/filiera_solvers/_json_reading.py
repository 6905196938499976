"""Reading instances from JSON: every complaint is one line that names the place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from filiera_solvers._errors import InvalidInstance


def read_json_object(path: Path) -> dict[str, object]:
    """Return the JSON object in a file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidInstance(f"{path.name} is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise InvalidInstance(f"{path.name} must hold one JSON object")
    return content


def refuse_unknown_keys(content: Mapping[str, object], known: Sequence[str], where: str) -> None:
    """Complain about a key nobody reads: a misspelt rule must not be dropped in silence."""
    unknown = sorted(set(content) - set(known))
    if unknown:
        raise InvalidInstance(f"{where} has the unknown key {unknown[0]!r}")


def list_at(content: Mapping[str, object], key: str, *, required: bool = False) -> list[object]:
    """Return the list under a key, empty when it may be missing."""
    value = content.get(key)
    if value is None and not required:
        return []
    if not isinstance(value, list):
        raise InvalidInstance(f"{key} must be a list")
    return value


def object_at(content: Mapping[str, object], key: str) -> dict[str, object]:
    """Return the object under a key, empty when it is missing."""
    value = content.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInstance(f"{key} must be an object")
    return value


def objects_in(content: Mapping[str, object], key: str, *, required: bool = False) -> list[dict[str, object]]:
    """Return the list of objects under a key."""
    objects = []
    for number, value in enumerate(list_at(content, key, required=required)):
        if not isinstance(value, dict):
            raise InvalidInstance(f"{key}[{number}] must be an object")
        objects.append(value)
    return objects


def number_at(
    content: Mapping[str, object], key: str, default: float | None = None, *, where: str = ""
) -> float:
    """Return the number under a key."""
    value = content.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInstance(f"{where}{key} must be a number, not {value!r}")
    return float(value)


def whole_at(content: Mapping[str, object], key: str, default: int | None = None, *, where: str = "") -> int:
    """Return the whole number under a key."""
    value = number_at(content, key, default, where=where)
    if value != int(value):
        raise InvalidInstance(f"{where}{key} must be a whole number, not {value}")
    return int(value)


def text_at(content: Mapping[str, object], key: str, *, where: str = "") -> str:
    """Return the text under a key."""
    value = content.get(key)
    if not isinstance(value, str):
        raise InvalidInstance(f"{where}{key} must be a text, not {value!r}")
    return value


def positions_of(ids: Sequence[str], what: str) -> dict[str, int]:
    """Return each id's position; an id must not stand twice."""
    positions: dict[str, int] = {}
    for position, one in enumerate(ids):
        if one in positions:
            raise InvalidInstance(f"{what} {one!r} stands twice")
        positions[one] = position
    return positions


def position_of(one: object, positions: Mapping[str, int], what: str) -> int:
    """Return the position of an id; InvalidInstance for an unknown one."""
    if not isinstance(one, str) or one not in positions:
        raise InvalidInstance(f"unknown {what} {one!r}")
    return positions[one]


def pairs_at(
    content: Mapping[str, object], key: str, positions: Mapping[str, int]
) -> tuple[tuple[int, int], ...]:
    """Return pairs of people by position."""
    pairs = []
    for number, value in enumerate(list_at(content, key)):
        if not isinstance(value, list) or len(value) != 2:
            raise InvalidInstance(f"{key}[{number}] must be a pair of people")
        pairs.append((position_of(value[0], positions, "person"), position_of(value[1], positions, "person")))
    return tuple(pairs)


def texts_in(values: Sequence[object], what: str) -> list[str]:
    """Return a list of texts."""
    for value in values:
        if not isinstance(value, str):
            raise InvalidInstance(f"{what} must be texts, not {value!r}")
    return [str(value) for value in values]


def rows_at(content: Mapping[str, object], key: str) -> list[list[float]]:
    """Return a matrix of numbers as rows of equal length."""
    rows: list[list[float]] = []
    for number, row in enumerate(list_at(content, key)):
        if not isinstance(row, list) or any(
            isinstance(value, bool) or not isinstance(value, (int, float)) for value in row
        ):
            raise InvalidInstance(f"{key}[{number}] must be a row of numbers")
        if rows and len(row) != len(rows[0]):
            raise InvalidInstance(f"{key}[{number}] has {len(row)} numbers instead of {len(rows[0])}")
        rows.append([float(value) for value in row])
    return rows
