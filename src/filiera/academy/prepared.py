"""What is rendered once, at publication: a row per session and speaker and language, joined when asked for.

A row is the same for everybody who reads it. What differs by reader or view (a star, the hour on another
clock, a place in the grid) is a single character in the row, put there for the page to replace.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from filiera.texts.languages import page_languages

from .models import ContributionRole, ProgrammeVersion, PublishedSession, PublishedSpeaker, SessionKind
from .snapshot import FrameData, SessionData, Snapshot, SpeakerData, searchable_words

PREPARED_FORMAT = 2
"""Counts up with every change of a row's shape: rows of another shape are rendered anew when read."""

# Private characters of Unicode: they are in no text, because they are taken out of every row first.
CLASSES, STAR, HOURS, PART = "\ue000", "\ue001", "\ue002", "\ue003"
_WITHOUT_MARKS = str.maketrans("", "", CLASSES + STAR + HOURS + PART)
# Written so in the templates: what people write has its "<" escaped there.
_MARKS = {"<classes>": CLASSES, "<star>": STAR, "<hours>": HOURS, "<part>": PART}

DEMONSTRATION_WORDS = {
    "day": _("day"),
    "hour": _("hour"),
    "kind": _("kind"),
    "session": _("session"),
    "room": _("room"),
    "title": _("title"),
    "abstract": _("description"),
    "speakers": _("speakers"),
    "languages": _("language"),
    "capacity": _("places"),
}


class Entry(TypedDict):
    """What is needed of a session to find, filter, order and place it without reading it."""

    id: int
    slug: str
    start: str
    end: str
    zone: str
    part: str
    room: str
    kind: str
    speakers: list[str]
    objectives: list[int]
    languages: list[str]
    cancelled: bool


class VersionData(TypedDict):
    """The column `data` of a version: its frame, an entry per session, a name per speaker."""

    frame: FrameData
    entries: list[Entry]
    speakers: list[list[str]]


def version_data(snapshot: Snapshot) -> VersionData:
    return {
        "frame": snapshot.frame,
        "entries": [_entry(session) for session in snapshot.sessions],
        "speakers": [[speaker["slug"], speaker["name"]] for speaker in snapshot.speakers],
    }


def prepared_sessions(version: ProgrammeVersion, sessions: Iterable[SessionData]) -> list[PublishedSession]:
    """The rows of a new version, with every text that pages and files join."""
    edition = version.edition.slug
    listed = list(sessions)
    rows = {language: session_rows(edition, listed, language) for language in page_languages()}
    frame: FrameData = version.data["frame"]
    bodies = {language: session_bodies(frame, listed, language) for language in page_languages()}
    return [
        PublishedSession(
            version=version,
            session_id=data["id"],
            slug=data["slug"],
            starts_at=_moment(data["starts_at"]),
            ends_at=_moment(data["ends_at"]),
            position=position,
            data=data,
            words=searchable_words(data),
            rows={language: rows[language][data["slug"]] for language in rows},
            bodies={language: bodies[language][data["slug"]] for language in bodies},
        )
        for position, data in enumerate(listed)
    ]


def prepared_speakers(
    version: ProgrammeVersion, speakers: Iterable[SpeakerData], keys: Mapping[str, int | None]
) -> list[PublishedSpeaker]:
    """`keys` leads from a speaker's slug to their row in the draft."""
    listed = list(speakers)
    rows = {language: speaker_rows(version.edition.slug, listed, language) for language in page_languages()}
    return [
        PublishedSpeaker(
            version=version,
            speaker_id=keys[data["slug"]],
            slug=data["slug"],
            position=position,
            data=data,
            rows={language: rows[language][data["slug"]] for language in rows},
        )
        for position, data in enumerate(listed)
    ]


def session_rows(edition: str, sessions: Iterable[SessionData], language: str) -> dict[str, str]:
    """Each session's row by slug, with the characters that a page replaces."""
    address = _address_pattern("academy:session", edition)
    with override(language):
        kinds = {kind.value: str(kind.label) for kind in SessionKind}
        return {
            data["slug"]: _rendered(
                "academy/public/_session_row.html",
                {
                    "session": data,
                    "address": address.replace("-slug-", data["slug"]),
                    "kind": kinds.get(data["kind"], data["kind"]),
                    "demonstration": demonstration_words(data),
                    "start": _short(data["starts_at"]),
                    "end": _short(data["ends_at"]),
                },
            )
            for data in sessions
        }


def demonstration_words(data: SessionData) -> str:
    """What of a session was made up to fill a screen, in the language that is active."""
    return ", ".join(str(DEMONSTRATION_WORDS.get(name, name)) for name in data["demonstration"])


class SessionParts(NamedTuple):
    """The parts of a session's own page that are the same for everybody, between which stands what is not."""

    description: SafeString
    title: SafeString
    about: SafeString
    stage: SafeString
    purpose: SafeString
    sources: SafeString
    facts: SafeString

    @classmethod
    def read(cls, body: str) -> "SessionParts":
        return cls(*(mark_safe(part) for part in body.split(PART)))


def session_bodies(frame: FrameData, sessions: Iterable[SessionData], language: str) -> dict[str, str]:
    """Each session's parts by slug, joined by a character that is in none of them."""
    with override(language):
        return {data["slug"]: _session_body(frame, data) for data in sessions}


def _session_body(frame: FrameData, data: SessionData) -> str:
    served = set(data["objectives"])
    return _rendered(
        "academy/public/_session_parts.html",
        {
            "session": data,
            "edition": frame["slug"],
            "start": _moment(data["starts_at"]),
            "end": _moment(data["ends_at"]),
            "objectives": [each for each in frame["objectives"] if each["number"] in served],
            "demonstration": demonstration_words(data),
        },
    )


def speaker_rows(edition: str, speakers: Iterable[SpeakerData], language: str) -> dict[str, str]:
    """Each speaker's row by slug."""
    address = _address_pattern("academy:speaker", edition)
    with override(language):
        roles = {role.value: str(role.label) for role in ContributionRole}
        return {
            data["slug"]: _rendered(
                "academy/public/_speaker_row.html",
                {
                    "speaker": data,
                    "address": address.replace("-slug-", data["slug"]),
                    "roles": sorted({roles.get(part["role"], part["role"]) for part in data["sessions"]}),
                },
            )
            for data in speakers
        }


def _rendered(template: str, context: dict[str, Any]) -> str:
    row = get_template(template).render(context).translate(_WITHOUT_MARKS).strip()
    for written, mark in _MARKS.items():
        row = row.replace(written, mark)
    return row


def _address_pattern(name: str, edition: str) -> str:
    return reverse(name, args=[edition, "-slug-"])


def _entry(data: SessionData) -> Entry:
    return {
        "id": data["id"],
        "slug": data["slug"],
        "start": data["starts_at"] or "",
        "end": data["ends_at"] or "",
        "zone": data["zone"],
        "part": data["part"]["slug"],
        "room": data["room"]["slug"] if data["room"] else "",
        "kind": data["kind"],
        "speakers": [speaker["slug"] for speaker in data["speakers"]],
        "objectives": data["objectives"],
        "languages": data["languages"],
        "cancelled": data["is_cancelled"],
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _short(text: str | None) -> str:
    """To the minute, as scripts read it: 2023-09-21T07:00Z."""
    return f"{text[:16]}Z" if text else ""
