"""The days of an edition: who means to come how, what the kitchen cooks, which rooms are too small."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count

from filiera.academy.models import Day, Edition, PartMode, Session, SessionState
from filiera.admissions.models import (
    AttendanceMode,
    DayAttendance,
    DayAttendanceChange,
    Participation,
    ParticipationState,
)
from filiera.shared.time import at_zone, parse_zone
from filiera.texts.languages import translated

from .registration import diets_of

# What is chosen beforehand where a part has one mode; a hybrid day asks.
_USUAL_MODE = {PartMode.ONLINE: AttendanceMode.ONLINE, PartMode.IN_PERSON: AttendanceMode.IN_PERSON}


def is_over(day: Day, at: datetime) -> bool:
    return datetime.combine(day.date, day.closes_at, parse_zone(day.part.time_zone)) <= at


def usual_mode(day: Day) -> str:
    return _USUAL_MODE.get(PartMode(day.part.mode), "")


def days_of_edition(edition: Edition) -> list[Day]:
    return list(
        Day.objects.filter(part__edition=edition).select_related("part__venue").order_by("date", "pk")
    )


@dataclass(frozen=True)
class OwnDay:
    """One day as its participant sees it."""

    day: Day
    # What was said, or empty.
    mode: str
    usual: str
    is_over: bool
    changes: list[DayAttendanceChange]


def own_days(participation: Participation, *, at: datetime) -> list[OwnDay]:
    """The days of somebody's edition, with what they said, in three queries."""
    rows = {row.day_id: row for row in DayAttendance.objects.filter(participation=participation)}
    changes: dict[int, list[DayAttendanceChange]] = defaultdict(list)
    told = DayAttendanceChange.objects.filter(attendance__participation=participation)
    for change in told.select_related("attendance", "changed_by").order_by("-changed_at", "-pk"):
        changes[change.attendance.day_id].append(change)
    return [
        OwnDay(
            day=day,
            mode=rows[day.pk].mode if day.pk in rows else "",
            usual=usual_mode(day),
            is_over=is_over(day, at),
            changes=changes[day.pk],
        )
        for day in days_of_edition(participation.edition)
    ]


@dataclass(frozen=True)
class TightRoom:
    """Sessions at one time whose rooms hold fewer than are expected."""

    starts_at: datetime
    zone: str
    titles: str
    seats: int
    expected: int


@dataclass(frozen=True)
class DayCounts:
    """How many attend a day in which way; counts only, no names."""

    day: Day
    online: int
    in_person: int
    absent: int
    not_said: int
    diets: list[tuple[str, int]] = field(default_factory=list)
    without_diet: int = 0
    tight: list[TightRoom] = field(default_factory=list)

    @property
    def said(self) -> int:
        return self.online + self.in_person + self.absent


def day_counts(edition: Edition) -> list[DayCounts]:
    """All days with their counts, in a number of queries that depends on neither people nor days."""
    confirmed = Participation.objects.filter(edition=edition, state=ParticipationState.CONFIRMED)
    total = confirmed.count()
    said: dict[int, Counter[str]] = defaultdict(Counter)
    rows = DayAttendance.objects.filter(participation__in=confirmed).values("day", "mode")
    for row in rows.annotate(people=Count("pk")).order_by():
        said[row["day"]][row["mode"]] = row["people"]
    diets = diets_of(edition)
    sessions = _sessions_by_date(edition)
    counted = []
    for day in days_of_edition(edition):
        modes = said[day.pk]
        here = modes[AttendanceMode.IN_PERSON]
        eaten = diets.get(day.pk, Counter())
        counted.append(
            DayCounts(
                day=day,
                online=modes[AttendanceMode.ONLINE],
                in_person=here,
                absent=modes[AttendanceMode.ABSENT],
                not_said=total - sum(modes.values()),
                diets=eaten.most_common(),
                without_diet=here - sum(eaten.values()),
                tight=_tight_rooms(sessions[day.part_id, day.date.isoformat()], here),
            )
        )
    return counted


def _sessions_by_date(edition: Edition) -> dict[tuple[int, str], list[Session]]:
    found: dict[tuple[int, str], list[Session]] = defaultdict(list)
    sessions = Session.objects.filter(
        edition=edition, state=SessionState.PLANNED, during__isnull=False, room__isnull=False
    ).select_related("part", "room", "sign_up")
    for session in sessions.order_by("during", "pk"):
        assert session.during is not None
        date = at_zone(session.during.lower, session.part.time_zone).date()
        found[session.part_id, date.isoformat()].append(session)
    return found


def _tight_rooms(sessions: list[Session], in_person: int) -> list[TightRoom]:
    """Where everybody who comes has to find a seat among the sessions of one time and does not.

    Sessions with sign-up hold who signed up, and their own number of places says how many that may be.
    """
    tight = []
    for session in sessions:
        together = [other for other in sessions if _overlap(session, other)]
        if together[0] is not session or any(_seats(other) is None for other in together):
            continue
        seats = sum(_seats(other) or 0 for other in together)
        if seats < in_person:
            assert session.during is not None
            tight.append(
                TightRoom(
                    starts_at=session.during.lower,
                    zone=session.part.time_zone,
                    titles=", ".join(translated(other.title) for other in together),
                    seats=seats,
                    expected=in_person,
                )
            )
    return tight


def _overlap(one: Session, other: Session) -> bool:
    assert one.during is not None
    assert other.during is not None
    return bool(one.during.lower < other.during.upper and other.during.lower < one.during.upper)


def _seats(session: Session) -> int | None:
    assert session.room is not None
    seats = [limit for limit in (session.room.capacity, session.capacity) if limit is not None]
    return min(seats) if seats else None
