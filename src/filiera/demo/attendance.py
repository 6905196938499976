"""Who was there, of those with a confirmed place: at the online days, and in Torino up to the edition's hour.

All of it is made up from seeds. The demonstration stands in the middle of a day: what comes after that hour
nobody has attended yet.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from filiera.academy.models import Day, Edition, Part, PartMode, Session, SessionKind, SessionState
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.presence import record_presence
from filiera.admissions.models import (
    AttendanceMode,
    DayAttendance,
    Participation,
    Presence,
    PresenceMode,
    PresenceSource,
)
from filiera.shared.time import at_zone, local_moment, parse_zone

SEED = 2023
# What happens in Torino has chance of its own, so that it may change without changing who is certified.
SEED_OF_DOOR = 923
PARTICIPANT = "participant@demonstration.invalid"
# How faithfully people came: most to nearly all, some to half, a few hardly at all.
_FAITHFULNESS = (0.97, 0.97, 0.95, 0.95, 0.9, 0.9, 0.85, 0.6, 0.4, 0.15)
# Of those who said that they come, so many have by noon; of those who said nothing, half.
_COMES, _COMES_UNSAID = 0.75, 0.5
_STAYS = 0.95
_DOOR_OPENS = time(8, 30)
_MINUTES_AT_DOOR = 50


@transaction.atomic
def load_attendance(edition: Edition, at: datetime) -> int:
    """Record who was there so far; how many presences. What is recorded already stays as it is."""
    made_up = Participation.objects.confirmed().filter(edition=edition, is_demonstration=True)
    participations = list(made_up.select_related("person").order_by("pk"))
    if Presence.objects.filter(participation__in=participations).exists():
        return 0
    now = edition.clock_at or at
    return sum(
        _attend_online(part, participations, at)
        if part.mode == PartMode.ONLINE
        else _come_in(part, participations, now)
        for part in edition.parts.order_by("starts_on")
    )


def _attend_online(part: Part, participations: Sequence[Participation], at: datetime) -> int:
    chance = random.Random(SEED)  # noqa: S311 - made-up attendance, not a secret
    sessions = [session for session, _start, _end in _sessions_of(part)]
    made = 0
    for participation in participations:
        faithful = chance.choice(_FAITHFULNESS)
        if _is_for_visitors(participation):
            # A visitor of the demonstration who takes this role finds a certificate.
            faithful = 1.0
        for session in sessions:
            if chance.random() < faithful:
                _attend(participation, session, chance, at)
                made += 1
    return made


def _attend(participation: Participation, session: Session, chance: random.Random, at: datetime) -> None:
    if session.during is None:
        return
    length = round((session.during.upper - session.during.lower).total_seconds() / 60)
    record_presence(
        participation=participation,
        session=session,
        mode=PresenceMode.ONLINE,
        source=PresenceSource.IMPORT,
        # As a video tool tells: some come late or leave early.
        minutes=max(1, length - chance.choice((0, 0, 0, 0, 3, 5, 10))),
        scan_id=UUID(int=chance.getrandbits(128), version=4),
        checked_in_at=session.during.lower,
        by=SYSTEM,
        at=at,
    )


def _come_in(part: Part, participations: Sequence[Participation], now: datetime) -> int:
    """In at the door of each day, and at what has ended by now, as the desk ticks it in a list."""
    chance = random.Random(SEED_OF_DOOR)  # noqa: S311 - made-up attendance, not a secret
    days = list(part.days.order_by("date"))
    meant = {
        (said.participation_id, said.day_id): said.mode for said in DayAttendance.objects.filter(day__in=days)
    }
    ended = [(session, start, end) for session, start, end in _sessions_of(part) if end <= now]
    zone = parse_zone(part.time_zone)
    made = 0
    for day in days:
        opens = local_moment(day.date, _DOOR_OPENS, zone)
        sessions = [
            (session, start, end)
            for session, start, end in ended
            if at_zone(start, part.time_zone).date() == day.date
        ]
        for participation in participations:
            mode = _comes(meant.get((participation.pk, day.pk)), chance)
            came_at = opens + timedelta(minutes=chance.randrange(_MINUTES_AT_DOOR))
            # Who takes this role comes in by themselves.
            if mode is None or came_at > now or _is_for_visitors(participation):
                continue
            _tick(participation, mode, chance, at=came_at, day=day)
            made += 1
            for session, start, end in sessions:
                if chance.random() < _STAYS:
                    _tick(participation, mode, chance, at=end, came_at=max(came_at, start), session=session)
                    made += 1
    return made


def _tick(
    participation: Participation,
    mode: PresenceMode,
    chance: random.Random,
    *,
    at: datetime,
    came_at: datetime | None = None,
    day: Day | None = None,
    session: Session | None = None,
) -> None:
    record_presence(
        participation=participation,
        day=day,
        session=session,
        mode=mode,
        source=PresenceSource.LIST,
        scan_id=UUID(int=chance.getrandbits(128), version=4),
        checked_in_at=came_at or at,
        by=SYSTEM,
        at=at,
    )


def _comes(said: str | None, chance: random.Random) -> PresenceMode | None:
    """In which way somebody is there by noon, after what they said beforehand."""
    is_there = chance.random() < (_COMES if said is not None else _COMES_UNSAID)
    if not is_there or said == AttendanceMode.ABSENT:
        return None
    return PresenceMode.ONLINE if said == AttendanceMode.ONLINE else PresenceMode.IN_PERSON


def _sessions_of(part: Part) -> Iterator[tuple[Session, datetime, datetime]]:
    """What can be attended, with its beginning and end."""
    sessions = Session.objects.filter(part=part, during__isnull=False, state=SessionState.PLANNED)
    for session in sessions.exclude(kind=SessionKind.BREAK).order_by("during", "pk"):
        if session.during is not None:
            yield session, session.during.lower, session.during.upper


def _is_for_visitors(participation: Participation) -> bool:
    return participation.person is not None and participation.person.email == PARTICIPANT
