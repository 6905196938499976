"""Days of which only the month or the year may be known: read, written and shown as far as they are known."""

import re
from datetime import date

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiera.organisations.models import Precision

_FORMS = (
    (re.compile(r"^(\d{4})$"), Precision.YEAR),
    (re.compile(r"^(\d{4})-(\d{1,2})$"), Precision.MONTH),
    (re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$"), Precision.DAY),
)
_DAY_FIRST = re.compile(r"^(?:(\d{1,2})[./])?(\d{1,2})[./](\d{4})$")


def parse_known_date(text: str) -> tuple[date, Precision]:
    """`2009`, `2009-03`, `2009-03-31` or `31/03/2009`: the first day it can mean, and how much is known.

    Raises ValueError.
    """
    european = _DAY_FIRST.match(text.strip())
    if european:
        text = "-".join(part for part in reversed(european.groups()) if part)
    for form, precision in _FORMS:
        match = form.match(text.strip())
        if match:
            year, month, day = (*(int(part) for part in match.groups()), 1, 1)[:3]
            return date(year, month, day), precision
    raise ValueError(text)


def known_date_as_typed(day: date | None, precision: str) -> str:
    if day is None:
        return ""
    return {Precision.YEAR.value: f"{day:%Y}", Precision.MONTH.value: f"{day:%Y-%m}"}.get(
        precision, day.isoformat()
    )


def known_date_in_words(day: date | None, precision: str) -> str:
    """`2009`, `March 2009` or `31 March 2009` in the page's language."""
    if day is None:
        return _("date unknown")
    if precision == Precision.YEAR:
        return str(day.year)
    return day_in_words(day, "MMMM y" if precision == Precision.MONTH else "d MMMM y")


def day_in_words(day: date, pattern: str = "d MMMM y") -> str:
    """A day as its language writes it: the framework's own names of months are capitals in Italian."""
    return format_date(day, pattern, locale=get_language() or "en")
