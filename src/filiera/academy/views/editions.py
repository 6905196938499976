"""The list of editions, and an edition's own page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest

from django.http import Http404, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiera.academy.changes import in_words
from filiera.academy.exports.linked_data import as_script_text, edition_linked_data
from filiera.academy.joined import Reader, cards
from filiera.academy.models import Edition, Part, SessionKind
from filiera.academy.opened import Opened
from filiera.academy.page_cache import kept
from filiera.academy.queries.desk_editions import organisers_to_be
from filiera.academy.queries.edition_pages import EditionHome, dates_of, edition_home, editions_for_list
from filiera.academy.queries.exports import session_data
from filiera.academy.queries.published import Item, Programme, rows_of_sessions, starred_sessions
from filiera.academy.views.pages import answer, edition_facts, language, open_edition
from filiera.accounts.viewer import ViewerRequest
from filiera.design.maps import MapPoint, locator_map
from filiera.shared.http import render_page
from filiera.shared.time import at_zone

_SHOWN_NEXT = 4
_SHOWN_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Knots:
    """A part on the thread: one knot a day, and how far the edition has come."""

    part: Part
    days: list[tuple[date, str]]
    state: str
    weeks_until_next: int


@require_safe
def edition_list(request: ViewerRequest) -> HttpResponse:
    """All editions that this reader may know."""
    context = {
        "editions": editions_for_list(request.viewer),
        "may_add": request.viewer.is_known and organisers_to_be(request.viewer).exists(),
    }
    return render_page(request, "academy/public/edition_list.html", context)


@require_safe
def edition(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The edition's own page: what it is for, when and where, who stands behind it, what comes next."""
    opened = open_edition(request, edition_slug)
    home = _home(request, edition_slug)
    return answer(
        request,
        opened,
        "academy/public/edition.html",
        lambda: _context(request, opened, home),
        # Figures, partners and places are not part of a version.
        is_lasting=False,
    )


def _home(request: ViewerRequest, slug: str) -> EditionHome:
    try:
        return edition_home(request.viewer, slug)
    except Edition.DoesNotExist as error:
        raise Http404 from error


def _context(request: ViewerRequest, opened: Opened, home: EditionHome) -> dict[str, object]:
    moment, programme = opened.clock.moment, opened.programme
    today = at_zone(moment, home.edition.time_zone).date()
    dates = dates_of(home.parts)
    phase = _phase(dates, today)
    shown = _next_items(programme, moment) if programme else []
    version = home.last_version
    return {
        "home": home,
        "edition": home.edition,
        "programme": programme,
        "dates": dates,
        "phase": phase,
        "thread": _thread(home.parts, today),
        "cards": _cards(request, opened, shown) if shown else "",
        "version": version,
        "changes": [in_words(change) for change in version.changes[:_SHOWN_CHANGES]] if version else [],
        "map": _map(home),
        "linked_data": _linked_data(programme, home) if programme and version else "",
    }


def _cards(request: ViewerRequest, opened: Opened, items: list[Item]) -> SafeString:
    programme = opened.published
    stars = starred_sessions(request.viewer, opened.mark.id) if request.viewer.is_known else None
    reader = Reader(moment=opened.clock.moment, stars=stars)
    return cards(programme, items, rows_of_sessions(programme, language()), reader)


def _next_items(programme: Programme, moment: datetime) -> list[Item]:
    """What is on and what comes next; once all is over, nothing."""
    ahead = [item for item in programme.items if item.end > moment and item.kind != SessionKind.BREAK]
    return ahead[:_SHOWN_NEXT]


def _phase(dates: tuple[date, date] | None, today: date) -> str:
    if dates is None or today < dates[0]:
        return "before"
    return "after" if today > dates[1] else "during"


def _thread(parts: list[Part], today: date) -> list[Knots]:
    thread = []
    for part, following in zip_longest(parts, parts[1:]):
        days = [part.starts_on + timedelta(days=at) for at in range((part.ends_on - part.starts_on).days + 1)]
        gap = (following.starts_on - part.ends_on).days // 7 if following else 0
        state = "is-done" if part.ends_on < today else "is-later" if part.starts_on > today else "is-now"
        thread.append(
            Knots(
                part=part,
                days=[(day, _day_state(day, today)) for day in days],
                state=state,
                weeks_until_next=gap,
            )
        )
    return thread


def _day_state(day: date, today: date) -> str:
    return "is-done" if day < today else "is-now" if day == today else ""


def _map(home: EditionHome) -> SafeString | str:
    points = [
        MapPoint(
            longitude=float(venue.longitude),
            latitude=float(venue.latitude),
            label=venue.city or venue.name,
        )
        for venue in home.venues
        if venue.longitude is not None and venue.latitude is not None
    ]
    unique = list({point.label: point for point in points}.values())
    countries = {venue.country_id for venue in home.venues if venue.country_id}
    shaded = countries.pop() if len(countries) == 1 else ""
    return locator_map(unique, title=_("Where this edition is held"), country=shaded) if unique else ""


def _linked_data(programme: Programme, home: EditionHome) -> SafeString:
    key = ("linked data", programme.version_id, language())
    written = kept.get(key)
    if not isinstance(written, SafeString):
        facts = edition_facts(programme, language())
        sessions = session_data(home.last_version)
        written = as_script_text(edition_linked_data(facts, sessions, language=language()))
        kept.put(key, written, len(written))
    return written
