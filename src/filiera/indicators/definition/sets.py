"""Definitions beside each other: those of the package, and whether a set of them fits together."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from django.utils.translation import gettext as _

from filiera.indicators.definition.problems import DefinitionHasMistakes, Problem
from filiera.indicators.definition.reading import read_definition
from filiera.indicators.definition.shape import Definition

# Rooms that are to come bring these kinds; until then a figure says that nothing records it yet.
_packaged = resources.files("filiera.indicators") / "definitions"


@cache
def read_packaged() -> dict[str, Definition]:
    """The definitions in the package by code.

    Raises DefinitionHasMistakes.
    """
    import yaml

    found: list[Definition] = []
    for file in sorted(_packaged.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml") and file.name != "kinds_to_come.yaml":
            for told in yaml.safe_load(file.read_text(encoding="utf-8")):
                try:
                    found.append(read_definition(told, expected=kinds_to_come()))
                except DefinitionHasMistakes as error:
                    place = f"{file.name}: {told.get('code')}"
                    raise DefinitionHasMistakes(
                        [Problem(f"{place}: {problem.place}", problem.reason) for problem in error.problems]
                    ) from error
    codes = [definition.code for definition in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise DefinitionHasMistakes([Problem(code, _("is defined twice")) for code in twice])
    packaged = {definition.code: definition for definition in found}
    check_together(packaged)
    return packaged


@cache
def kinds_to_come() -> frozenset[str]:
    """Kinds of fact that the packaged definitions wait for."""
    import yaml

    told = (_packaged / "kinds_to_come.yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(told))


def check_together(definitions: Mapping[str, Definition]) -> None:
    """Every figure that another is formed from is there, and none is formed from itself.

    Raises DefinitionHasMistakes.
    """
    problems = []
    for definition in definitions.values():
        for code in definition.needs:
            if code not in definitions:
                problems.append(
                    Problem(
                        f"{definition.code}: measure",
                        _("the indicator %(code)s is not known") % {"code": code},
                    )
                )
    if not problems:
        problems = [
            Problem(
                f"{cycle[0]}: measure",
                _("it is formed from itself: %(cycle)s") % {"cycle": " → ".join(cycle)},
            )
            for cycle in _cycles(definitions)
        ]
    if problems:
        raise DefinitionHasMistakes(problems)


def in_order(definitions: Iterable[Definition]) -> list[Definition]:
    """Each after those that it is formed from."""
    by_code = {definition.code: definition for definition in definitions}
    ordered: dict[str, Definition] = {}

    def place(code: str) -> None:
        if code in by_code and code not in ordered:
            for needed in by_code[code].needs:
                place(needed)
            ordered[code] = by_code[code]

    for code in sorted(by_code):
        place(code)
    return list(ordered.values())


def _cycles(definitions: Mapping[str, Definition]) -> list[list[str]]:
    """Each cycle once, from its first code by alphabet."""
    found: dict[frozenset[str], list[str]] = {}

    def walk(code: str, path: list[str]) -> None:
        if code in path:
            cycle = path[path.index(code) :]
            first = cycle.index(min(cycle))
            found.setdefault(frozenset(cycle), [*cycle[first:], *cycle[:first], min(cycle)])
            return
        for needed in definitions[code].needs:
            walk(needed, [*path, code])

    for code in sorted(definitions):
        walk(code, [])
    return list(found.values())
