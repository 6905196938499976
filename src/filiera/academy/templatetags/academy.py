"""What programme pages say again and again: sources, languages, dates, zones."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from filiera.academy import dates, push_topics
from filiera.academy.models import ContributionRole, SessionKind
from filiera.academy.opened import Opened
from filiera.academy.permissions import VIEW_DRAFT
from filiera.academy.snapshot import web_sources
from filiera.accounts.viewer import Viewer
from filiera.design.navigation import places as offered_places
from filiera.design.pictures import avatar
from filiera.shared.time import at_zone, zone_label
from filiera.texts.languages import language_of, translated

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
    return dates.long_day(at_zone(moment, zone).date())


@register.filter
@lru_cache(maxsize=1024)
def zone_named(zone: str, moment: datetime) -> str:
    """A zone with its letters and shift at that moment; kept, because reading a zone's rules takes a file."""
    return zone_label(ZoneInfo(zone), moment)


@register.filter
def moment_of(text: str) -> datetime:
    """An instant that a version keeps as text."""
    return datetime.fromisoformat(text)


@register.filter
def day_of(text: str) -> date:
    return date.fromisoformat(text)


register.simple_tag(push_topics.day_topic, name="day_topic")
register.filter("web_sources", web_sources)
register.filter("long_day", dates.long_day)
register.filter("short_day", dates.short_day)
register.filter("plain_date", dates.plain_date)
register.simple_tag(dates.days_between, name="days_between")


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


@register.simple_tag(takes_context=True)
def edition_places(context: Context, opened: Opened) -> SafeString:
    """The pages of one edition, those first that every edition has."""
    request: HttpRequest = context["request"]
    slug = opened.mark.slug
    frame = opened.programme.frame if opened.programme else None
    places = [("academy:edition", translated(frame["name"]) if frame else _("This edition"))]
    if frame:
        places += [("academy:schedule", _("Programme")), ("academy:speakers", _("Speakers"))]
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    own = len(places)
    if viewer.is_known:
        places.append(("academy:my", _("My academy")))
    if viewer.may(VIEW_DRAFT) and viewer.edition_id == opened.mark.id:
        places.append(("academy:desk", _("Desk")))
    addresses = [(reverse(name, args=[slug]), label) for name, label in places]
    # What the rooms above offer to the people of the edition stands before the person's own pages.
    offered = [(place.address(slug), str(place.label)) for place in offered_places("edition_pages", request)]
    addresses[own:own] = offered
    below = {address for address, _label in offered}
    links = []
    for address, label in addresses:
        here = mark_safe(' aria-current="page"') if request.path == address else ""
        if not here and address in below and request.path.startswith(address):
            here = mark_safe(' aria-current="true"')
        links.append(format_html('<a href="{}"{}>{}</a>', address, here, label))
    return format_html(
        '<nav class="edition-places" aria-label="{}">{}</nav>', _("This edition"), mark_safe("".join(links))
    )
