"""The published programme as pages read it: one cheap question per request, the rest kept in the process."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.json import KT

from filiera.academy.models import (
    Edition,
    Material,
    ProgrammeVersion,
    PublishedSession,
    PublishedSpeaker,
    Star,
)
from filiera.academy.page_cache import kept, versions
from filiera.academy.prepared import (
    PREPARED_FORMAT,
    SessionParts,
    VersionData,
    session_bodies,
    session_rows,
    speaker_rows,
)
from filiera.academy.snapshot import FrameData, SessionData, SpeakerData
from filiera.accounts.viewer import VISITOR, Viewer
from filiera.shared.statements import Statement, first_row
from filiera.shared.time import at_zone
from filiera.texts.sorting import sort_key

# What Python objects weigh beyond the text they were read from.
_WEIGHT = 4
# No slug: a slug has no capitals and no spaces.
_ANY_SLUG = "ANY SLUG"
# No key: keys begin at one.
_ANY_KEY = -1


@dataclass(frozen=True, slots=True)
class EditionMark:
    """Which edition and which version of its programme an address means now."""

    id: int
    slug: str
    state: str
    is_demonstration: bool
    clock_at: datetime | None
    version_id: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """A session as schedules place it."""

    id: int
    slug: str
    start: datetime
    end: datetime
    zone: str
    part: str
    room: str
    kind: str
    speakers: frozenset[str]
    objectives: frozenset[int]
    languages: frozenset[str]
    is_cancelled: bool

    @property
    def minutes(self) -> int:
        return round((self.end - self.start).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class Programme:
    """One version, which never changes: its frame, its sessions by time, every beginning and end."""

    version_id: int
    number: int
    published_at: datetime
    is_prepared: bool
    frame: FrameData
    items: tuple[Item, ...]
    speakers: tuple[tuple[str, str], ...]
    turns: tuple[datetime, ...]

    def phase_at(self, moment: datetime) -> int:
        """How many beginnings and ends have passed: pages that show what is on change only then."""
        return bisect_right(self.turns, moment)

    @property
    def slug(self) -> str:
        return self.frame["slug"]


def edition_mark(viewer: Viewer, slug: str) -> EditionMark:
    """Raises Edition.DoesNotExist for what one may not know."""
    row = _mark_for_visitors(slug) if viewer == VISITOR else _marks(viewer, slug).first()
    if row is None:
        raise Edition.DoesNotExist
    return EditionMark(*row)


def _marks(viewer: Viewer, slug: str) -> QuerySet[Edition, tuple[Any, ...]]:
    editions = Edition.objects.visible_to(viewer).filter(slug=slug, is_template=False)
    return editions.values_list(
        "id",
        "slug",
        "state",
        "is_demonstration",
        "clock_at",
        "current_version_id",
    )


def _mark_for_visitors(slug: str) -> tuple[Any, ...] | None:
    return first_row(_statement_for_visitors(), {_ANY_SLUG: slug})


@lru_cache(maxsize=1)
def _statement_for_visitors() -> Statement:
    return _marks(VISITOR, _ANY_SLUG).query.sql_with_params()


def programme_of(mark: EditionMark) -> Programme | None:
    """The edition's current version, None before the first publication."""
    if mark.version_id is None:
        return None
    key = ("programme", mark.version_id)
    programme = versions.get(key)
    if isinstance(programme, Programme):
        return programme
    version = ProgrammeVersion.objects.only("number", "published_at", "prepared_format", "data").get(
        pk=mark.version_id
    )
    data: VersionData = version.data
    programme = _programme(version, data)
    # One that waits to be prepared again is read anew, to see when it is.
    if programme.is_prepared:
        versions.put(key, programme, _WEIGHT * 250 * (len(programme.items) + len(programme.speakers)))
    return programme


def rows_of_sessions(programme: Programme, language: str) -> Mapping[str, str]:
    """Every session's row in a language; rendered now if it was not at publication."""
    key = ("session rows", programme.version_id, programme.is_prepared, language)
    rows: dict[str, str] | None = kept.get(key)
    if rows is None:
        published = PublishedSession.objects.filter(version_id=programme.version_id).order_by()
        rows = _prepared(published, programme, language)
        if rows is None:
            rows = session_rows(programme.slug, published.values_list("data", flat=True), language)
        kept.put(key, rows, sum(map(len, rows.values())))
    return rows


def rows_of_speakers(programme: Programme, language: str) -> Mapping[str, str]:
    """Every speaker's row in a language; rendered now if it was not at publication."""
    key = ("speaker rows", programme.version_id, programme.is_prepared, language)
    rows: dict[str, str] | None = kept.get(key)
    if rows is None:
        published = PublishedSpeaker.objects.filter(version_id=programme.version_id).order_by("position")
        rows = _prepared(published, programme, language)
        if rows is None:
            rows = speaker_rows(programme.slug, published.values_list("data", flat=True), language)
        kept.put(key, rows, sum(map(len, rows.values())))
    return rows


def matching_slugs(programme: Programme, search: str) -> frozenset[str]:
    """The sessions in which every word of a search occurs, in whatever language, accents aside."""
    found: QuerySet[PublishedSession] = PublishedSession.objects.filter(version_id=programme.version_id)
    for word in sort_key(search).split():
        found = found.filter(words__contains=word)
    return frozenset(found.values_list("slug", flat=True))


def published_session(
    programme: Programme, slug: str, language: str
) -> tuple[SessionData, SessionParts] | None:
    """All that the version says of one session, and the parts of its page; rendered now if need be."""
    key = ("session", programme.version_id, programme.is_prepared, slug, language)
    found: tuple[SessionData, SessionParts] | None = kept.get(key)
    if found is None:
        row = first_row(_session_statement(language), {_ANY_KEY: programme.version_id, _ANY_SLUG: slug})
        if row is None:
            return None
        data, body = json.loads(row[0]), row[1]
        if not (body and programme.is_prepared):
            body = session_bodies(programme.frame, [data], language)[slug]
        found = data, SessionParts.read(body)
        kept.put(key, found, _WEIGHT * (len(str(data)) + len(body)))
    return found


@lru_cache(maxsize=32)
def _session_statement(language: str) -> Statement:
    rows = PublishedSession.objects.filter(version_id=_ANY_KEY, slug=_ANY_SLUG)
    return rows.annotate(body=KT(f"bodies__{language}")).values_list("data", "body").query.sql_with_params()


def has_materials(session_id: int) -> bool:
    """Whether a session has any material, for whomever: most have none, and this costs little to ask."""
    return first_row(_material_statement(), {_ANY_KEY: session_id}) is not None


@lru_cache(maxsize=1)
def _material_statement() -> Statement:
    return Material.objects.filter(session_id=_ANY_KEY).values_list("pk")[:1].query.sql_with_params()


def published_speaker(programme: Programme, slug: str) -> SpeakerData | None:
    """All that the version says of one speaker."""
    rows = PublishedSpeaker.objects.filter(version_id=programme.version_id, slug=slug)
    return rows.values_list("data", flat=True).first()


def starred_sessions(viewer: Viewer, edition_id: int) -> frozenset[int]:
    """The sessions of an edition that the viewer has starred, by key."""
    if viewer.person_id is None:
        return frozenset()
    stars = Star.objects.visible_to(viewer).filter(session__edition_id=edition_id)
    return frozenset(stars.values_list("session_id", flat=True))


def versions_for_reading(viewer: Viewer, slug: str) -> list[ProgrammeVersion]:
    """All versions of an edition, newest first, with what changed in each."""
    versions = ProgrammeVersion.objects.visible_to(viewer).filter(edition__slug=slug)
    return list(versions.defer("data").order_by("-number"))


def _prepared(
    published: QuerySet[PublishedSession] | QuerySet[PublishedSpeaker], programme: Programme, language: str
) -> dict[str, str] | None:
    if not programme.is_prepared:
        return None
    rows = dict(published.annotate(row=KT(f"rows__{language}")).values_list("slug", F("row")))
    return rows if all(rows.values()) else None


def _programme(version: ProgrammeVersion, data: VersionData) -> Programme:
    items = tuple(
        Item(
            id=entry["id"],
            slug=entry["slug"],
            start=datetime.fromisoformat(entry["start"]),
            end=datetime.fromisoformat(entry["end"]),
            zone=entry["zone"],
            part=entry["part"],
            room=entry["room"],
            kind=entry["kind"],
            speakers=frozenset(entry["speakers"]),
            objectives=frozenset(entry["objectives"]),
            languages=frozenset(entry["languages"]),
            is_cancelled=entry["cancelled"],
        )
        for entry in data["entries"]
    )
    return Programme(
        version_id=version.pk,
        number=version.number,
        published_at=version.published_at,
        is_prepared=version.prepared_format == PREPARED_FORMAT,
        frame=data["frame"],
        items=items,
        speakers=tuple((slug, name) for slug, name in data["speakers"]),
        turns=_turns(items),
    )


def _turns(items: Iterable[Item]) -> tuple[datetime, ...]:
    return tuple(sorted({moment for item in items for moment in (item.start, item.end)}))


def day_of(item: Item, zone: str = "") -> str:
    """The date on which an item starts, on its own clocks or on those of a zone."""
    return at_zone(item.start, zone or item.zone).date().isoformat()
