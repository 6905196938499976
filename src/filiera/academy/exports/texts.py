"""How an export says where, who and when; shared by all formats."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from filiera.academy.snapshot import SessionData
from filiera.texts.languages import translated


def starts_locally(data: SessionData) -> datetime:
    """The start in the part's own zone; the caller has checked that there is one."""
    return _locally(data["starts_at"] or "", data["zone"])


def ends_locally(data: SessionData) -> datetime:
    return _locally(data["ends_at"] or "", data["zone"])


def place(data: SessionData, language: str) -> str:
    """Room, venue and town, as one would write them on an envelope."""
    venue = data["venue"]
    known = [
        translated(data["room"]["name"], language) if data["room"] else "",
        venue["name"] if venue else "",
        venue["address"] if venue else "",
        venue["city"] if venue else "",
    ]
    return ", ".join(part for part in known if part)


def speaker_line(data: SessionData) -> str:
    return ", ".join(
        f"{speaker['name']} ({speaker['organisation']})" if speaker["organisation"] else speaker["name"]
        for speaker in data["speakers"]
    )


def session_address(data: SessionData, *, edition: str, base: str) -> str:
    return f"{base}/academy/{edition}/sessions/{data['slug']}/"


def guid(base: str, *words: object) -> UUID:
    """The same thing has the same identifier in every file and version of one installation."""
    return uuid5(NAMESPACE_URL, "/".join([base, *(str(word) for word in words)]))


def printable(value: str) -> str:
    """The text without the control characters that no format has a way to write."""
    return "".join(letter for letter in value if letter >= " " or letter in "\n\t")


def host_of(base: str) -> str:
    return urlsplit(base).hostname or "localhost"


def _locally(moment: str, zone: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
