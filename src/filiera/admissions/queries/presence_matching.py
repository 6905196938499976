"""Whose names stand in an attendance file, how long each was there, and what recording it would do."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from filiera.academy.models import Session
from filiera.admissions.attendance_files import parse_minutes, parse_moment
from filiera.admissions.models import Participation, Presence, PresenceImport, PresenceMode, PresenceSource
from filiera.shared.time import at_zone, parse_zone
from filiera.texts.similarity import similarity
from filiera.texts.sorting import sort_key

# Below this two names have little more than letters in common.
ALIKE = 0.4
MOST_PROPOSALS = 3
LONG_WORD = 4
Span = tuple[datetime, datetime]


@dataclass(slots=True)
class Attendee:
    """One name of the file with all its rows, and whom it may be."""

    key: str
    name: str
    email: str
    minutes: int = 0
    spans: list[Span] = field(default_factory=list)
    loose_minutes: float = 0.0
    # What the tool says for the rows with times: less where somebody left in between.
    told_minutes: float = 0.0
    # How it was found: "email", "name", "decided", "doubtful" or "nobody".
    how: str = "nobody"
    participation: int | None = None
    proposals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_doubtful(self) -> bool:
        return self.how == "doubtful"


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be recorded for one participation: "new", "changed", "same" or "kept"."""

    participation: int
    name: str
    minutes: int
    first_at: datetime
    what: str
    presence: Presence | None


@dataclass(frozen=True, slots=True)
class Matching:
    """The whole file as it would be recorded now."""

    attendees: list[Attendee]
    planned: list[Planned]
    people: list[tuple[int, str]]

    @property
    def doubtful(self) -> list[Attendee]:
        return [attendee for attendee in self.attendees if attendee.is_doubtful]

    def count(self, what: str) -> int:
        return sum(planned.what == what for planned in self.planned)


def matching_of(presence_import: PresenceImport) -> Matching:
    """Names to people: by address, then by name; what is only alike waits for a decision."""
    session = presence_import.session
    places = list(
        Participation.objects.confirmed()
        .filter(edition_id=presence_import.edition_id)
        .select_related("person", "organisation")
        .order_by("sort_name", "pk")
    )
    attendees = _attendees(presence_import, session)
    _match(attendees, places, presence_import.decisions)
    people = [(place.pk, _label(place)) for place in sorted(places, key=lambda row: sort_key(row.name))]
    return Matching(attendees, _plan(attendees, places, session), people)


def _attendees(presence_import: PresenceImport, session: Session) -> list[Attendee]:
    mapping: Mapping[str, int] = presence_import.mapping
    held_on = _held_on(session)
    found: dict[str, Attendee] = {}
    for row in presence_import.rows:
        told = {name: row[at] for name, at in mapping.items() if at < len(row)}
        name, email = told.get("name", "").strip(), told.get("email", "").strip().lower()
        if not name and not email:
            continue
        key = email or sort_key(name)
        attendee = found.setdefault(key, Attendee(key=key, name=name or email, email=email))
        span = _span(told, held_on, session)
        minutes = parse_minutes(told.get("minutes", ""))
        if span is not None:
            attendee.spans.append(span)
            length = (span[1] - span[0]).total_seconds() / 60
            attendee.told_minutes += length if minutes is None else minutes
        elif minutes is not None:
            attendee.loose_minutes += minutes
    for attendee in found.values():
        attendee.minutes = _minutes([attendee], session)
    return sorted(found.values(), key=lambda attendee: (sort_key(attendee.name), attendee.key))


def _span(told: Mapping[str, str], held_on: date, session: Session) -> Span | None:
    joined = parse_moment(told["join"], held_on) if told.get("join") else None
    left = parse_moment(told["leave"], held_on) if told.get("leave") else None
    if joined is None or left is None or left < joined:
        return None
    zone = parse_zone(session.part.time_zone)
    return joined.replace(tzinfo=zone), left.replace(tzinfo=zone)


def _minutes(attendees: Sequence[Attendee], session: Session) -> int:
    """Time in the session under all names and devices together, no minute counted twice."""
    length = _length(session)
    spans = [_clipped(span, session) for attendee in attendees for span in attendee.spans]
    total, until = timedelta(), None
    for start, end in sorted(span for span in spans if span is not None):
        start = max(start, until) if until is not None else start
        if end > start:
            total += end - start
        until = max(until, end) if until is not None else end
    told = sum(attendee.told_minutes for attendee in attendees)
    loose = sum(attendee.loose_minutes for attendee in attendees)
    # Tools round up to whole minutes and down to none.
    seen = min(total.total_seconds() / 60, told + len(spans))
    return round(min(seen + loose, length))


def _clipped(span: Span, session: Session) -> Span | None:
    if session.during is None:
        return span
    start, end = max(span[0], session.during.lower), min(span[1], session.during.upper)
    return (start, end) if end > start else None


def _length(session: Session) -> float:
    if session.during is None:
        return session.minutes
    length: timedelta = session.during.upper - session.during.lower
    return length.total_seconds() / 60


def _held_on(session: Session) -> date:
    if session.during is None:
        return session.part.starts_on
    return at_zone(session.during.lower, session.part.time_zone).date()


def _match(attendees: list[Attendee], places: list[Participation], decisions: Mapping[str, int]) -> None:
    by_email: dict[str, int] = {}
    by_name: dict[str, list[int]] = defaultdict(list)
    for place in places:
        addresses = {place.email.lower(), place.person.email.lower() if place.person is not None else ""}
        by_email |= {address: place.pk for address in addresses if address}
        by_name[plain_name(place.name)].append(place.pk)
    known = {place.pk for place in places}
    for attendee in attendees:
        decided = decisions.get(attendee.key)
        same_name = by_name.get(plain_name(attendee.name), [])
        if decided is not None and (decided == 0 or decided in known):
            attendee.how, attendee.participation = "decided", decided or None
        elif attendee.email in by_email:
            attendee.how, attendee.participation = "email", by_email[attendee.email]
        elif len(same_name) == 1:
            attendee.how, attendee.participation = "name", same_name[0]
        else:
            attendee.proposals = _proposals(attendee.name, places)
            attendee.how = "doubtful" if attendee.proposals else "nobody"


def plain_name(name: str) -> str:
    """A name without accents, order, and what tools and people put around it."""
    bare = re.sub(r"[(\[].*?[)\]]", " ", name)
    bare = re.split(r"\s[-–|/]\s|\|", bare)[0]
    return " ".join(sorted(re.findall(r"\w+", sort_key(bare))))


def _proposals(name: str, places: list[Participation]) -> list[tuple[int, str]]:
    wanted = plain_name(name)
    alike = sorted(
        ((_likeness(wanted, plain_name(place.name)), place) for place in places),
        key=lambda pair: (-pair[0], pair[1].pk),
    )
    return [(place.pk, _label(place)) for share, place in alike[:MOST_PROPOSALS] if share >= ALIKE]


def _likeness(left: str, right: str) -> float:
    # "iPhone di Marco" may be Marco: one whole word is worth a look.
    shared = {word for word in left.split() if len(word) >= LONG_WORD} & set(right.split())
    return max(similarity(left, right), ALIKE if shared else 0.0)


def _label(place: Participation) -> str:
    organisation = place.organisation.name if place.organisation is not None else place.organisation_name
    return f"{place.name}, {organisation}" if organisation else place.name


def _plan(attendees: list[Attendee], places: list[Participation], session: Session) -> list[Planned]:
    """What each of our people would get; several names of one person count together."""
    grouped: dict[int, list[Attendee]] = defaultdict(list)
    for attendee in attendees:
        if attendee.participation is not None:
            grouped[attendee.participation].append(attendee)
    standing = {
        presence.participation_id: presence
        for presence in Presence.objects.standing().filter(session=session).select_related("participation")
    }
    planned = []
    for place in places:
        names = grouped.get(place.pk)
        minutes = _minutes(names, session) if names else 0
        if not names or minutes < 1:
            continue
        presence = standing.get(place.pk)
        planned.append(
            Planned(
                participation=place.pk,
                name=place.name,
                minutes=minutes,
                first_at=_first_at(names, session),
                what=_what(presence, minutes),
                presence=presence,
            )
        )
    return planned


def _what(presence: Presence | None, minutes: int) -> str:
    if presence is None:
        return "new"
    # Seen at the door or ticked by hand: that is the better witness.
    if presence.source != PresenceSource.IMPORT or presence.mode != PresenceMode.ONLINE:
        return "kept"
    return "same" if presence.minutes == minutes else "changed"


def _first_at(attendees: list[Attendee], session: Session) -> datetime:
    clipped = [_clipped(span, session) for attendee in attendees for span in attendee.spans]
    starts = [span[0] for span in clipped if span is not None]
    if starts:
        return min(starts)
    assert session.during is not None
    lower: datetime = session.during.lower
    return lower
