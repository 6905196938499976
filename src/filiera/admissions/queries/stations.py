"""The link of a station, and the list that it works with."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from filiera.academy.models import Day, Edition, Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    AttendanceMode,
    Participation,
    ParticipationState,
    Presence,
    RevokedCode,
    Station,
)
from filiera.admissions.permissions import check_in_at
from filiera.shared.links import link_token, row_of
from filiera.shared.time import at_zone
from filiera.texts.sorting import sort_key

_SALT = "filiera.admissions.station-link"
# Scans made in time may arrive this much later, when a station finds its network again.
LATE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody on a station's list; `mark` is their code as only its holder can make it."""

    key: int
    name: str
    organisation: str
    mark: str


@dataclass(frozen=True, slots=True)
class StationList:
    """All that a station knows: names and organisations, and which codes are of no use."""

    expected: list[Expected]
    given_back: list[str]
    revoked: list[str]


def token_of(station: Station) -> str:
    return link_token(_SALT, station.pk, station.seed)


def address_of(station: Station) -> str:
    return f"{settings.PUBLIC_URL}{reverse('station:station', args=[token_of(station)])}"


def station_of(token: str) -> Station | None:
    """The station whose link this is, open or not."""
    stations = Station.objects.select_related("edition", "day__part", "session__part")
    return row_of(token, stations, token_of)


def viewer_at(station: Station) -> Viewer:
    """Whoever holds a station's link: nobody by name, and may do one thing."""
    return Viewer(
        person=None, edition_id=station.edition_id, permissions=frozenset({check_in_at(station.pk)})
    )


def closed_at(station: Station) -> datetime:
    """When the station ends or has ended."""
    return min(station.revoked_at or station.expires_at, station.expires_at)


def is_open(station: Station, at: datetime) -> bool:
    return at < closed_at(station)


def zone_of(station: Station) -> str:
    if station.day is not None:
        return station.day.part.time_zone
    if station.session is not None:
        return station.session.part.time_zone
    return station.edition.time_zone


def programme_moment(edition: Edition, at: datetime) -> datetime:
    """Now as the edition sees it: a demonstration may stand at a day of its own."""
    return edition.clock_at if edition.is_demonstration and edition.clock_at is not None else at


def target_of(station: Station, at: datetime) -> tuple[Session | None, Day | None]:
    """What somebody who comes in at this moment is present at; both None where no day is on."""
    if station.session is not None:
        return station.session, None
    return None, station.day or day_at(station.edition, at)


def day_at(edition: Edition, at: datetime) -> Day | None:
    """The day of the edition on which a moment falls, by the clocks of its part."""
    moment = programme_moment(edition, at)
    days = Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "pk")
    near = days.filter(date__range=(moment.date() - timedelta(days=1), moment.date() + timedelta(days=1)))
    return next((day for day in near if at_zone(moment, day.part.time_zone).date() == day.date), None)


def list_of(station: Station) -> StationList:
    """Who may come in, by name; of places given back and codes replaced only that they are."""
    token = token_of(station)
    places = Participation.objects.filter(edition_id=station.edition_id)
    confirmed = names_of(places.filter(state=ParticipationState.CONFIRMED))
    given_back = places.filter(ended_at__isnull=False).values_list("entry_code", flat=True)
    revoked = RevokedCode.objects.filter(participation__edition_id=station.edition_id)
    return StationList(
        expected=[
            Expected(key, name, organisation, mark_of(token, code))
            for key, name, organisation, code in confirmed
        ],
        given_back=[mark_of(token, code) for code in given_back.order_by("pk")],
        revoked=[mark_of(token, code) for code in revoked.order_by("pk").values_list("code", flat=True)],
    )


def names_of(places: Iterable[Participation]) -> list[tuple[int, str, str, str]]:
    """Key, name, organisation and code, by name as people sort."""
    rows = [
        (key, name, organisation or written, code)
        for key, name, organisation, written, code in places.values_list(  # type: ignore[attr-defined]
            "pk", "name", "organisation__name", "organisation_name", "entry_code"
        )
    ]
    return sorted(rows, key=lambda row: (sort_key(row[1]), row[0]))


def mark_of(token: str, code: str) -> str:
    """A code as a station keeps it: it recognises the code, and cannot show it."""
    return hashlib.sha256(f"{token}:{code}".encode()).hexdigest()[:32]


def presences_at(station: Station, at: datetime) -> list[tuple[int, datetime, int | None]]:
    """Who is in: participation, since when, and the station that saw them."""
    session, day = target_of(station, at)
    if session is None and day is None:
        return []
    standing = Presence.objects.standing().filter(
        session=session, day=day, participation__edition_id=station.edition_id
    )
    return list(
        standing.order_by("checked_in_at", "pk").values_list("participation", "checked_in_at", "station")
    )


def expected_count(station: Station, at: datetime) -> int:
    """How many of the confirmed mean to come to the door; without an answer they are expected."""
    confirmed = Participation.objects.confirmed().filter(edition_id=station.edition_id)
    session, day = target_of(station, at)
    if session is not None and session.during is not None:
        local = at_zone(session.during.lower, session.part.time_zone).date()
        day = session.part.days.filter(date=local).first()
    if day is None:
        return confirmed.count()
    elsewhere = [AttendanceMode.ONLINE, AttendanceMode.ABSENT]
    return confirmed.exclude(
        pk__in=day.attendances.filter(mode__in=elsewhere).values("participation")
    ).count()


@dataclass(frozen=True, slots=True)
class StationLine:
    """A station as the desk sees it: open or over, when it was last heard of, whom it saw."""

    station: Station
    zone: str
    is_open: bool
    recorded: int


def station_lines(edition: Edition, at: datetime) -> list[StationLine]:
    """Those open first, then the latest."""
    stations = (
        Station.objects.filter(edition=edition)
        .select_related("edition", "day__part", "session__part", "made_by")
        .order_by("-made_at", "-pk")
    )
    standing = Presence.objects.standing().filter(station__edition=edition)
    recorded = dict(standing.order_by().values_list("station").annotate(Count("pk")))
    lines = [
        StationLine(station, zone_of(station), is_open(station, at), recorded.get(station.pk, 0))
        for station in stations
    ]
    return sorted(lines, key=lambda line: not line.is_open)


def matching(people: Iterable[Expected], asked: str) -> list[Expected]:
    """Those in whose name or organisation every word asked for begins a word."""
    wanted = sort_key(asked).split()
    return [
        person
        for person in people
        if all(
            any(word.startswith(part) for word in sort_key(f"{person.name} {person.organisation}").split())
            for part in wanted
        )
    ]
