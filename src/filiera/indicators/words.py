"""How figures are written on pages and in files."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.functional import Promise

from filiera.indicators.definition import Definition, Unit
from filiera.indicators.engines.forming import Missing

_UNITS_NOT_WRITTEN = {Unit.COUNT, Unit.PER_ONE}


def value_words(value: Decimal, definition: Definition) -> str:
    """A value in the page's language with its unit, such as "43.5 %" or "275 organisations"."""
    number = number_words(value, definition)
    if definition.unit in _UNITS_NOT_WRITTEN:
        return number
    return f"{number}\N{NO-BREAK SPACE}{definition.unit.label}"


def number_words(value: Decimal, definition: Definition) -> str:
    """A value in the page's language without its unit."""
    return number_format(value, definition.precision, use_l10n=True, force_grouping=True)


def missing_words(missing: str) -> str | Promise:
    """Why there is no value."""
    return Missing(missing).label if missing in Missing.values else missing
