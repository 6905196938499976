"""What a version keeps: everything public of a programme, as plain data that no later edit can reach.

Nothing that only members may see (online links, their materials) may enter here: exports and the API give
this data to everybody.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict

from django.db.models import Prefetch

from filiera.shared.time import at_zone
from filiera.texts.markdown import plain_text
from filiera.texts.sorting import sort_key

from .models import (
    Contribution,
    Day,
    Edition,
    Material,
    MaterialAudience,
    Objective,
    Part,
    PartMode,
    Room,
    Session,
    SessionState,
    Speaker,
    Venue,
)

Texts = dict[str, str]


class PartData(TypedDict):
    slug: str
    title: Texts
    mode: str


class RoomData(TypedDict):
    slug: str
    name: Texts
    capacity: int | None


class VenueData(TypedDict):
    slug: str
    name: str
    address: str
    city: str
    country: str


class SessionData(TypedDict):
    """One published session; times are UTC in ISO 8601, `day` is the date on the clocks of `zone`."""

    id: int
    slug: str
    title: Texts
    abstract: Texts
    kind: str
    part: PartData
    day: str | None
    starts_at: str | None
    ends_at: str | None
    zone: str
    room: RoomData | None
    venue: VenueData | None
    speakers: list[dict[str, str]]
    languages: list[str]
    objectives: list[int]
    materials: list[dict[str, Any]]
    capacity: int | None
    is_cancelled: bool
    sources: list[dict[str, Any]]
    demonstration: list[str]
    online: bool
    updated_at: str
    sequence: int


class SpeakerData(TypedDict):
    """One published speaker; biography and photograph only with their consent."""

    slug: str
    name: str
    position: Texts
    organisation: str
    organisation_slug: str
    country: str
    country_names: Texts
    biography: Texts
    photo: str
    sessions: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    is_demonstration: bool


class FramePart(TypedDict):
    slug: str
    number: int
    title: Texts
    mode: str
    starts_on: str
    ends_on: str
    zone: str
    venue: VenueData | None


class FrameDay(TypedDict):
    date: str
    part: str
    title: Texts


class FrameData(TypedDict):
    """What the sessions of a version do not say themselves."""

    slug: str
    name: Texts
    summary: Texts
    series: Texts
    number: int
    organiser: str
    organiser_slug: str
    host: str
    host_slug: str
    zone: str
    is_demonstration: bool
    parts: list[FramePart]
    days: list[FrameDay]
    rooms: list[RoomData]
    objectives: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole programme at one moment, sessions by time and speakers by name."""

    frame: FrameData
    sessions: list[SessionData]
    speakers: list[SpeakerData]

    @property
    def digest(self) -> str:
        """Equal for programmes that say the same, however often they were edited in between."""
        sessions = [content_of(session) for session in self.sessions]
        return _digest([self.frame, sessions, self.speakers])


def content_of(data: SessionData) -> dict[str, Any]:
    """What a session says, without how often and when it was edited."""
    return {key: value for key, value in data.items() if key not in ("sequence", "updated_at")}


def snapshot_of(edition: Edition, *, published_before: Iterable[int] = ()) -> Snapshot:
    """Read the draft of an edition as it would be published now.

    Sessions without a time stay in the tray. A cancelled session is shown, as cancelled, only if an earlier
    version (whose session keys are `published_before`) had announced it.
    """
    known = set(published_before)
    rows = [row for row in _scheduled(edition) if row.state == SessionState.PLANNED or row.pk in known]
    sessions = [session_data(row) for row in rows]
    return Snapshot(frame=_frame(edition), sessions=sessions, speakers=_speakers(rows))


def session_data(session: Session) -> SessionData:
    """Everything public of one scheduled session."""
    assert session.during is not None
    part, room = session.part, session.room
    venue = (room.venue if room else None) or part.venue
    starts_at: datetime = session.during.lower
    return {
        "id": session.pk,
        "slug": session.slug,
        "title": session.title,
        "abstract": session.abstract,
        "kind": session.kind,
        "part": {"slug": part.slug, "title": part.title, "mode": part.mode},
        "day": at_zone(starts_at, part.time_zone).date().isoformat(),
        "starts_at": _iso(starts_at),
        "ends_at": _iso(session.during.upper),
        "zone": part.time_zone,
        "room": _room(room) if room else None,
        "venue": _venue(venue) if venue else None,
        "speakers": [_speaker_line(contribution) for contribution in _standing(session)],
        "languages": list(session.languages),
        "objectives": sorted(objective.number for objective in session.objectives.all()),
        "materials": [_material(material) for material in session.materials.all()],
        "capacity": session.capacity,
        "is_cancelled": session.state == SessionState.CANCELLED,
        "sources": web_sources(session.sources),
        "demonstration": sorted(session.demonstration_fields),
        "online": part.mode != PartMode.IN_PERSON or bool(session.online_url),
        "updated_at": _iso(session.updated_at),
        "sequence": session.sequence,
    }


def web_sources(sources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sources that a page may link to: an address with another scheme could run a script."""
    return [source for source in sources if str(source.get("url", "")).startswith(("http://", "https://"))]


def searchable_words(data: SessionData) -> str:
    """All that one may look for in a session, folded, in every language it has."""
    room, speakers = data["room"], data["speakers"]
    texts = [
        *data["title"].values(),
        *(plain_text(text) for text in data["abstract"].values()),
        *(room["name"].values() if room else ()),
        *(speaker["name"] for speaker in speakers),
        *(speaker["organisation"] for speaker in speakers),
    ]
    return sort_key(" ".join(texts))


def _scheduled(edition: Edition) -> list[Session]:
    contributions = (
        Contribution.objects.filter(speaker__declined_at__isnull=True)
        .select_related("speaker__organisation", "speaker__country", "speaker__photo")
        .order_by("position", "pk")
    )
    public = (
        Material.objects.filter(audience=MaterialAudience.PUBLIC)
        .select_related("file")
        .order_by("position", "pk")
    )
    return list(
        Session.objects.filter(edition=edition, during__isnull=False)
        .select_related("part__venue", "room__venue")
        .prefetch_related(
            Prefetch("contributions", contributions),
            Prefetch("materials", public),
            Prefetch("objectives", Objective.objects.order_by("number")),
        )
        .order_by("during", "room__position", "pk")
    )


def _standing(session: Session) -> list[Contribution]:
    return list(session.contributions.all())


def _frame(edition: Edition) -> FrameData:
    parts = list(Part.objects.filter(edition=edition).select_related("venue").order_by("number"))
    days = Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "part__number")
    rooms = Room.objects.filter(edition=edition).order_by("position", "pk")
    return {
        "slug": edition.slug,
        "name": edition.name,
        "summary": edition.summary,
        "series": edition.series.name,
        "number": edition.number,
        "organiser": edition.organiser.name,
        "organiser_slug": edition.organiser.slug,
        "host": edition.host.name if edition.host else "",
        "host_slug": edition.host.slug if edition.host else "",
        "zone": edition.time_zone,
        "is_demonstration": edition.is_demonstration,
        "parts": [_part(part) for part in parts],
        "days": [{"date": day.date.isoformat(), "part": day.part.slug, "title": day.title} for day in days],
        "rooms": [_room(room) for room in rooms],
        "objectives": [
            {"number": objective.number, "text": objective.text}
            for objective in Objective.objects.filter(edition=edition).order_by("number")
        ],
    }


def _speakers(sessions: Iterable[Session]) -> list[SpeakerData]:
    """The speakers of these sessions by name, each with the sessions they are in."""
    appearances: dict[int, list[dict[str, Any]]] = {}
    people: dict[int, Speaker] = {}
    for session in sessions:
        for contribution in _standing(session):
            people.setdefault(contribution.speaker_id, contribution.speaker)
            appearances.setdefault(contribution.speaker_id, []).append(
                {
                    "slug": session.slug,
                    "title": session.title,
                    "kind": session.kind,
                    "role": contribution.role,
                    "starts_at": _iso(session.during.lower) if session.during else None,
                    "zone": session.part.time_zone,
                    "is_cancelled": session.state == SessionState.CANCELLED,
                }
            )
    by_name = sorted(people.values(), key=lambda speaker: (sort_key(speaker.name), speaker.pk))
    return [_speaker(speaker, appearances[speaker.pk]) for speaker in by_name]


def _speaker(speaker: Speaker, sessions: list[dict[str, Any]]) -> SpeakerData:
    has_consented = speaker.consented_at is not None
    return {
        "slug": speaker.slug,
        "name": speaker.name,
        "position": speaker.position,
        "organisation": speaker.organisation.name if speaker.organisation else "",
        "organisation_slug": speaker.organisation.slug if speaker.organisation else "",
        "country": speaker.country_id or "",
        "country_names": speaker.country.names if speaker.country else {},
        "biography": speaker.biography if has_consented else {},
        "photo": str(speaker.photo.uuid) if has_consented and speaker.photo else "",
        "sessions": sessions,
        "sources": web_sources(speaker.sources),
        "is_demonstration": speaker.is_demonstration,
    }


def _speaker_line(contribution: Contribution) -> dict[str, str]:
    speaker = contribution.speaker
    return {
        "slug": speaker.slug,
        "name": speaker.name,
        "role": contribution.role,
        "organisation": speaker.organisation.name if speaker.organisation else "",
        "organisation_slug": speaker.organisation.slug if speaker.organisation else "",
        "country": speaker.country_id or "",
    }


def _part(part: Part) -> FramePart:
    return {
        "slug": part.slug,
        "number": part.number,
        "title": part.title,
        "mode": part.mode,
        "starts_on": part.starts_on.isoformat(),
        "ends_on": part.ends_on.isoformat(),
        "zone": part.time_zone,
        "venue": _venue(part.venue) if part.venue else None,
    }


def _room(room: Room) -> RoomData:
    return {"slug": room.slug, "name": room.name, "capacity": room.capacity}


def _venue(venue: Venue) -> VenueData:
    return {
        "slug": venue.slug,
        "name": venue.name,
        "address": venue.address,
        "city": venue.city,
        "country": venue.country_id or "",
    }


def _material(material: Material) -> dict[str, Any]:
    return {
        "title": material.title,
        "url": material.url or (f"/files/{material.file.uuid}/" if material.file else ""),
        "visible_to": material.audience,
        "available": material.moment,
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _digest(content: object) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
