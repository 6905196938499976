"""Who attended how much, told by the ledger alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import CharField, Max, Sum
from django.db.models.functions import Cast

from filiera.academy.facts import SESSION_HELD
from filiera.academy.models import Edition, Part, Session
from filiera.admissions.facts import ATTENDED_IN_PERSON, ATTENDED_ONLINE
from filiera.admissions.models import Presence, PresenceMode
from filiera.ledger.models import Fact
from filiera.shared.time import at_zone

_MODE_OF_KIND = {ATTENDED_ONLINE.code: PresenceMode.ONLINE, ATTENDED_IN_PERSON.code: PresenceMode.IN_PERSON}


@dataclass(frozen=True, slots=True)
class Attended:
    """One session that somebody attended, as a fact has it."""

    session_id: int
    session_kind: str
    day: date
    mode: str
    minutes: int


@dataclass(slots=True)
class Attendance:
    """All that one participant attended."""

    sessions: list[Attended] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return sum(attended.minutes for attended in self.sessions)

    @property
    def days(self) -> list[date]:
        return sorted({attended.day for attended in self.sessions})


def attendance_in(edition: Edition, part: Part | None = None) -> dict[int, Attendance]:
    """What each participation attended in the edition, or in one part of it.

    A reversal has the opposite quantity, so what was undone sums up to nothing.
    """
    presences = Presence.objects.filter(participation__edition=edition, session__isnull=False)
    if part is not None:
        presences = presences.filter(session__part=part)
    known = {str(pk): places for pk, *places in presences.values_list("pk", "participation", "session")}
    attended_sessions = Session.objects.filter(edition=edition).select_related("part")
    sessions = {session.pk: session for session in attended_sessions}
    told = (
        Fact.objects.filter(kind__in=_MODE_OF_KIND)
        .filter(
            subject_type=Presence._meta.label_lower,
            subject_key__in=presences.values(key=Cast("pk", CharField())),
        )
        .values_list("subject_key", "kind")
        .annotate(hours=Sum("quantity"), when=Max("happened_at"))
        .filter(hours__gt=0)
        .order_by("when", "subject_key")
    )
    found: dict[int, Attendance] = {}
    for key, kind, hours, when in told:
        participation_id, session_id = known[key]
        session = sessions[session_id]
        # A presence may be written down later: the day is the session's.
        on_day = session.during.lower if session.during is not None else when
        attended = Attended(
            session_id=session_id,
            session_kind=session.kind,
            day=at_zone(on_day, session.part.time_zone).date(),
            mode=_MODE_OF_KIND[kind].value,
            minutes=_minutes(hours),
        )
        found.setdefault(participation_id, Attendance()).sessions.append(attended)
    return found


def held_minutes(edition: Edition, part: Part | None = None) -> int:
    """How long sessions were held; an hour in which several ran side by side counts once."""
    sessions = Session.objects.filter(edition=edition)
    if part is not None:
        sessions = sessions.filter(part=part)
    held = (
        Fact.objects.filter(
            kind=SESSION_HELD.code,
            subject_type=Session._meta.label_lower,
            subject_key__in=sessions.values(key=Cast("pk", CharField())),
        )
        .values_list("subject_key")
        .annotate(hours=Sum("quantity"), ended_at=Max("happened_at"))
        .filter(hours__gt=0)
    )
    spans = [(ended_at - timedelta(hours=float(hours)), ended_at) for _key, hours, ended_at in held]
    return round(_covered(spans).total_seconds() / 60)


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    total, reached = timedelta(), None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
            reached = end
    return total


def _minutes(hours: Decimal) -> int:
    return round(hours * 60)
