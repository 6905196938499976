"""A day that runs late: from where it can begin, where time can be made up, and what it meets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from filiera.academy.day_parts import Delay, Hit, hits_of
from filiera.academy.models import (
    Contribution,
    Day,
    Edition,
    RoomClosure,
    Session,
    SessionKind,
    SpeakerAvailability,
)
from filiera.academy.queries.parts import holds
from filiera.academy.queries.times import clock, quoted_title
from filiera.academy.queries.warnings import scheduled_sessions
from filiera.accounts.viewer import Viewer
from filiera.shared.time import at_zone, parse_zone
from filiera.texts.languages import page_languages, translated

FROM_NOW = "now"
SHORTEST = timedelta(minutes=5)
LONGEST_MINUTES = 240
_FREE = "before-"
# What is in the way comes first, what is only good to know last.
_TONES = ("bad", "warn", "info")
_SOCIAL = frozenset({SessionKind.SOCIAL, SessionKind.NETWORKING})


@dataclass(frozen=True, slots=True)
class Wish:
    """What the organiser asks: from where, by how much, where it is made up, in which room."""

    # "now", or the key of a session.
    since: str
    # Less than nothing to be earlier, where a delay was made up on the way.
    minutes: int
    # The key of a slack; empty to move everything until the day's end.
    slack: str = ""
    # Empty for all rooms.
    room_id: int | None = None


@dataclass(frozen=True, slots=True)
class Slack:
    """Where lost time can be made up: something that can be shorter, or a time in which nothing is."""

    key: str
    session: Session
    is_free: bool
    minutes: int
    until: datetime

    @property
    def label(self) -> str:
        zone = self.session.part.time_zone
        values = {
            "title": quoted_title(self.session),
            "clock": clock(self.start, zone),
            "minutes": self.minutes,
        }
        if self.is_free:
            return _("the free time before %(title)s, %(clock)s: up to %(minutes)s minutes") % values
        return _("%(title)s, %(clock)s: up to %(minutes)s minutes shorter") % values

    @property
    def start(self) -> datetime:
        assert self.session.during is not None
        begins: datetime = self.session.during.lower
        return begins


@dataclass(frozen=True, slots=True)
class Moved:
    """A session whose time changes."""

    session: Session
    before: DateTimeTZRange
    after: DateTimeTZRange

    @property
    def zone(self) -> str:
        return self.session.part.time_zone

    @property
    def minutes(self) -> int:
        return _minutes(self.after.upper - self.after.lower)

    @property
    def lengthened_by(self) -> int:
        """In minutes; less than nothing where it becomes shorter."""
        length_before = self.before.upper - self.before.lower
        return _minutes(self.after.upper - self.after.lower - length_before)


@dataclass(frozen=True)
class RunningDay:
    """The day at hand: its sessions in the order of time, and where a delay can begin."""

    edition: Edition
    day: Day
    sessions: tuple[Session, ...]
    moment: datetime

    @property
    def zone(self) -> str:
        return self.day.part.time_zone

    @cached_property
    def is_today(self) -> bool:
        return at_zone(self.moment, self.zone).date() == self.day.date

    @cached_property
    def starts(self) -> tuple[Session, ...]:
        """The sessions from which on everything can be later."""
        return tuple(each for each in self.sessions if each.during and each.during.lower >= self.moment)

    @cached_property
    def has_now(self) -> bool:
        return self.is_today and any(
            each.during and each.during.upper > self.moment for each in self.sessions
        )

    @property
    def ends(self) -> datetime:
        """The next midnight on the day's clocks."""
        local = datetime.combine(self.day.date + timedelta(days=1), time(0), parse_zone(self.zone))
        return local.astimezone(UTC)

    def since(self, asked: str) -> datetime | None:
        """The moment at which a delay begins; None where it cannot."""
        if asked == FROM_NOW:
            return self.moment if self.has_now else None
        found = next((each for each in self.starts if str(each.pk) == asked), None)
        return found.during.lower if found is not None and found.during is not None else None

    def slacks(self, since: datetime) -> list[Slack]:
        """Breaks first, as these are what is shortened; then free times, then everything else."""
        found = [*self._shorter(since), *self._free(since)]
        return sorted(found, key=lambda slack: (not _is_break(slack), not slack.is_free, slack.start))

    def slack(self, since: datetime, key: str) -> Slack | None:
        return next((slack for slack in self.slacks(since) if slack.key == key), None)

    def _shorter(self, since: datetime) -> Iterable[Slack]:
        for session in self.sessions:
            if session.during is None or session.during.lower < since:
                continue
            spare = session.during.upper - session.during.lower - SHORTEST
            if spare >= SHORTEST:
                yield Slack(str(session.pk), session, False, _minutes(spare), session.during.upper)

    def _free(self, since: datetime) -> Iterable[Slack]:
        busy_until = since
        for start, group in groupby(
            self.sessions, key=lambda each: each.during.lower if each.during else since
        ):
            together = list(group)
            if start - busy_until >= SHORTEST and start > since:
                free = _minutes(start - busy_until)
                yield Slack(f"{_FREE}{together[0].pk}", together[0], True, free, start)
            busy_until = max([busy_until, *(each.during.upper for each in together if each.during)])


@dataclass(frozen=True)
class DelayPlan:
    """What a wish comes to: which sessions move, and what that meets."""

    delay: Delay
    wish: Wish
    zone: str
    moved: tuple[Moved, ...]
    hits: tuple[Hit, ...]

    @cached_property
    def obstacles(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.tone == "bad"]

    def message(self) -> dict[str, str]:
        """The sentence that everybody reads, in every language of the pages."""
        told = {}
        for language in page_languages():
            with override(language):
                told[language] = self._sentence()
        return told

    def _sentence(self) -> str:
        minutes = abs(self.wish.minutes)
        if self.wish.minutes > 0:
            sentence = ngettext(
                "The programme runs one minute late from %(clock)s.",
                "The programme runs %(minutes)s minutes late from %(clock)s.",
                minutes,
            )
        else:
            sentence = ngettext(
                "From %(clock)s the programme is one minute earlier.",
                "From %(clock)s the programme is %(minutes)s minutes earlier.",
                minutes,
            )
        sentence %= {"minutes": minutes, "clock": clock(self.delay.since, self.zone)}
        upcoming = next((each for each in self.moved if each.before.lower >= self.delay.since), None)
        if upcoming is None:
            return sentence
        next_one = _("%(title)s now begins at %(clock)s.") % {
            "title": quoted_title(upcoming.session),
            "clock": clock(upcoming.after.lower, self.zone),
        }
        return f"{sentence} {next_one}"


def running_day(edition: Edition, moment: datetime, asked: str = "") -> RunningDay | None:
    """The day of that date, else the one of the moment or the next with sessions; None after the last."""
    days = list(
        Day.objects.filter(part__edition=edition)
        .select_related("part")
        .order_by("date", "part__number", "pk")
    )
    sessions = scheduled_sessions(edition)
    # Minutes are what people say and read.
    moment = moment.replace(second=0, microsecond=0)
    for day in days:
        local = at_zone(moment, day.part.time_zone).date()
        if (day.date.isoformat() != asked) if asked else (day.date < local):
            continue
        of_day = tuple(session for session in sessions if _is_on(session, day))
        if of_day:
            return RunningDay(edition, day, of_day, moment)
    return None


def has_begun_planning(edition: Edition) -> bool:
    """Whether any session has its hour: where none has, no day is over either."""
    return bool(scheduled_sessions(edition))


def plan_delay(day: RunningDay, wish: Wish, viewer: Viewer) -> DelayPlan | None:
    """What the wish would do, without doing it; None where it begins nowhere or moves nothing."""
    since = day.since(wish.since)
    if since is None:
        return None
    later = timedelta(minutes=wish.minutes)
    steps = [(since, later)]
    slack = day.slack(since, wish.slack) if wish.minutes > 0 else None
    if slack is not None:
        steps.append((slack.until, later - min(later, timedelta(minutes=slack.minutes))))
    delay = Delay(
        edition_id=day.edition.pk, steps=tuple(steps), ends=day.ends, stretches_running=wish.since == FROM_NOW
    )
    concerned = [each for each in day.sessions if wish.room_id in (None, each.room_id)]
    moved = tuple(_moved(delay, concerned))
    if not moved:
        return None
    hits = [
        *_over_already(delay, moved),
        *_hits(day, moved),
        *(hits_of(viewer, day.edition, delay) if wish.room_id is None else ()),
    ]
    hits.sort(key=lambda hit: _TONES.index(hit.tone))
    return DelayPlan(delay, wish, day.zone, moved, tuple(hits))


def _moved(delay: Delay, sessions: Iterable[Session]) -> Iterable[Moved]:
    for session in sessions:
        before = session.during
        assert before is not None
        start, end = delay.moved_span(before.lower, before.upper)
        if (start, end) != (before.lower, before.upper):
            yield Moved(session, before, DateTimeTZRange(start, end, "[)"))


def _hits(day: RunningDay, moved: Sequence[Moved]) -> Iterable[Hit]:
    after = {each.session.pk: each.after for each in moved}
    staying = [each for each in day.sessions if each.pk not in after and each.during is not None]
    yield from _too_short(moved)
    yield from _rooms(day, moved, staying)
    yield from _speakers(day, moved, staying)
    yield from _people_to_tell(moved)
    yield from _day_end(day, moved)
    yield from _other_rooms(moved, staying)


def _too_short(moved: Sequence[Moved]) -> Iterable[Hit]:
    for each in moved:
        if each.after.upper - each.after.lower < SHORTEST:
            sentence = _("%(title)s would last less than five minutes. Make up the time elsewhere.")
            yield Hit(sentence=sentence % {"title": quoted_title(each.session)}, tone="bad")
        elif not holds(each.session.part, each.after.lower, each.after.upper):
            sentence = _("%(title)s would end after midnight. Make up the time before it.")
            yield Hit(sentence=sentence % {"title": quoted_title(each.session)}, tone="bad")


def _over_already(delay: Delay, moved: Sequence[Moved]) -> Iterable[Hit]:
    for each in moved:
        if min(each.before.lower, delay.since) <= each.after.upper <= delay.since:
            sentence = _("%(title)s would be over already. Choose fewer minutes.")
            yield Hit(sentence=sentence % {"title": quoted_title(each.session)}, tone="bad")


def _rooms(day: RunningDay, moved: Sequence[Moved], staying: Sequence[Session]) -> Iterable[Hit]:
    for each in moved:
        room = each.session.room
        for other in staying if room is not None else ():
            shares = other.overlap_key == each.session.overlap_key
            if other.room_id == each.session.room_id and not shares and _overlap(each.after, other.during):
                yield Hit(
                    sentence=_("%(title)s would still be in %(room)s when %(other)s begins there.")
                    % {
                        "title": quoted_title(each.session),
                        "room": translated(room.name) if room else "",
                        "other": quoted_title(other),
                    },
                    tone="bad",
                )
    closures = RoomClosure.objects.filter(room__edition=day.edition).select_related("room").order_by("during")
    for closure in closures:
        for each in moved:
            if each.session.room_id == closure.room_id and _overlap(each.after, closure.during):
                yield Hit(
                    sentence=_("%(room)s is closed from %(start)s to %(end)s; %(title)s would be in it.")
                    % {
                        "room": translated(closure.room.name),
                        "start": clock(closure.during.lower, each.zone),
                        "end": clock(closure.during.upper, each.zone),
                        "title": quoted_title(each.session),
                    },
                    tone="bad",
                )


def _speakers(day: RunningDay, moved: Sequence[Moved], staying: Sequence[Session]) -> Iterable[Hit]:
    after = {each.session.pk: each for each in moved}
    stay = {session.pk: session for session in staying}
    contributions = list(
        Contribution.objects.filter(session__in=[*after, *stay])
        .select_related("speaker")
        .order_by("session", "position", "pk")
    )
    free: dict[int, list[DateTimeTZRange]] = {}
    given = SpeakerAvailability.objects.filter(speaker__in={each.speaker_id for each in contributions})
    for availability in given:
        free.setdefault(availability.speaker_id, []).append(availability.during)
    for contribution in contributions:
        each = after.get(contribution.session_id)
        if each is None:
            continue
        names = {
            "speaker": contribution.speaker.name,
            "title": quoted_title(each.session),
            "start": clock(each.after.lower, each.zone),
            "end": clock(each.after.upper, each.zone),
        }
        times = free.get(contribution.speaker_id, [])
        was_free = any(_contains(time, each.before) for time in times)
        if was_free and not any(_contains(time, each.after) for time in times):
            yield Hit(
                sentence=_(
                    "%(speaker)s said to be free otherwise: ask about %(title)s, now %(start)s to %(end)s."
                )
                % names,
            )
        for other in contributions:
            session = stay.get(other.session_id)
            is_theirs = other.speaker_id == contribution.speaker_id
            if session is None or not is_theirs or other.overlap_key == contribution.overlap_key:
                continue
            if _overlap(each.after, session.during):
                yield Hit(
                    sentence=_("%(speaker)s would be in %(title)s and in %(other)s at once.")
                    % {**names, "other": quoted_title(session)},
                    tone="bad",
                )


def _people_to_tell(moved: Sequence[Moved]) -> Iterable[Hit]:
    for each in moved:
        values = {
            "title": quoted_title(each.session),
            "start": clock(each.after.lower, each.zone),
            "end": clock(each.after.upper, each.zone),
        }
        if each.session.kind == SessionKind.BREAK:
            sentence = _("Tell the catering: %(title)s is now from %(start)s to %(end)s.")
        elif each.session.kind == SessionKind.LABORATORY_VISIT:
            sentence = _("Tell the hosts of the visit: %(title)s is now from %(start)s to %(end)s.")
        elif each.session.kind in _SOCIAL:
            sentence = _("Tell the place: %(title)s is now from %(start)s to %(end)s.")
        else:
            continue
        yield Hit(sentence=sentence % values)


def _day_end(day: RunningDay, moved: Sequence[Moved]) -> Iterable[Hit]:
    closes = datetime.combine(day.day.date, day.day.closes_at, parse_zone(day.zone))
    last = max(each.after.upper for each in moved)
    if last > closes:
        yield Hit(
            sentence=_("The day ends at %(end)s, after its hours, which are until %(closes)s.")
            % {"end": clock(last, day.zone), "closes": f"{day.day.closes_at:%H:%M}"}
        )


def _other_rooms(moved: Sequence[Moved], staying: Sequence[Session]) -> Iterable[Hit]:
    rooms = {each.session.room_id for each in moved if each.session.room_id is not None}
    if len(rooms) > 1:
        sentence = ngettext("%(count)s room is concerned.", "%(count)s rooms are concerned.", len(rooms))
        yield Hit(sentence=sentence % {"count": len(rooms)}, tone="info")
    for session in staying:
        beside = [
            each
            for each in moved
            if _overlap(each.before, session.during) or _overlap(each.after, session.during)
        ]
        if beside and session.room_id not in rooms:
            values = {
                "title": quoted_title(session),
                "room": translated(session.room.name) if session.room else "—",
            }
            sentence = _("%(title)s in %(room)s keeps its time.")
            yield Hit(sentence=sentence % values, tone="info")


def _is_on(session: Session, day: Day) -> bool:
    if session.during is None or session.part_id != day.part_id:
        return False
    local: date = at_zone(session.during.lower, day.part.time_zone).date()
    return local == day.date


def _is_break(slack: Slack) -> bool:
    return slack.session.kind == SessionKind.BREAK and not slack.is_free


def _overlap(one: DateTimeTZRange, other: DateTimeTZRange | None) -> bool:
    return other is not None and bool(one.lower < other.upper and other.lower < one.upper)


def _contains(outer: DateTimeTZRange, inner: DateTimeTZRange) -> bool:
    return bool(outer.lower <= inner.lower and inner.upper <= outer.upper)


def _minutes(length: timedelta) -> int:
    return round(length.total_seconds() / 60)
