"""The Frab schedule format, as XML and as JSON: the exchange format of open conference tools."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, override

from filiera.academy.snapshot import SessionData
from filiera.texts.languages import translated

from .texts import ends_locally, guid, printable, session_address, speaker_line, starts_locally

GENERATOR = "Filiera"
_ZONE_NAME = re.compile(r"^([A-Z][a-z]+/[A-Z][a-z]+)|UTC$")
_NOT_IN_ACRONYM = re.compile(r"[^a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class FrabEvent:
    """A prepared event with what decides its place in the file."""

    day: date
    room: str
    text: str


@dataclass(frozen=True, slots=True)
class FrabProgramme:
    """What a file says of the whole programme."""

    edition: str
    title: str
    version: str
    zone: str
    address: str
    base: str
    rooms: Sequence[str]


def acronym(edition: str) -> str:
    """The edition's slug in the letters that the format admits."""
    return _NOT_IN_ACRONYM.sub("_", edition.lower()).strip("_").ljust(4, "_")


def room_name(data: SessionData, language: str) -> str:
    """The format has no session without a room: online ones and those without a room get a name too."""
    if data["room"]:
        return translated(data["room"]["name"], language)
    with override(language):
        return gettext("Online") if data["online"] else gettext("Room to be announced")


def event_json(data: SessionData, *, edition: str, language: str, base: str) -> str:
    """One event of `schedule.json`."""
    start, end = starts_locally(data), ends_locally(data)
    event = {
        "guid": str(guid(base, edition, "session", data["id"])),
        "id": data["id"],
        "date": start.isoformat(),
        "start": start.strftime("%H:%M"),
        "end": end.isoformat(),
        "duration": _duration(start, end),
        "room": room_name(data, language),
        "slug": _slug(data, edition),
        "url": session_address(data, edition=edition, base=base),
        "title": _title(data, language),
        "subtitle": speaker_line(data),
        "track": data["part"]["slug"],
        "type": data["kind"],
        "language": data["languages"][0] if data["languages"] else language,
        "abstract": translated(data["abstract"], language),
        "description": "",
        "persons": [
            {"guid": str(guid(base, edition, "speaker", speaker["slug"])), "name": speaker["name"]}
            for speaker in data["speakers"]
        ],
        "links": [
            {"type": "web", "url": source["url"], "title": source.get("note", "") or source["url"]}
            for source in data["sources"]
        ],
    }
    return json.dumps(event, ensure_ascii=False)


def event_xml(data: SessionData, *, edition: str, language: str, base: str) -> str:
    """One event of `schedule.xml`."""
    start, end = starts_locally(data), ends_locally(data)
    fields = {
        "room": room_name(data, language),
        "title": _title(data, language),
        "subtitle": speaker_line(data),
        "type": data["kind"],
        "date": start.isoformat(),
        "start": start.strftime("%H:%M"),
        "duration": _duration(start, end),
        "abstract": translated(data["abstract"], language),
        "slug": _slug(data, edition),
        "track": data["part"]["slug"],
        "language": data["languages"][0] if data["languages"] else language,
        "url": session_address(data, edition=edition, base=base),
    }
    body = "".join(f"<{name}>{_xml(value)}</{name}>" for name, value in fields.items())
    persons = "".join(
        f'<person guid="{guid(base, edition, "speaker", speaker["slug"])}">{_xml(speaker["name"])}</person>'
        for speaker in data["speakers"]
    )
    links = "".join(
        f"<link href={quoteattr(source['url'])}>{_xml(source.get('note', '') or source['url'])}</link>"
        for source in data["sources"]
    )
    identity = f'id="{data["id"]}" guid="{guid(base, edition, "session", data["id"])}"'
    return f"<event {identity}>{body}<persons>{persons}</persons><links>{links}</links></event>"


def schedule_json(programme: FrabProgramme, events: Iterable[FrabEvent]) -> bytes:
    """Join prepared events into `schedule.json`."""
    days = _by_day_and_room(events)
    conference = {
        "acronym": acronym(programme.edition),
        "title": programme.title,
        "start": min(days).isoformat() if days else "",
        "end": max(days).isoformat() if days else "",
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        "url": programme.address,
        "rooms": [
            {"name": name, "guid": str(guid(programme.base, programme.edition, "room", name))}
            for name in programme.rooms
        ],
    }
    if _ZONE_NAME.match(programme.zone):
        conference["time_zone_name"] = programme.zone
    day_texts = []
    for index, (day, rooms) in enumerate(days.items(), start=1):
        start, end = _day_bounds(day, programme.zone)
        room_texts = ",".join(f"{json.dumps(room)}:[{','.join(texts)}]" for room, texts in rooms.items())
        day_texts.append(
            f'{{"index":{index},"date":"{day.isoformat()}","day_start":"{start.isoformat()}",'
            f'"day_end":"{end.isoformat()}","rooms":{{{room_texts}}}}}'
        )
    head = json.dumps(conference, ensure_ascii=False)[:-1]
    version = json.dumps({"version": programme.version, "base_url": programme.base})[1:-1]
    generator = json.dumps({"name": GENERATOR, "version": "1"})
    return (
        f'{{"generator":{generator},"schedule":{{{version},"conference":{head},"days":[{",".join(day_texts)}]}}}}}}'
    ).encode()


def schedule_xml(programme: FrabProgramme, events: Iterable[FrabEvent]) -> bytes:
    """Join prepared events into `schedule.xml`."""
    days = _by_day_and_room(events)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<schedule><generator name="{GENERATOR}" version="1"/>',
        f"<url>{_xml(programme.address)}schedule.xml</url>",
        f"<version>{_xml(programme.version)}</version><conference>",
        f"<title>{_xml(programme.title)}</title><acronym>{acronym(programme.edition)}</acronym>",
    ]
    if days:
        parts.append(f"<start>{min(days).isoformat()}</start><end>{max(days).isoformat()}</end>")
    parts.append(
        f"<days>{len(days)}</days><timeslot_duration>00:05</timeslot_duration>"
        f"<base_url>{_xml(programme.base)}</base_url>"
        f"<time_zone_name>{_xml(programme.zone)}</time_zone_name></conference>"
    )
    for index, (day, rooms) in enumerate(days.items(), start=1):
        start, end = _day_bounds(day, programme.zone)
        parts.append(
            f'<day index="{index}" date="{day.isoformat()}"'
            f' start="{start.isoformat()}" end="{end.isoformat()}">'
        )
        for room, texts in rooms.items():
            identity = guid(programme.base, programme.edition, "room", room)
            parts.append(f'<room name={quoteattr(room)} guid="{identity}">{"".join(texts)}</room>')
        parts.append("</day>")
    parts.append("</schedule>")
    return "".join(parts).encode()


def _by_day_and_room(events: Iterable[FrabEvent]) -> dict[date, dict[str, list[str]]]:
    days: dict[date, dict[str, list[str]]] = {}
    for event in events:
        days.setdefault(event.day, {}).setdefault(event.room, []).append(event.text)
    return dict(sorted(days.items()))


def _day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(0, 0), ZoneInfo(zone))
    return start, datetime.combine(day + timedelta(days=1), time(0, 0), ZoneInfo(zone))


def _duration(start: datetime, end: datetime) -> str:
    minutes = round((end - start).total_seconds() / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _title(data: SessionData, language: str) -> str:
    title = translated(data["title"], language)
    if not data["is_cancelled"]:
        return title
    with override(language):
        return gettext("Cancelled: %(title)s") % {"title": title}


def _slug(data: SessionData, edition: str) -> str:
    return f"{acronym(edition)}-{data['id']:04d}-{data['slug'].strip('-_')}"


def _xml(value: str) -> str:
    return escape(printable(value))
