"""Days in words, as each language writes them."""

from datetime import date

from babel.dates import format_date
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiera.texts.languages import DEFAULT_LANGUAGE


def plain_date(day: date) -> str:
    """21 September 2023."""
    return _written(day, "d MMMM y")


def day_and_month(day: date) -> str:
    """21 September."""
    return _written(day, "d MMMM")


def long_day(day: date) -> str:
    """Thursday 21 September 2023."""
    return capfirst(_written(day, "EEEE d MMMM y"))


def short_day(day: date) -> str:
    """Thu 21 September."""
    return capfirst(_written(day, "EEE d MMMM"))


def days_between(first: date, last: date) -> str:
    """6–7 June 2023; 30 May – 2 June 2023; 21 September 2023."""
    if first == last:
        return plain_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{plain_date(last)}"
    opening = day_and_month(first) if first.year == last.year else plain_date(first)
    return _("%(first)s – %(last)s") % {"first": opening, "last": plain_date(last)}


def _written(day: date, pattern: str) -> str:
    # The framework writes months with a capital in languages that do not.
    locale = (get_language() or DEFAULT_LANGUAGE).replace("-", "_")
    return format_date(day, pattern, locale=locale)
