"""Which language a page speaks, and which of a row's languages is shown there."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language

DEFAULT_LANGUAGE = "en"


def page_languages() -> tuple[str, ...]:
    """The languages the platform's own words exist in."""
    return tuple(code for code, _name in settings.LANGUAGES)


def language_of(value: Mapping[str, str], language: str | None = None) -> str:
    """The language in which a text is shown to a reader of `language`; empty when there is no text."""
    asked = language or get_language() or DEFAULT_LANGUAGE
    for code in (asked, asked.split("-")[0], DEFAULT_LANGUAGE):
        if value.get(code):
            return code
    return next((code for code in sorted(value) if value[code]), "")


def translated(value: Mapping[str, str] | None, language: str | None = None) -> str:
    """A text in the asked language, else in English, else in any language it has.

    The database keeps no order among the languages of a text, so "any" is the first by code.
    """
    if not value:
        return ""
    return value.get(language_of(value, language), "")
