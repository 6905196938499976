"""Fields that several of these forms have."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from filiera.organisations.dates import known_date_as_typed, parse_known_date
from filiera.reference.models import S3Priority
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key


class KnownDate(NamedTuple):
    """A day and how much of it is known."""

    day: date
    precision: str


class KnownDateField(forms.CharField):
    """A date of which the year alone may be known."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("As far as it is known: 2009, 2009-03 or 2009-03-31."))
        super().__init__(max_length=10, **kwargs)

    def to_python(self, value: Any) -> KnownDate | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            return KnownDate(*parse_known_date(text))
        except ValueError:
            raise ValidationError(
                _("This is not a date. Write 2009, 2009-03 or 2009-03-31."), code="invalid"
            ) from None

    def run_validators(self, value: Any) -> None:
        # Length and characters are those of the date that was read.
        return

    def prepare_value(self, value: Any) -> str:
        return known_date_as_typed(*value) if isinstance(value, tuple) else value or ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.prepare_value(initial) != (data or "")


def by_name(rows: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """Choices of reference rows, given as code to names, in the order of the page's language."""
    choices = [(code, translated(names)) for code, names in rows.items()]
    return sorted(choices, key=lambda choice: sort_key(choice[1]))


def by_strategy(rows: Iterable[S3Priority]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices of priorities below the strategy that names them, in the order in which they are given."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        groups.setdefault(row.strategy, []).append((row.code, translated(row.names)))
    return list(groups.items())
