"""Which problems the command line knows, and what each of them must offer to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar, cast

from filiera_solvers._frame import Limits, Result

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
InstanceT = TypeVar("InstanceT")
ResultT = TypeVar("ResultT", bound=Result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[InstanceT, ResultT]):
    """One problem as the command line sees it.

    ``read`` raises InvalidInstance with one clear line; ``solve`` returns a result that already carries the
    checker's verdict; ``encode`` gives the ``solution`` object of the JSON answer (ids of the file, not
    positions); ``prepare`` compiles in advance what is cached on disk.
    """

    name: str
    read: Callable[[Path], InstanceT]
    solve: Callable[[InstanceT, Limits], ResultT]
    encode: Callable[[InstanceT, ResultT], Json]
    prepare: Callable[[], None] | None = None


# Modules are named, not imported: the package must load in an instant.
COMMAND_MODULES: Mapping[str, str] = {
    "groups": "filiera_solvers._groups_command",
    "rounds": "filiera_solvers._rounds_command",
    "meetings": "filiera_solvers._meetings_command",
    "selection": "filiera_solvers._selection_command",
    "places": "filiera_solvers._places_command",
    "seating": "filiera_solvers._seating_command",
    "agenda": "filiera_solvers._agenda_command",
    "chain": "filiera_solvers._chain_command",
}
PROBLEMS = tuple(COMMAND_MODULES)


def command_for(problem: str) -> Command[object, Result]:
    """Load the ``COMMAND`` of a problem; KeyError for an unknown name."""
    return cast("Command[object, Result]", import_module(COMMAND_MODULES[problem]).COMMAND)
