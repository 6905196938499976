"""Whether the unit that a definition states is that of what it measures."""

from django.utils.translation import gettext as _

from filiera.indicators.definition import measures as m
from filiera.indicators.definition.shape import Definition, Unit
from filiera.ledger.kinds import Unit as FactUnit
from filiera.ledger.kinds import UnknownKind, kind_of

_OF_FACTS = {
    FactUnit.ONE: {Unit.COUNT},
    FactUnit.PERSON: {Unit.PERSON, Unit.COUNT},
    FactUnit.HOUR: {Unit.HOUR},
    FactUnit.EURO: {Unit.EURO},
}
_OF_DISTINCT = {
    "person": {Unit.PERSON},
    "organisation": {Unit.ORGANISATION},
    "counterpart": {Unit.ORGANISATION},
    "subject": {Unit.COUNT},
}


def unit_problem(definition: Definition) -> str:
    """Why the unit is wrong, or nothing."""
    allowed = _allowed(definition.measure)
    if allowed is None or definition.unit in allowed:
        return ""
    return _("this measure gives %(units)s, not %(unit)s") % {
        "units": ", ".join(sorted(unit.value for unit in allowed)),
        "unit": definition.unit.value,
    }


def _allowed(measure: m.Measure) -> set[Unit] | None:
    match measure:
        case m.Tally(what="distinct") as tally:
            return _OF_DISTINCT[tally.of]
        case m.Tally(what="count"):
            return {Unit.COUNT, Unit.PERSON, Unit.ORGANISATION}
        case m.Tally() | m.Mean() | m.Median():
            return {Unit.EURO} if measure.of == "amount" else _of_kinds(measure.facts)
        case m.Share():
            return {Unit.PERCENT}
        case m.Stock():
            return _OF_DISTINCT[measure.of]
        case m.Duration():
            return {Unit.DAY}
        case m.Score() | m.Composite():
            return {Unit.SCORE}
        case m.Ratio():
            return {Unit.PERCENT, Unit.PER_ONE, Unit.EURO, Unit.HOUR}
        case m.Change(in_percent=True):
            return {Unit.PERCENT}
        case _:
            return None


def _of_kinds(kinds: tuple[str, ...]) -> set[Unit] | None:
    """What the quantity of these kinds counts; kinds with different units cannot be added."""
    units: set[Unit] | None = None
    for code in kinds:
        try:
            of_kind = _OF_FACTS[FactUnit(kind_of(code).unit)]
        except UnknownKind:
            continue
        units = of_kind if units is None else units & of_kind
    return units
