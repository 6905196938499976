"""What a certificate says: written down once at issue, so that it stays true whatever changes later."""

from typing import TypedDict

Texts = dict[str, str]


class AttendedDay(TypedDict):
    """One day of the programme on which the holder was seen in a session; modes as they were."""

    date: str
    modes: list[str]
    minutes: int


class Alignment(TypedDict):
    """Something outside that the award corresponds to, e.g. a competence of a framework."""

    name: str
    url: str
    framework: str
    code: str


class Contents(TypedDict):
    """All that stands on a certificate besides the holder's name, its code and its date."""

    award: Texts
    description: Texts
    edition: Texts
    part: Texts
    organiser: str
    organiser_slug: str
    host: str
    place: str
    starts_on: str
    ends_on: str
    outcomes: list[Texts]
    criteria: Texts
    alignments: list[Alignment]
    days: list[AttendedDay]
    minutes: int
    held_minutes: int
