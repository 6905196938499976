"""The definitions that hold today, parsed once: a published version never changes."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.indicators.definition import Definition, read_definition
from filiera.indicators.definition.sets import kinds_to_come
from filiera.indicators.models import IndicatorVersion
from filiera.shared.errors import DomainError

_parsed: dict[tuple[str, int], Definition] = {}


class UnknownIndicator(DomainError):
    message = _("There is no indicator of this code.")
    status = 404


def current_versions() -> dict[str, IndicatorVersion]:
    """Of every code the version that is published last."""
    return {version.code: version for version in IndicatorVersion.objects.current()}


def current_definitions() -> dict[str, Definition]:
    """The definitions of today by code."""
    known = IndicatorVersion.objects.current().values_list("code", "version")
    wanted = list(known)
    missing = [key for key in wanted if key not in _parsed]
    if missing:
        asked = Q()
        for code, version in missing:
            asked |= Q(code=code, version=version)
        for row in IndicatorVersion.objects.filter(asked):
            _parsed[row.code, row.version] = definition_of(row)
    return {code: _parsed[code, version] for code, version in wanted}


def current_definition(code: str) -> Definition:
    """Raises UnknownIndicator."""
    try:
        return current_definitions()[code]
    except KeyError:
        raise UnknownIndicator from None


def definition_of(version: IndicatorVersion) -> Definition:
    """A version as it is read; what it waits for was checked when it was published."""
    told = {**version.body, "version": version.version}
    return read_definition(told, expected=kinds_to_come())


def pinned_definition(version: IndicatorVersion) -> Definition:
    """A published version as it is read, whether it holds today or not."""
    key = (version.code, version.version)
    if key not in _parsed:
        _parsed[key] = definition_of(version)
    return _parsed[key]


def with_needed(codes: Iterable[str], known: dict[str, Definition]) -> list[Definition]:
    """The definitions of these codes and of all that they are formed from."""
    found: dict[str, Definition] = {}
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found and code in known:
            found[code] = known[code]
            waiting.extend(known[code].needs)
    return list(found.values())


def with_formed(codes: Iterable[str]) -> set[str]:
    """These codes and those of all that is formed from them."""
    known, found = current_definitions(), set(codes)
    while more := {code for code, definition in known.items() if found & set(definition.needs)} - found:
        found |= more
    return found
