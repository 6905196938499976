"""Days and moments in words, as readers of each language write them in Europe."""

from datetime import date, datetime, time

from babel.dates import format_date, format_datetime, format_time
from django.utils.translation import get_language

from filiera.texts.languages import DEFAULT_LANGUAGE

_DAY = "d MMMM y"
_CLOCK = "HH:mm"


def day_in_words(day: date, language: str | None = None) -> str:
    """The day as "23 November 2026", or "23 novembre 2026"."""
    return str(format_date(day, _DAY, locale=_locale(language)))


def moment_in_words(moment: datetime, language: str | None = None) -> str:
    """Day and time of the moment's own zone, which the page names beside it."""
    zone = moment.tzinfo
    return str(format_datetime(moment, f"{_DAY}, {_CLOCK}", tzinfo=zone, locale=_locale(language)))


def clock_in_words(moment: datetime | time, language: str | None = None) -> str:
    return str(format_time(moment, _CLOCK, tzinfo=moment.tzinfo, locale=_locale(language)))


def _locale(language: str | None) -> str:
    return (language or get_language() or DEFAULT_LANGUAGE).replace("-", "_")
