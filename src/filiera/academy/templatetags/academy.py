"""What programme pages say again and again: sources, languages, dates, zones."""

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from filiera.academy.models import ContributionRole, SessionKind
from filiera.design.pictures import avatar
from filiera.shared.time import at_zone, zone_label
from filiera.texts.languages import language_of

register = template.Library()


@register.simple_tag
def lang_of(texts: Mapping[str, str]) -> SafeString:
    """A `lang` attribute where a text is shown in another language than the page's."""
    shown = language_of(texts)
    return SafeString("") if shown in ("", get_language()) else format_html(' lang="{}"', shown)


@register.filter
def site_name(address: str) -> str:
    """The site a source stands on, as one would say it aloud."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


@register.simple_tag
def speaker_picture(name: str, photo: str, size: str = "") -> SafeString:
    """A speaker's photograph, which is a stored file, or their initials."""
    return avatar(name, f"/files/{photo}/" if photo else "", size)


@register.filter
def local_time(moment: datetime, zone: str) -> str:
    return at_zone(moment, zone).strftime("%H:%M")


@register.filter
def local_day(moment: datetime, zone: str) -> str:
    """Thursday 21 September 2023, on the clocks of a zone."""
    return long_day(at_zone(moment, zone).date())


@register.filter
def zone_named(zone: str, moment: datetime) -> str:
    return zone_label(ZoneInfo(zone), moment)


@register.filter
def moment_of(text: str) -> datetime:
    """An instant that a version keeps as text."""
    return datetime.fromisoformat(text)


@register.filter
def day_of(text: str) -> date:
    return date.fromisoformat(text)


@register.filter
def long_day(day: date) -> str:
    return capfirst(date_format(day, "l j F Y"))


@register.filter
def short_day(day: date) -> str:
    return capfirst(date_format(day, "D j F"))


@register.simple_tag
def days_between(first: date, last: date) -> str:
    """ "6–7 June 2023", "30 May – 2 June 2023", "21 September 2023"."""
    if first == last:
        return date_format(first, "j F Y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_format(last, 'j F Y')}"
    pattern = "j F" if first.year == last.year else "j F Y"
    return _("%(first)s – %(last)s") % {
        "first": date_format(first, pattern),
        "last": date_format(last, "j F Y"),
    }


@register.filter
def kind_label(kind: str) -> str:
    """A session's kind in words; one that later code no longer knows is shown as it is kept."""
    return str(SessionKind(kind).label) if kind in SessionKind.values else kind


@register.filter
def role_label(role: str) -> str:
    return str(ContributionRole(role).label) if role in ContributionRole.values else role


@register.filter
def language_label(code: str) -> str:
    """A language's name in the page's language."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
