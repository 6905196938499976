"""What the files of a published programme are joined from; each is one statement, whatever its length."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models.fields.json import KT

from filiera.academy.models import CalendarFeed, Edition, ProgrammeVersion, PublishedSession, Star
from filiera.academy.snapshot import SessionData
from filiera.accounts.viewer import Viewer
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """One session's text in the asked format, with what decides its place in the file."""

    text: str
    day: date
    room: dict[str, str] | None
    is_online: bool
    zone: str


def published_edition(viewer: Viewer, slug: str) -> Edition:
    """The edition with its current version. Raises Edition.DoesNotExist for what one may not know."""
    return (
        Edition.objects.visible_to(viewer)
        .select_related("current_version", "series", "organiser", "host")
        .get(slug=slug)
    )


def prepared_events(version: ProgrammeVersion | None, *, form: str, language: str) -> list[PreparedEvent]:
    """The sessions of a version as text of one format (calendar, json, xml), by time."""
    rows = (
        PublishedSession.objects.filter(version=version, starts_at__isnull=False)
        .order_by("position")
        .values_list(
            KT(f"exports__{exported_language(language)}__{form}"),
            KT("data__day"),
            "data__room__name",
            "data__online",
            KT("data__zone"),
        )
    )
    return [
        PreparedEvent(text, date.fromisoformat(day), room, online, zone)
        for text, day, room, online, zone in rows
    ]


def starred_events(feed: CalendarFeed, *, language: str) -> list[PreparedEvent]:
    """The calendar entries of the sessions that the feed's person has starred."""
    starred = Star.objects.filter(person_id=feed.person_id).values("session_id")
    rows = (
        PublishedSession.objects.filter(
            version=feed.edition.current_version, session_id__in=starred, starts_at__isnull=False
        )
        .order_by("position")
        .values_list(
            KT(f"exports__{exported_language(language)}__calendar"), KT("data__day"), KT("data__zone")
        )
    )
    return [PreparedEvent(text, date.fromisoformat(day), None, False, zone) for text, day, zone in rows]


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
