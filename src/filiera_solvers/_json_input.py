"""Reading instance files: every mistake is one clear line that names the field and the value."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from filiera_solvers._errors import InvalidInstance


class Fields:
    """One JSON object whose fields are asked for by name and kind."""

    def __init__(self, values: object, where: str) -> None:
        if not isinstance(values, dict):
            raise InvalidInstance(f"{where}: an object was expected, not {_shown(values)}")
        self.values = cast("dict[str, object]", values)
        self.where = where

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def refuse_others(self, *known: str) -> None:
        """A misspelt field must not be silently without effect."""
        for name in self.values:
            if name not in known:
                raise InvalidInstance(f"{self.where}: unknown field {name!r}")

    def whole(self, name: str, default: int | None = None) -> int:
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidInstance(f"{self.where}: {name} must be a whole number, not {_shown(value)}")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        value = self._value(name, default)
        return as_number(value, f"{self.where}: {name}")

    def text(self, name: str, default: str | None = None) -> str:
        value = self._value(name, default)
        if not isinstance(value, str):
            raise InvalidInstance(f"{self.where}: {name} must be a text, not {_shown(value)}")
        return value

    def truth(self, name: str, default: bool | None = None) -> bool:
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise InvalidInstance(f"{self.where}: {name} must be true or false, not {_shown(value)}")
        return value

    def items(self, name: str, default: Sequence[object] | None = None) -> list[object]:
        value = self._value(name, default)
        if not isinstance(value, list | tuple):
            raise InvalidInstance(f"{self.where}: {name} must be a list, not {_shown(value)}")
        return list(value)

    def objects(self, name: str, default: Sequence[object] | None = None) -> list[Fields]:
        return [
            Fields(value, f"{self.where}: {name}[{index}]")
            for index, value in enumerate(self.items(name, default))
        ]

    def texts(self, name: str, default: Sequence[object] | None = None) -> list[str]:
        return [as_text(value, f"{self.where}: {name}") for value in self.items(name, default)]

    def pairs(self, name: str, names: Names) -> tuple[tuple[int, int], ...]:
        """Return pairs of ids by position; none when the field is missing."""
        pairs = []
        for index, value in enumerate(self.items(name, ())):
            where = f"{self.where}: {name}[{index}]"
            pair = as_list(value, where)
            if len(pair) != 2:
                raise InvalidInstance(f"{where} must be two ids, not {_shown(value)}")
            pairs.append((names.position(pair[0], where), names.position(pair[1], where)))
        return tuple(pairs)

    def priced_pairs(self, name: str, names: Names) -> tuple[tuple[int, int, float], ...]:
        """Return pairs of ids by position with a number each, 1 where none is given."""
        pairs = []
        for index, value in enumerate(self.items(name, ())):
            where = f"{self.where}: {name}[{index}]"
            given = as_list(value, where)
            if len(given) not in (2, 3):
                raise InvalidInstance(f"{where} must be two ids and a number, not {_shown(value)}")
            one, two = names.position(given[0], where), names.position(given[1], where)
            pairs.append((one, two, as_number(given[2], where) if len(given) == 3 else 1.0))
        return tuple(pairs)

    def mapping(self, name: str) -> dict[str, object]:
        if name not in self:
            return {}
        return Fields(self.values[name], f"{self.where}: {name}").values

    def _value(self, name: str, default: object) -> object:
        value = self.values.get(name)
        if value is None:
            if default is None:
                raise InvalidInstance(f"{self.where}: {name} is missing")
            return default
        return value


def read_fields(path: Path) -> Fields:
    """Read a JSON file (or .json.gz) that holds one object; InvalidInstance when it does not."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        values = json.loads(raw.decode("utf-8"))
    except (ValueError, EOFError) as error:
        raise InvalidInstance(f"{path.name}: not JSON: {error}") from error
    return Fields(values, path.name)


def as_number(value: object, where: str) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInstance(f"{where} must be a number, not {_shown(value)}")
    if value != value or value in (float("inf"), float("-inf")):
        raise InvalidInstance(f"{where} must be finite, not {value}")
    return float(value)


def as_whole(value: object, where: str, *, least: int | None = None) -> int:
    """Return a whole number, at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInstance(f"{where} must be a whole number, not {_shown(value)}")
    if least is not None and value < least:
        raise InvalidInstance(f"{where} must be >= {least}, not {value}")
    return value


def as_text(value: object, where: str) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise InvalidInstance(f"{where} must be a text, not {_shown(value)}")
    return value


def as_list(value: object, where: str) -> list[object]:
    """Return a list."""
    if not isinstance(value, list):
        raise InvalidInstance(f"{where} must be a list, not {_shown(value)}")
    return value


class Names:
    """The ids of a file and their positions."""

    def __init__(self, names: Sequence[str], what: str) -> None:
        self.names = tuple(names)
        self.what = what
        self._position = {name: index for index, name in enumerate(self.names)}
        if len(self._position) != len(self.names):
            twice = next(name for index, name in enumerate(self.names) if self._position[name] != index)
            raise InvalidInstance(f"{what} {twice!r} is given twice")

    def __len__(self) -> int:
        return len(self.names)

    def position(self, name: object, where: str) -> int:
        """Return the position of an id; whole numbers stand for themselves when ids are "0", "1", …"""
        key = str(name) if isinstance(name, int) and not isinstance(name, bool) else name
        if not isinstance(key, str) or key not in self._position:
            raise InvalidInstance(f"{where}: unknown {self.what} {_shown(name)}")
        return self._position[key]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"
