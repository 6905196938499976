"""iCalendar (RFC 5545): one entry per session, rendered at publication, joined into a file when asked for."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

from filiera.academy.day_parts import OwnPart
from filiera.academy.models import Edition
from filiera.academy.snapshot import SessionData
from filiera.texts.languages import translated

from .texts import ends_locally, host_of, place, printable, session_address, speaker_line, starts_locally

PRODUCT = "-//Filiera//Programme//EN"


def session_event(data: SessionData, *, edition: str, language: str, base: str) -> str:
    """One VEVENT. Its UID never changes, SEQUENCE grows with every change, a cancelled session stays."""
    address = session_address(data, edition=edition, base=base)
    event = Event()
    event.add("uid", f"session-{data['id']}@{edition}.{host_of(base)}")
    event.add("dtstamp", datetime.fromisoformat(data["updated_at"]))
    event.add("last-modified", datetime.fromisoformat(data["updated_at"]))
    event.add("sequence", data["sequence"])
    event.add("dtstart", starts_locally(data))
    event.add("dtend", ends_locally(data))
    event.add("summary", _text(translated(data["title"], language), language))
    event.add("status", "CANCELLED" if data["is_cancelled"] else "CONFIRMED")
    event.add("url", address)
    where = place(data, language)
    if where:
        event.add("location", printable(where))
    lines = [speaker_line(data), translated(data["abstract"], language), address]
    event.add("description", printable("\n\n".join(line for line in lines if line)))
    text: bytes = event.to_ical()
    return text.decode()


def own_event(part: OwnPart, *, edition: Edition, language: str, base: str, at: datetime) -> str:
    """One VEVENT of what a room keeps for somebody; the caller has checked that it has both times."""
    assert part.starts_at is not None
    assert part.ends_at is not None
    zone = ZoneInfo(part.time_zone or edition.time_zone)
    address = f"{base}{part.address}" if part.address else ""
    event = Event()
    event.add("uid", f"{part.key}@{edition.slug}.{host_of(base)}")
    event.add("dtstamp", at)
    event.add("dtstart", part.starts_at.astimezone(zone))
    event.add("dtend", part.ends_at.astimezone(zone))
    event.add("summary", _text(part.title, language))
    if address:
        event.add("url", address)
    where = ", ".join(each for each in (part.place, part.online_url) if each)
    if where:
        event.add("location", printable(where))
    lines = [*part.details, address]
    event.add("description", printable("\n\n".join(line for line in lines if line)))
    text: bytes = event.to_ical()
    return text.decode()


def calendar_file(
    events: Iterable[str], *, name: str, zones: Iterable[str], first: date, last: date, language: str
) -> bytes:
    """Join prepared entries into one file with the rules of every time zone that they use.

    `first` and `last` bound the years whose clock changes are written.
    """
    head = Calendar()
    head.add("version", "2.0")
    head.add("prodid", PRODUCT)
    head.add("method", "PUBLISH")
    head.add("name", _text(name, language))
    head.add("x-wr-calname", name)
    head.add("refresh-interval;value=duration", "PT1H")
    opening, closing = head.to_ical().decode().split("END:VCALENDAR")
    rules = "".join(_zone_rules(zone, first.year, last.year) for zone in sorted(set(zones)) if zone != "UTC")
    return "".join([opening, rules, *events, "END:VCALENDAR", closing]).encode()


@lru_cache(maxsize=64)
def _zone_rules(zone: str, first_year: int, last_year: int) -> str:
    rules = Timezone.from_tzid(zone, first_date=date(first_year, 1, 1), last_date=date(last_year + 1, 1, 1))
    text: bytes = rules.to_ical()
    return text.decode()


def _text(value: str, language: str) -> vText:
    return vText(printable(value), params={"LANGUAGE": language})
