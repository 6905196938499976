"""Who was there, for the desk: days and sessions with their counts, and the list of each."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When

from filiera.academy.models import Day, Edition, PartMode, Session, SessionKind, SessionState
from filiera.admissions.models import (
    AttendanceMode,
    DayAttendance,
    Participation,
    ParticipationState,
    Presence,
    PresenceMode,
    RepeatedScan,
)
from filiera.shared.tables import Cell
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody is present at: a day or a session of an edition."""

    day: Day | None = None
    session: Session | None = None

    @property
    def zone(self) -> str:
        part = self.session.part if self.session is not None else self._day.part
        return part.time_zone

    @property
    def _day(self) -> Day:
        assert self.day is not None
        return self.day

    @property
    def edition(self) -> Edition:
        return self.session.edition if self.session is not None else self._day.part.edition

    @property
    def usual_mode(self) -> str:
        """How people come where nothing else is known."""
        part = self.session.part if self.session is not None else self._day.part
        return PresenceMode.ONLINE if part.mode == PartMode.ONLINE else PresenceMode.IN_PERSON


@dataclass(frozen=True, slots=True)
class PresenceLine:
    """Somebody with a confirmed place, how they meant to come, and whether they were there."""

    key: int
    name: str
    organisation: str
    is_demonstration: bool
    meant: str
    presence: Presence | None
    repeats: list[RepeatedScan]


@dataclass(slots=True)
class DayCounts:
    """A day with its sessions and how many were there."""

    day: Day
    present: int = 0
    expected: int = 0
    sessions: list[tuple[Session, int]] = field(default_factory=list)


def presence_overview(edition: Edition) -> tuple[list[DayCounts], int]:
    """Each day with its sessions, breaks left out, and how many places are confirmed."""
    confirmed = Participation.objects.confirmed().filter(edition=edition).count()
    days = Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "pk")
    standing = Presence.objects.standing().filter(participation__edition=edition)
    absent = DayAttendance.objects.filter(
        mode=AttendanceMode.ABSENT,
        participation__edition=edition,
        participation__state=ParticipationState.CONFIRMED,
    )
    away = _counted(absent, "day")
    counted = {
        (day.part_id, day.date): DayCounts(day, expected=confirmed - away.get(day.pk, 0)) for day in days
    }
    there = _counted(standing, "session")
    sessions = (
        Session.objects.filter(edition=edition, state=SessionState.PLANNED, during__isnull=False)
        .exclude(kind=SessionKind.BREAK)
        .select_related("part")
        .order_by("during", "pk")
    )
    for session in sessions:
        assert session.during is not None
        local = at_zone(session.during.lower, session.part.time_zone).date()
        day_counts = counted.get((session.part_id, local))
        if day_counts is not None:
            day_counts.sessions.append((session, there.get(session.pk, 0)))
    _count_people(standing, counted.values())
    return list(counted.values()), confirmed


def _count_people(standing: QuerySet[Presence], days: Collection[DayCounts]) -> None:
    """Whoever came in on a day or was at one of its sessions was there that day, once."""
    sessions_of = {counts.day.pk: [session.pk for session, _here in counts.sessions] for counts in days}
    on_day = Case(
        When(day__isnull=False, then="day_id"),
        *[When(session_id__in=sessions, then=Value(day)) for day, sessions in sessions_of.items()],
    )
    people = standing.annotate(on_day=on_day).order_by().values_list("on_day")
    here = dict(people.annotate(Count("participation", distinct=True)))
    for counts in days:
        counts.present = here.get(counts.day.pk, 0)


def presence_lines(target: Target) -> list[PresenceLine]:
    """Everybody with a confirmed place and whoever was there, by name."""
    standing = Presence.objects.standing().filter(session=target.session, day=target.day)
    presences = {
        presence.participation_id: presence
        for presence in standing.select_related("station", "recorded_by").order_by("pk")
    }
    repeats: dict[int, list[RepeatedScan]] = defaultdict(list)
    seen_again = RepeatedScan.objects.filter(presence__in=standing).select_related("station")
    for repeat in seen_again.order_by("checked_in_at", "pk"):
        repeats[repeat.presence_id].append(repeat)
    meant = _meant(target)
    places = Participation.objects.filter(edition=target.edition).filter(
        Q(state=ParticipationState.CONFIRMED) | Q(pk__in=presences)
    )
    rows = places.values_list("pk", "name", "organisation__name", "organisation_name", "is_demonstration")
    lines = [
        PresenceLine(
            key=key,
            name=name,
            organisation=organisation or written,
            is_demonstration=is_demonstration,
            meant=meant.get(key, ""),
            presence=presences.get(key),
            repeats=repeats[presences[key].pk] if key in presences else [],
        )
        for key, name, organisation, written, is_demonstration in rows
    ]
    return sorted(lines, key=lambda line: (sort_key(line.name), line.key))


def day_of(session: Session) -> Day | None:
    """The day on which a session is, by the clocks of its part."""
    if session.during is None:
        return None
    local = at_zone(session.during.lower, session.part.time_zone).date()
    return Day.objects.filter(part_id=session.part_id, date=local).select_related("part").first()


def earlier_lists(session: Session) -> list[Target]:
    """Lists that a session's may be taken from: its day's, and those of the day's other sessions."""
    day = day_of(session)
    if day is None or session.during is None:
        return []
    others = (
        Session.objects.filter(part_id=session.part_id, presences__undone_at__isnull=True)
        .filter(presences__isnull=False)
        .exclude(pk=session.pk)
        .select_related("part", "edition")
        .distinct()
        .order_by("during", "pk")
    )
    same_day = [other for other in others if day_of(other) == day]
    has_day = day.presences.filter(undone_at__isnull=True).exists()
    return [*([Target(day=day)] if has_day else []), *(Target(session=other) for other in same_day)]


EXPORT_HEADER = [
    "day", "session", "name", "email", "organisation", "country", "mode", "minutes", "source",
    "checked_in_at", "time_zone", "recorded_at_utc", "station", "clock_note",
]  # fmt: skip


def presence_rows(edition: Edition, language: str) -> Iterator[list[Cell]]:
    """Every standing presence of an edition, with the headings of `EXPORT_HEADER`."""
    standing = (
        Presence.objects.standing()
        .filter(participation__edition=edition)
        .select_related(
            "participation__organisation", "participation__country", "session__part", "day__part", "station"
        )
        .order_by("checked_in_at", "pk")
    )
    for presence in standing.iterator(chunk_size=1000):
        place = presence.participation
        part = presence.session.part if presence.session is not None else presence.day.part  # type: ignore[union-attr]
        local = at_zone(presence.checked_in_at, part.time_zone)
        yield [
            presence.day.date if presence.day is not None else _date(presence.session),
            translated(presence.session.title, language) if presence.session is not None else "",
            place.name,
            place.email,
            place.organisation.name if place.organisation is not None else place.organisation_name,
            place.country_id or "",
            presence.mode,
            presence.minutes,
            presence.source,
            f"{local:%Y-%m-%d %H:%M}",
            part.time_zone,
            f"{presence.recorded_at:%Y-%m-%d %H:%M}",
            presence.station.name if presence.station is not None else "",
            presence.clock_note,
        ]


def _counted(rows: QuerySet[Any], by: str) -> dict[int | None, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk")))


def _date(session: Session | None) -> date | str:
    if session is None or session.during is None:
        return ""
    return at_zone(session.during.lower, session.part.time_zone).date()


def _meant(target: Target) -> dict[int, str]:
    day = target.day or (day_of(target.session) if target.session is not None else None)
    if day is None:
        return {}
    return dict(DayAttendance.objects.filter(day=day).values_list("participation", "mode"))


def present_count(target: Target) -> int:
    return Presence.objects.standing().filter(session=target.session, day=target.day).count()
