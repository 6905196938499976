"""The programme as files: calendars, Frab, a feed of changes, tables, PDF."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiera.academy.changes import in_words
from filiera.academy.exports.calendar import calendar_file
from filiera.academy.exports.frab import FrabEvent, FrabProgramme, schedule_json, schedule_xml
from filiera.academy.exports.pdf import programme_pdf as render_programme_pdf
from filiera.academy.exports.tables import session_table
from filiera.academy.models import CalendarFeed, Edition, ExportForm, ProgrammeVersion
from filiera.academy.queries.exports import (
    PreparedEvent,
    live_feed,
    own_events,
    prepared_events,
    published_edition,
    published_versions,
    session_data,
    starred_events,
)
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, Cell, as_csv, as_xlsx
from filiera.texts.languages import translated

CALENDAR_TYPE = "text/calendar; charset=utf-8"
JSON_TYPE = "application/json"
XML_TYPE = "application/xml; charset=utf-8"
ATOM_TYPE = "application/atom+xml; charset=utf-8"


@require_safe
def schedule_ics(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The published programme as a calendar to subscribe to."""
    edition, version = _published(request, edition_slug)
    return _file(
        request, version, "calendar", CALENDAR_TYPE, lambda: _calendar(edition, version, _language())
    )


@require_safe
def schedule_json_file(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The published programme in the Frab format as JSON."""
    edition, version = _published(request, edition_slug)
    return _file(request, version, "json", JSON_TYPE, lambda: _frab(edition, version, "json", _language()))


@require_safe
def schedule_xml_file(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The published programme in the Frab format as XML."""
    edition, version = _published(request, edition_slug)
    return _file(request, version, "xml", XML_TYPE, lambda: _frab(edition, version, "xml", _language()))


@require_safe
def programme_pdf(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The published programme to print, in the language of the page."""
    edition, version = _published(request, edition_slug)
    response = _file(
        request,
        version,
        "pdf",
        "application/pdf",
        lambda: render_programme_pdf(edition, session_data(version), language=_language()),
    )
    response["Content-Disposition"] = f'inline; filename="{edition.slug}-{_language()}.pdf"'
    return response


@require_safe
def schedule_csv(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The published sessions as a table of text."""
    edition, version = _published(request, edition_slug)
    response = _file(request, version, "csv", CSV_TYPE, lambda: as_csv(*_table(version)))
    response["Content-Disposition"] = f'attachment; filename="{edition.slug}.csv"'
    return response


@require_safe
def schedule_xlsx(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The published sessions as a workbook."""
    edition, version = _published(request, edition_slug)
    response = _file(request, version, "xlsx", XLSX_TYPE, lambda: as_xlsx(_("Programme"), *_table(version)))
    response["Content-Disposition"] = f'attachment; filename="{edition.slug}.xlsx"'
    return response


@require_safe
def changes_atom(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """A feed with one entry for every published version."""
    edition, version = _published(request, edition_slug)
    return _file(request, version, "atom", ATOM_TYPE, lambda: _changes_feed(edition, _language()))


@require_safe
def my_feed(request: HttpRequest, edition_slug: str, token: str) -> HttpResponse:
    """One person's starred sessions and what rooms keep for them; the secret address is the only key."""
    try:
        feed = live_feed(edition_slug, token)
    except CalendarFeed.DoesNotExist as error:
        raise Http404 from error
    language = feed.person.language or _language()
    name = _("%(edition)s: my agenda") % {"edition": translated(feed.edition.name, language)}
    events = starred_events(feed, language=language)
    events += own_events(feed, language=language, base=_base(), at=timezone.now())
    response = HttpResponse(_joined(feed.edition, events, name, language), content_type=CALENDAR_TYPE)
    response["Cache-Control"] = "private, no-cache"
    return response


def _published(request: ViewerRequest, slug: str) -> tuple[Edition, ProgrammeVersion]:
    try:
        edition = published_edition(request.viewer, slug)
    except Edition.DoesNotExist as error:
        raise Http404 from error
    if edition.current_version is None:
        raise Http404
    return edition, edition.current_version


def _file(
    request: HttpRequest, version: ProgrammeVersion, form: str, content_type: str, make: Callable[[], bytes]
) -> HttpResponse:
    """The file, or 304 where the reader has this version of it already."""
    etag = f'"{form}-{_language()}-{version.digest[:24]}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(make(), content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _base() -> str:
    return settings.PUBLIC_URL.rstrip("/")


def _calendar(edition: Edition, version: ProgrammeVersion, language: str) -> bytes:
    events = prepared_events(version, form=ExportForm.CALENDAR, language=language)
    return _joined(edition, events, translated(edition.name, language), language)


def _joined(edition: Edition, events: list[PreparedEvent], name: str, language: str) -> bytes:
    days = [event.day for event in events] or [edition.created_at.date()]
    return calendar_file(
        (event.text for event in events),
        name=name,
        zones={event.zone for event in events},
        first=min(days),
        last=max(days),
        language=language,
    )


def _frab(edition: Edition, version: ProgrammeVersion, form: str, language: str) -> bytes:
    events = [
        FrabEvent(event.day, event.room, event.text)
        for event in prepared_events(version, form=form, language=language)
    ]
    programme = FrabProgramme(
        edition=edition.slug,
        title=translated(edition.name, language),
        version=str(version.number),
        zone=edition.time_zone,
        address=f"{_base()}/academy/{edition.slug}/",
        base=_base(),
        rooms=tuple(dict.fromkeys(event.room for event in events)),
    )
    return schedule_json(programme, events) if form == "json" else schedule_xml(programme, events)


def _table(version: ProgrammeVersion) -> tuple[list[str], Iterable[list[Cell]]]:
    return session_table(session_data(version), language=_language())


def _changes_feed(edition: Edition, language: str) -> bytes:
    address = f"{_base()}/academy/{edition.slug}/"
    feed = Atom1Feed(
        title=_("%(edition)s: changes to the programme") % {"edition": translated(edition.name, language)},
        link=f"{address}changes/",
        feed_url=f"{address}changes.atom",
        description="",
        language=language,
    )
    for version in published_versions(edition):
        lines = [translated(version.note, language), *(in_words(change) for change in version.changes)]
        feed.add_item(
            title=_("Version %(number)s") % {"number": version.number},
            link=f"{address}changes/#version-{version.number}",
            description="\n".join(line for line in lines if line),
            unique_id=f"{address}changes/{version.number}",
            pubdate=version.published_at,
            updateddate=version.published_at,
        )
    return feed.writeString("utf-8").encode()
