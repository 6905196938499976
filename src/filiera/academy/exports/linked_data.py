"""schema.org JSON-LD of an edition: one Event with one sub-event per session.

Types and properties follow schema.org 'EducationEvent' and the Event guidelines of the large search engines.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from filiera.academy.models import PartMode
from filiera.academy.snapshot import SessionData
from filiera.texts.languages import translated

from .texts import ends_locally, place, session_address, starts_locally

JsonObject = Mapping[str, object]

_ATTENDANCE = {
    PartMode.ONLINE: "https://schema.org/OnlineEventAttendanceMode",
    PartMode.IN_PERSON: "https://schema.org/OfflineEventAttendanceMode",
    PartMode.HYBRID: "https://schema.org/MixedEventAttendanceMode",
}
_MIXED = _ATTENDANCE[PartMode.HYBRID]
# "<", ">" and "&" end or open markup inside a script element, so they are written as escapes.
_IN_MARKUP = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What the linked data say of the edition itself."""

    slug: str
    name: str
    summary: str
    organiser: str
    organiser_address: str
    host: str
    base: str


def edition_linked_data(
    edition: EditionFacts, sessions: Iterable[SessionData], *, language: str
) -> dict[str, object]:
    """The edition with its scheduled sessions as sub-events; sessions without a time are left out."""
    scheduled = [session for session in sessions if session["starts_at"]]
    address = f"{edition.base}/academy/{edition.slug}/"
    organiser = {"@type": "Organization", "name": edition.organiser, "url": edition.organiser_address}
    modes = {session["part"]["mode"] for session in scheduled}
    event: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "EducationEvent",
        "@id": address,
        "name": edition.name,
        "description": edition.summary,
        "url": address,
        "inLanguage": language,
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": _ATTENDANCE[PartMode(modes.pop())] if len(modes) == 1 else _MIXED,
        "organizer": organiser,
    }
    if edition.host:
        event["contributor"] = {"@type": "Organization", "name": edition.host}
    if scheduled:
        first = min(scheduled, key=lambda session: session["starts_at"] or "")
        last = max(scheduled, key=lambda session: session["ends_at"] or "")
        event["startDate"] = starts_locally(first).isoformat()
        event["endDate"] = ends_locally(last).isoformat()
        event["location"] = _locations(scheduled, address, language)
    event["subEvent"] = [
        session_linked_data(session, edition=edition, organiser=organiser, language=language)
        for session in scheduled
    ]
    return event


def session_linked_data(
    data: SessionData, *, edition: EditionFacts, organiser: JsonObject, language: str
) -> dict[str, object]:
    """One session as an Event of its own."""
    address = session_address(data, edition=edition.slug, base=edition.base)
    event: dict[str, object] = {
        "@type": "Event",
        "@id": address,
        "name": translated(data["title"], language),
        "url": address,
        "startDate": starts_locally(data).isoformat(),
        "endDate": ends_locally(data).isoformat(),
        "eventStatus": f"https://schema.org/{'EventCancelled' if data['is_cancelled'] else 'EventScheduled'}",
        "eventAttendanceMode": _ATTENDANCE[PartMode(data["part"]["mode"])],
        "location": _location(data, address, language),
        "organizer": dict(organiser),
        "inLanguage": data["languages"] or [language],
    }
    abstract = translated(data["abstract"], language)
    if abstract:
        event["description"] = abstract
    if data["speakers"]:
        event["performer"] = [_performer(speaker) for speaker in data["speakers"]]
    return event


def as_script_text(linked_data: Mapping[str, object]) -> SafeString:
    """The data as they may stand inside `<script type="application/ld+json">`."""
    return mark_safe(json.dumps(linked_data, ensure_ascii=False).translate(_IN_MARKUP))


def _performer(speaker: Mapping[str, str]) -> JsonObject:
    person: dict[str, object] = {"@type": "Person", "name": speaker["name"]}
    if speaker["organisation"]:
        person["affiliation"] = {"@type": "Organization", "name": speaker["organisation"]}
    return person


def _locations(sessions: Iterable[SessionData], address: str, language: str) -> list[JsonObject]:
    seen: dict[str, JsonObject] = {}
    for session in sessions:
        for location in _location(session, address, language, with_room=False):
            seen.setdefault(json.dumps(location, sort_keys=True), location)
    return list(seen.values())


def _location(data: SessionData, address: str, language: str, *, with_room: bool = True) -> list[JsonObject]:
    virtual = {"@type": "VirtualLocation", "url": address}
    mode = data["part"]["mode"]
    if mode == PartMode.ONLINE:
        return [virtual]
    venue = data["venue"]
    physical: dict[str, object] = {
        "@type": "Place",
        "name": place(data, language) if with_room else (venue["name"] if venue else ""),
    }
    if venue:
        physical["address"] = {
            "@type": "PostalAddress",
            "streetAddress": venue["address"],
            "addressLocality": venue["city"],
            "addressCountry": venue["country"],
        }
    return [physical, virtual] if mode == PartMode.HYBRID else [physical]
