"""Hours, shares, modes and codes in templates."""

from collections.abc import Sequence

from django import template

from filiera.credentials.codes import shown_code
from filiera.credentials.words import duration_words, mode_words, share_words

register = template.Library()
register.filter("shown_code", shown_code)


@register.filter
def duration(minutes: int) -> str:
    return duration_words(minutes)


@register.filter
def modes(told: Sequence[str]) -> str:
    return mode_words(told)


@register.filter
def share(told: float | None) -> str:
    return "" if told is None else share_words(told)
