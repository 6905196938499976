"""What the files of a published programme are joined from; each is one statement, whatever its length."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import override

from filiera.academy.day_parts import own_parts_of
from filiera.academy.exports.calendar import own_event
from filiera.academy.models import (
    CalendarFeed,
    Edition,
    ExportForm,
    ProgrammeVersion,
    PublishedExport,
    PublishedSession,
    Star,
)
from filiera.academy.queries.own_page import viewer_of
from filiera.academy.snapshot import SessionData
from filiera.accounts.viewer import Viewer
from filiera.shared.time import at_zone
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """One session's text in the asked format, with what decides its place in the file."""

    session_id: int
    day: date
    room: str
    zone: str
    text: str


def published_edition(viewer: Viewer, slug: str) -> Edition:
    """The edition with its current version. Raises Edition.DoesNotExist for what one may not know."""
    return (
        Edition.objects.visible_to(viewer)
        .select_related("current_version")
        .defer("current_version__data", "current_version__changes")
        .get(slug=slug)
    )


def prepared_events(version: ProgrammeVersion, *, form: str, language: str) -> list[PreparedEvent]:
    """The sessions of a version as text of one format (calendar, json, xml), by time."""
    entries = PublishedExport.objects.values_list("entries", flat=True).get(
        version=version, language=exported_language(language), form=form
    )
    return [
        PreparedEvent(session_id, date.fromisoformat(day), room, zone, text)
        for session_id, day, room, zone, text in entries
    ]


def starred_events(feed: CalendarFeed, *, language: str) -> list[PreparedEvent]:
    """The calendar entries of the sessions that the feed's person has starred."""
    version = feed.edition.current_version
    if version is None:
        return []
    starred = set(
        Star.objects.filter(person_id=feed.person_id, session__edition_id=feed.edition_id).values_list(
            "session_id", flat=True
        )
    )
    events = prepared_events(version, form=ExportForm.CALENDAR, language=language)
    return [event for event in events if event.session_id in starred]


def own_events(feed: CalendarFeed, *, language: str, base: str, at: datetime) -> list[PreparedEvent]:
    """What the rooms of the edition keep for the feed's person: groups, visits, meetings, a table."""
    edition = feed.edition
    viewer = viewer_of(feed.person, edition)
    if not viewer.edition_roles:
        return []
    with override(language):
        parts = own_parts_of(viewer, edition, edition.clock_at or at)
    found = []
    for part in parts:
        if part.starts_at is None or part.ends_at is None:
            continue
        zone = part.time_zone or edition.time_zone
        day = at_zone(part.starts_at, zone).date()
        text = own_event(part, edition=edition, language=language, base=base, at=at)
        found.append(PreparedEvent(0, day, part.place, zone, text))
    return found


def live_feed(slug: str, token: str) -> CalendarFeed:
    """The feed behind a secret address. Raises CalendarFeed.DoesNotExist once it is revoked."""
    return CalendarFeed.objects.select_related("edition__current_version", "person").get(
        edition__slug=slug, token=token, revoked_at__isnull=True, person__is_active=True
    )


def session_data(version: ProgrammeVersion | None) -> list[SessionData]:
    """Everything public of a version's sessions, by time."""
    return list(
        PublishedSession.objects.filter(version=version).order_by("position").values_list("data", flat=True)
    )


def published_versions(edition: Edition) -> Iterable[ProgrammeVersion]:
    """The latest fifty versions, newest first."""
    return edition.versions.order_by("-number")[:50]


def exported_language(language: str) -> str:
    return language if language in page_languages() else DEFAULT_LANGUAGE
