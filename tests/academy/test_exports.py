"""Each format is read back by a reader that knows nothing of Filiera."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from defusedxml.ElementTree import fromstring
from icalendar import Calendar
from lxml import etree

from filiera.academy.exports import published_exports
from filiera.academy.exports.calendar import calendar_file
from filiera.academy.exports.frab import FrabEvent, FrabProgramme, room_name, schedule_json, schedule_xml
from filiera.academy.exports.linked_data import EditionFacts, as_script_text, edition_linked_data
from filiera.academy.models import Edition, ProgrammeVersion
from filiera.academy.snapshot import SessionData

BASE = "https://filiera.example"
HOSTILE = 'Tom & <Jerry> "</script><script>alert(1)</script>" \x07 ; , \\ end'
SHARED = Path(os.environ.get("FILIERA_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
FORMATS = SHARED / "bench" / "formats"

needs_schemas = pytest.mark.skipif(
    not FORMATS.exists(), reason="the published Frab schemas are not beside this checkout"
)

FACTS = EditionFacts(
    slug="cba-2-torino",
    name="Cluster Booster Academy",
    summary="Four days",
    organiser="ECCP",
    organiser_address=f"{BASE}/organisations/eccp/",
    host="MESAP",
    base=BASE,
)

# What the guidelines for an Event require and recommend, and the type that each value must have.
REQUIRED_OF_EVENT = {"name": str, "startDate": str, "location": list}
RECOMMENDED_OF_EVENT = {
    "description": str,
    "endDate": str,
    "eventAttendanceMode": str,
    "eventStatus": str,
    "organizer": dict,
    "performer": list,
    "url": str,
}
REQUIRED_OF_PLACE = {"Place": {"name", "address"}, "VirtualLocation": {"url"}}


def session(**changes: object) -> SessionData:
    data: SessionData = {
        "id": 7,
        "slug": "opening",
        "title": {"en": "Opening", "it": "Apertura"},
        "abstract": {"en": "How we begin."},
        "kind": "welcome",
        "part": {"slug": "torino", "title": {"en": "Torino"}, "mode": "in_person"},
        "day": "2023-09-21",
        "starts_at": "2023-09-21T07:00:00+00:00",
        "ends_at": "2023-09-21T08:30:00+00:00",
        "zone": "Europe/Rome",
        "room": {"slug": "hall", "name": {"en": "Main hall", "it": "Sala principale"}, "capacity": 80},
        "venue": {"slug": "park", "name": "Park", "address": "Via 1", "city": "Torino", "country": "IT"},
        "speakers": [
            {
                "slug": "ada",
                "name": "Ada Rossi",
                "role": "speaker",
                "organisation": "MESAP",
                "organisation_slug": "mesap",
                "country": "IT",
            }
        ],
        "languages": ["en"],
        "objectives": [1],
        "materials": [],
        "capacity": None,
        "is_cancelled": False,
        "sources": [{"url": "https://source.example/?a=1&b=2", "note": ""}],
        "demonstration": [],
        "online": False,
        "updated_at": "2023-05-01T10:00:00+00:00",
        "sequence": 3,
    }
    return data | changes  # type: ignore[return-value]


def exported(data: SessionData, form: str, language: str = "en") -> list[list[object]]:
    version = ProgrammeVersion(edition=Edition(slug="cba-2-torino"))
    exports = published_exports(version, [data], languages=["en", "it"], base=BASE)
    [entries] = [row.entries for row in exports if (row.form, row.language) == (form, language)]
    return entries


def prepared(data: SessionData, form: str, language: str = "en") -> str:
    [entry] = exported(data, form, language)
    return str(entry[-1])


def programme(version: str = "2") -> FrabProgramme:
    return FrabProgramme(
        edition="cba-2-torino",
        title=HOSTILE,
        version=version,
        zone="Europe/Rome",
        address=f"{BASE}/academy/cba-2-torino/",
        base=BASE,
        rooms=("Main hall",),
    )


def frab_events(form: str, *sessions: SessionData) -> list[FrabEvent]:
    return [
        FrabEvent(date.fromisoformat(data["day"] or ""), room_name(data, "en"), prepared(data, form))
        for data in sessions
    ]


def calendar_of(*sessions: SessionData, zones: tuple[str, ...] = ("Europe/Rome",)) -> Calendar:
    file = calendar_file(
        [prepared(data, "calendar") for data in sessions],
        name="Academy",
        zones=zones,
        first=date(2023, 6, 6),
        last=date(2023, 9, 22),
        language="en",
    )
    return Calendar.from_ical(file)


def test_a_calendar_entry_keeps_the_local_time_of_its_zone():
    [event] = calendar_of(session()).walk("VEVENT")

    assert (
        str(event["uid"]),
        event["dtstart"].dt,
        event["dtend"].dt.astimezone(UTC),
        event["sequence"],
        str(event["status"]),
        str(event["location"]),
    ) == (
        "session-7@cba-2-torino.filiera.example",
        datetime(2023, 9, 21, 9, 0, tzinfo=ZoneInfo("Europe/Rome")),
        datetime(2023, 9, 21, 8, 30, tzinfo=UTC),
        3,
        "CONFIRMED",
        "Main hall, Park, Via 1, Torino",
    )


def test_a_calendar_explains_every_zone_that_it_uses():
    calendar = calendar_of(
        session(),
        session(id=8, slug="afternoon", zone="America/New_York"),
        zones=("Europe/Rome", "America/New_York"),
    )

    zones = {str(zone["tzid"]): zone.to_tz() for zone in calendar.walk("VTIMEZONE")}

    summer, winter = datetime(2023, 7, 1), datetime(2023, 12, 1)
    assert {
        name: (zone.utcoffset(summer).total_seconds() / 3600, zone.utcoffset(winter).total_seconds() / 3600)
        for name, zone in zones.items()
    } == {"Europe/Rome": (2, 1), "America/New_York": (-4, -5)}


def test_a_cancelled_session_stays_in_the_calendar_as_cancelled():
    [event] = calendar_of(session(is_cancelled=True)).walk("VEVENT")

    assert str(event["status"]) == "CANCELLED"


def test_a_calendar_survives_hostile_text():
    [event] = calendar_of(session(title={"en": HOSTILE})).walk("VEVENT")

    assert str(event["summary"]) == HOSTILE.replace("\x07", "")


def test_a_session_without_a_time_has_no_place_in_any_export():
    data = session(starts_at=None, ends_at=None, day=None)

    assert [exported(data, form) for form in ("calendar", "json", "xml")] == [[], [], []]


@needs_schemas
def test_the_json_is_valid_against_the_published_schema():
    schema = json.loads((FORMATS / "frab-schema.json").read_text())
    sessions = (session(), session(id=8, slug="visit", title={"en": HOSTILE}, room=None, online=True))

    schedule = json.loads(schedule_json(programme(), frab_events("json", *sessions)))

    jsonschema.validate(schedule, schema, format_checker=jsonschema.FormatChecker())
    [day] = schedule["schedule"]["conference"]["days"]
    assert {room: [event["date"] for event in events] for room, events in day["rooms"].items()} == {
        "Main hall": ["2023-09-21T09:00:00+02:00"],
        "Online": ["2023-09-21T09:00:00+02:00"],
    }


@needs_schemas
def test_the_xml_is_valid_against_the_published_schema():
    schema = etree.XMLSchema(etree.parse(FORMATS / "frab-schedule.xml.xsd"))
    sessions = (session(), session(id=8, slug="visit", title={"en": HOSTILE}, room=None))

    document = etree.fromstring(schedule_xml(programme(), frab_events("xml", *sessions)))

    schema.assertValid(document)
    assert document.xpath("//event/title/text()") == ["Opening", HOSTILE.replace("\x07", "")]


def test_identifiers_in_the_files_do_not_change_between_versions():
    before = fromstring(schedule_xml(programme("1"), frab_events("xml", session())))
    after = fromstring(schedule_xml(programme("2"), frab_events("xml", session(title={"en": "Renamed"}))))

    assert [event.get("guid") for event in before.iter("event")] == [
        event.get("guid") for event in after.iter("event")
    ]


def test_linked_data_have_what_an_event_needs():
    sessions = [
        session(),
        session(
            id=8, slug="online", part={"slug": "online", "title": {}, "mode": "online"}, day="2023-06-06"
        ),
    ]

    edition = edition_linked_data(FACTS, sessions, language="en")

    events = [edition, *edition["subEvent"]]  # type: ignore[misc]
    for event in events:
        expected = REQUIRED_OF_EVENT | RECOMMENDED_OF_EVENT
        if event is edition:
            expected = {name: kind for name, kind in expected.items() if name != "performer"}
        assert {name: type(event.get(name)) for name in expected} == expected
        assert datetime.fromisoformat(event["startDate"]).utcoffset() is not None
        for location in event["location"]:
            assert REQUIRED_OF_PLACE[location["@type"]] <= location.keys()
    assert [(event["@type"], event["eventAttendanceMode"].rsplit("/", 1)[1]) for event in events] == [
        ("EducationEvent", "MixedEventAttendanceMode"),
        ("Event", "OfflineEventAttendanceMode"),
        ("Event", "OnlineEventAttendanceMode"),
    ]


def test_linked_data_cannot_leave_their_script():
    text = as_script_text(edition_linked_data(FACTS, [session(title={"en": HOSTILE})], language="en"))

    assert ("<" in text, json.loads(text)["subEvent"][0]["name"]) == (False, HOSTILE)
