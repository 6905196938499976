from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.utils.safestring import SafeString

from filiera.shared.time import at_zone
from filiera.texts import dates, languages, markdown

register = template.Library()


@register.filter
def translated(value: Mapping[str, str] | None) -> str:
    """A row's text in the page's language, else in another it has."""
    return languages.translated(value)


@register.filter
def shown_language(value: Mapping[str, str] | None) -> str:
    """The language `translated` shows, for the `lang` attribute around it."""
    return languages.language_of(value or {})


@register.filter
def rich_text(source: str | None) -> SafeString:
    """Markdown as safe HTML."""
    return markdown.rich_text(source)


@register.filter
def plain_text(source: str | None) -> str:
    """Rich text without its markup."""
    return markdown.plain_text(source)


@register.filter
def day_in_words(day: date | None) -> str:
    # The library takes no day for today.
    return dates.day_in_words(day) if day else ""


@register.filter
def in_zone(moment: datetime, zone: str) -> datetime:
    return at_zone(moment, zone)


@register.filter
def moment_in_words(moment: datetime) -> str:
    return dates.moment_in_words(moment)


@register.filter
def clock_in_words(moment: datetime) -> str:
    return dates.clock_in_words(moment)
