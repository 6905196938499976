"""What is odd in the draft, each said with what to do about it; nothing here forbids anything."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from filiera.academy.models import (
    KIND_FAMILY,
    Contribution,
    Day,
    Edition,
    EditionMember,
    EditionRole,
    OverlapAllowance,
    Part,
    PartMode,
    RoomClosure,
    Session,
    SessionKind,
    SessionState,
    SpeakerAvailability,
)
from filiera.academy.queries.times import clock, from_to, quoted_title
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

LISTENING_LIMIT = timedelta(minutes=90)
PAUSE = timedelta(minutes=10)
NAMED = 3
FOR_EVERYBODY = frozenset({SessionKind.WELCOME, SessionKind.PLENARY, SessionKind.KEYNOTE})


@dataclass(frozen=True)
class ProgrammeWarning:
    """One oddity: which sessions it is about, a sentence, and how much it matters."""

    kind: str
    session_ids: tuple[int, ...]
    sentence: str
    day: date
    tone: str = "warn"


def scheduled_sessions(edition: Edition) -> list[Session]:
    """The sessions that stand in the grid, in the order of time."""
    return list(
        Session.objects.filter(edition=edition, state=SessionState.PLANNED, during__isnull=False)
        .select_related("room", "part")
        .defer("abstract", "sources")
        .order_by("during", "pk")
    )


def warnings_of(edition: Edition, sessions: Sequence[Session] | None = None) -> list[ProgrammeWarning]:
    """Every warning of the draft, in the order of time, in a fixed number of queries."""
    scheduled = [
        session
        for session in (scheduled_sessions(edition) if sessions is None else sessions)
        if session.state == SessionState.PLANNED and session.during is not None
    ]
    found = [
        *_allowed_overlaps(edition, scheduled),
        *_speakers(edition, scheduled),
        *_rooms(edition, scheduled),
        *_hours(edition, scheduled),
        *_beside_plenaries(scheduled),
        *_mere_listening(scheduled),
    ]
    starts = {session.pk: session.during.lower for session in scheduled if session.during is not None}
    return sorted(found, key=lambda warning: (starts[warning.session_ids[0]], warning.kind))


def _warning(kind: str, sentence: str, *sessions: Session, tone: str = "warn") -> ProgrammeWarning:
    return ProgrammeWarning(
        kind=kind,
        session_ids=tuple(session.pk for session in sessions),
        sentence=sentence,
        day=_local_day(sessions[0]),
        tone=tone,
    )


def _local_day(session: Session) -> date:
    assert session.during is not None
    return at_zone(session.during.lower, session.part.time_zone).date()


def _overlap(first: Session, second: Session) -> bool:
    assert first.during is not None
    assert second.during is not None
    return bool(first.during.lower < second.during.upper and second.during.lower < first.during.upper)


def _allowed_overlaps(edition: Edition, sessions: Sequence[Session]) -> Iterable[ProgrammeWarning]:
    by_key = {session.pk: session for session in sessions}
    for allowance in (
        OverlapAllowance.objects.filter(edition=edition).select_related("speaker").order_by("pk")
    ):
        first, second = by_key.get(allowance.first_id), by_key.get(allowance.second_id)
        if first is None or second is None or not _overlap(first, second):
            continue
        names = {"first": quoted_title(first), "second": quoted_title(second)}
        if allowance.speaker is not None:
            sentence = _("%(first)s and %(second)s overlap with the same speaker, %(speaker)s: allowed.") % {
                **names,
                "speaker": allowance.speaker.name,
            }
            yield _warning("speaker_allowed", sentence, first, second, tone="info")
        elif first.room_id == second.room_id and first.room is not None:
            sentence = _("%(first)s and %(second)s share %(room)s at the same time: allowed.") % {
                **names,
                "room": translated(first.room.name),
            }
            yield _warning("room_allowed", sentence, first, second, tone="info")


def _speakers(edition: Edition, sessions: Sequence[Session]) -> Iterable[ProgrammeWarning]:
    by_key = {session.pk: session for session in sessions}
    free: dict[int, list[SpeakerAvailability]] = defaultdict(list)
    for availability in SpeakerAvailability.objects.filter(speaker__edition=edition):
        free[availability.speaker_id].append(availability)
    contributions = Contribution.objects.filter(session__edition=edition).select_related("speaker")
    for contribution in contributions.order_by("session", "position", "pk"):
        session = by_key.get(contribution.session_id)
        if session is None or session.during is None:
            continue
        speaker = contribution.speaker
        if speaker.declined_at is not None:
            sentence = _("%(speaker)s has declined %(session)s. Ask somebody else.") % {
                "speaker": speaker.name,
                "session": quoted_title(session),
            }
            yield _warning("speaker_declined", sentence, session)
        times = free[speaker.pk]
        if times and not any(
            time.during.lower <= session.during.lower and session.during.upper <= time.during.upper
            for time in times
        ):
            sentence = _(
                "%(speaker)s is not available for %(session)s, %(time)s. Move it, or ask the speaker again."
            ) % {
                "speaker": speaker.name,
                "session": quoted_title(session),
                "time": from_to(session, session.part.time_zone),
            }
            yield _warning("speaker_unavailable", sentence, session)


def _rooms(edition: Edition, sessions: Sequence[Session]) -> Iterable[ProgrammeWarning]:
    closures: dict[int, list[RoomClosure]] = defaultdict(list)
    for closure in RoomClosure.objects.filter(room__edition=edition).order_by("during"):
        closures[closure.room_id].append(closure)
    participants = EditionMember.objects.filter(
        edition=edition, role=EditionRole.PARTICIPANT, until__isnull=True
    ).count()
    for session in sessions:
        assert session.during is not None
        room = session.room
        if room is None:
            if session.part.mode != PartMode.ONLINE and session.kind != SessionKind.BREAK:
                sentence = _("%(session)s has no room yet. Choose one.") % {"session": quoted_title(session)}
                yield _warning("no_room", sentence, session)
            continue
        zone = session.part.time_zone
        for closure in closures[room.pk]:
            if closure.during.lower < session.during.upper and session.during.lower < closure.during.upper:
                sentence = _(
                    "%(room)s is closed from %(start)s to %(end)s, during %(session)s. Move the session."
                ) % {
                    "room": translated(room.name),
                    "start": clock(closure.during.lower, zone),
                    "end": clock(closure.during.upper, zone),
                    "session": quoted_title(session),
                }
                yield _warning("room_closed", sentence, session)
        expected = session.capacity or (participants if session.kind in FOR_EVERYBODY else 0)
        if room.capacity is not None and expected > room.capacity:
            sentence = _(
                "%(session)s expects %(expected)s people, %(room)s holds %(capacity)s. "
                "Choose a larger room or fewer places."
            ) % {
                "session": quoted_title(session),
                "expected": expected,
                "room": translated(room.name),
                "capacity": room.capacity,
            }
            yield _warning("capacity", sentence, session)


def _hours(edition: Edition, sessions: Sequence[Session]) -> Iterable[ProgrammeWarning]:
    days = {(day.part_id, day.date): day for day in Day.objects.filter(part__edition=edition)}
    for session in sessions:
        assert session.during is not None
        zone = session.part.time_zone
        start, end = at_zone(session.during.lower, zone), at_zone(session.during.upper, zone)
        day = days.get((session.part_id, start.date()))
        if day is None:
            sentence = _("%(session)s is outside the days of its part. Move it, or change the part.") % {
                "session": quoted_title(session)
            }
            yield _warning("outside_part", sentence, session)
        elif start.time() < day.opens_at or end.date() > start.date() or end.time() > day.closes_at:
            sentence = _(
                "%(session)s, %(time)s, is outside the hours of the day, %(opens)s to %(closes)s. "
                "Move it, or change the day's hours."
            ) % {
                "session": quoted_title(session),
                "time": from_to(session, zone),
                "opens": day.opens_at.strftime("%H:%M"),
                "closes": day.closes_at.strftime("%H:%M"),
            }
            yield _warning("outside_day", sentence, session)


def _beside_plenaries(sessions: Sequence[Session]) -> Iterable[ProgrammeWarning]:
    for plenary in sessions:
        if plenary.kind not in FOR_EVERYBODY:
            continue
        beside = [
            other
            for other in sessions
            if other.pk != plenary.pk
            and not (other.kind in FOR_EVERYBODY and other.pk < plenary.pk)
            and _overlap(plenary, other)
        ]
        if len(beside) == 1:
            sentence = _(
                "%(other)s runs during %(plenary)s, which is for everybody. Move one of the two."
            ) % {"other": quoted_title(beside[0]), "plenary": quoted_title(plenary)}
            yield _warning("beside_plenary", sentence, plenary, *beside)
        elif beside:
            sentence = _(
                "%(count)s sessions run during %(plenary)s, which is for everybody: %(others)s. "
                "Move them, or the plenary."
            ) % {
                "count": len(beside),
                "plenary": quoted_title(plenary),
                "others": _some(beside),
            }
            yield _warning("beside_plenary", sentence, plenary, *beside)


def _some(sessions: Sequence[Session]) -> str:
    """The first titles, and that there are more."""
    titles = ", ".join(quoted_title(session) for session in sessions[:NAMED])
    return f"{titles}, …" if len(sessions) > NAMED else titles


@dataclass(frozen=True)
class _Stretch:
    """A time in which the same sessions run."""

    start: datetime
    end: datetime
    sessions: tuple[Session, ...]

    @property
    def is_listening(self) -> bool:
        return all(KIND_FAMILY[SessionKind(session.kind)] == "talk" for session in self.sessions)


def _mere_listening(sessions: Sequence[Session]) -> Iterable[ProgrammeWarning]:
    by_part: dict[int, list[Session]] = defaultdict(list)
    for session in sessions:
        by_part[session.part_id].append(session)
    for of_part in by_part.values():
        yield from _long_listening(_stretches(of_part), of_part[0].part)


def _stretches(sessions: Sequence[Session]) -> list[_Stretch]:
    ranges = [(session, session.during.lower, session.during.upper) for session in sessions if session.during]
    edges = sorted({edge for _session, start, end in ranges for edge in (start, end)})
    stretches = []
    position = 0
    for start, end in pairwise(edges):
        # Sessions come in the order of their start, so what has ended long ago is passed only once.
        while position < len(ranges) and ranges[position][2] <= start:
            position += 1
        running = []
        for session, begins, ends in ranges[position:]:
            if begins >= end:
                break
            if ends > start:
                running.append(session)
        if running:
            stretches.append(_Stretch(start, end, tuple(running)))
    return stretches


def _long_listening(stretches: list[_Stretch], part: Part) -> Iterable[ProgrammeWarning]:
    row: list[_Stretch] = []
    for stretch in [*stretches, None]:
        if stretch is not None and stretch.is_listening and (not row or stretch.start - row[-1].end < PAUSE):
            row.append(stretch)
            continue
        listened = sum((each.end - each.start for each in row), timedelta())
        if listened > LISTENING_LIMIT:
            minutes = int(listened.total_seconds() // 60)
            sentence = _(
                "From %(start)s to %(end)s people only listen, for %(minutes)s minutes. "
                "Put a break, a discussion or group work in between."
            ) % {
                "start": clock(row[0].start, part.time_zone),
                "end": clock(row[-1].end, part.time_zone),
                "minutes": minutes,
            }
            heard = {session.pk: session for each in row for session in each.sessions}
            yield _warning("listening", sentence, *heard.values())
        row = [stretch] if stretch is not None and stretch.is_listening else []
