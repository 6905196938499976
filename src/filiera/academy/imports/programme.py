"""The plain form of an imported programme, whatever file it came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ProgrammePlace:
    """A part of the edition as an import sees it: which dates belong to it and what its clocks show."""

    part_id: int
    starts_on: date
    ends_on: date
    zone: ZoneInfo

    def holds(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class ImportedSpeaker:
    name: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class ImportedSession:
    """One session as read; `starts_at` is empty for one that goes to the tray."""

    row: int
    slug: str
    part_id: int
    kind: str
    title: dict[str, str]
    abstract: dict[str, str]
    starts_at: datetime | None
    minutes: int
    room: str
    speakers: Sequence[ImportedSpeaker] = field(default_factory=tuple)
    languages: Sequence[str] = field(default_factory=tuple)
    capacity: int | None = None


def part_of(day: date, places: Sequence[ProgrammePlace]) -> ProgrammePlace | None:
    return next((place for place in places if place.holds(day)), None)


def dates_in_words(places: Sequence[ProgrammePlace]) -> str:
    return ", ".join(
        place.starts_on.isoformat()
        if place.starts_on == place.ends_on
        else f"{place.starts_on.isoformat()} – {place.ends_on.isoformat()}"
        for place in places
    )
