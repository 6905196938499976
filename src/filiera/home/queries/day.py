"""The desk of the running day: what is on in each room, who is there, what waits, what screens show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from filiera.academy.actions.steps import desk_topic
from filiera.academy.day_parts import DeskPanel, desk_panels_of
from filiera.academy.models import Broadcast, Countdown, Edition, Room, Session
from filiera.academy.push_topics import day_topic, programme_topic
from filiera.academy.queries.delays import RunningDay, running_day
from filiera.academy.queries.running import broadcasts_for_desk, running_countdowns
from filiera.accounts.viewer import Viewer
from filiera.live.models import Channel
from filiera.live.policies import can_moderate
from filiera.texts.languages import translated

# What cannot wait stands first; what nobody named here comes after, as its rooms registered.
_FIRST = ("questions", "presence", "groups", "visits", "meetings", "dinner")


@dataclass(frozen=True, slots=True)
class RoomLine:
    """What is on in a room and what comes next there; without a room where a session has none."""

    room: Room | None
    now: Session | None
    next: Session | None


@dataclass(frozen=True, slots=True)
class Screen:
    """A page for a projector."""

    label: str
    address: str


@dataclass(frozen=True)
class DayDesk:
    """Everything of one screen."""

    day: RunningDay | None
    moment: datetime
    rooms: list[RoomLine]
    panels: list[DeskPanel]
    countdowns: list[Countdown]
    broadcasts: list[Broadcast]
    screens: list[Screen]
    topics: tuple[str, ...]


def day_desk(viewer: Viewer, edition: Edition, *, moment: datetime, at: datetime) -> DayDesk:
    """The day at hand and what every room says to it; `moment` is the edition's hour, `at` the true one."""
    day = running_day(edition, moment)
    channels = _channels(viewer, edition)
    return DayDesk(
        day=day,
        moment=moment,
        rooms=room_lines(day) if day is not None else [],
        panels=sorted(desk_panels_of(viewer, edition, moment), key=_rank),
        countdowns=running_countdowns(viewer, edition.pk, at),
        broadcasts=broadcasts_for_desk(viewer, edition),
        screens=_screens(edition, day, channels),
        topics=(
            desk_topic(edition.pk),
            day_topic(edition.pk),
            programme_topic(edition.pk),
            *(channel.topic for channel in channels),
        ),
    )


def room_lines(day: RunningDay) -> list[RoomLine]:
    """The rooms in use on a day, each with what is on and what is next in it."""
    by_room: dict[int | None, list[Session]] = {}
    for session in day.sessions:
        by_room.setdefault(session.room_id, []).append(session)
    lines = [_room_line(sessions, day.moment) for sessions in by_room.values()]
    return sorted(
        lines, key=lambda line: (line.room is None, line.room.position if line.room else 0, _start(line))
    )


def _room_line(sessions: Iterable[Session], moment: datetime) -> RoomLine:
    now = next_one = room = None
    for session in sessions:
        assert session.during is not None
        room = session.room
        if session.during.lower <= moment < session.during.upper:
            now = session
        elif session.during.lower > moment and next_one is None:
            next_one = session
    return RoomLine(room, now, next_one)


def _start(line: RoomLine) -> float:
    session = line.now or line.next
    return session.during.lower.timestamp() if session is not None and session.during is not None else 0.0


def _rank(panel: DeskPanel) -> int:
    return _FIRST.index(panel.key) if panel.key in _FIRST else len(_FIRST)


def _channels(viewer: Viewer, edition: Edition) -> list[Channel]:
    if not can_moderate(viewer, edition):
        return []
    channels = Channel.objects.visible_to(viewer).filter(edition=edition, opened_at__isnull=False)
    return list(channels.filter(closed_at__isnull=True).order_by("created_at", "pk"))


def _screens(edition: Edition, day: RunningDay | None, channels: Iterable[Channel]) -> list[Screen]:
    screens = [Screen(_("All rooms"), reverse("home:stage_day", args=[edition.slug]))]
    rooms = {session.room for session in day.sessions if session.room} if day is not None else set()
    screens += [
        Screen(translated(room.name), reverse("home:stage_room", args=[edition.slug, room.slug]))
        for room in sorted(rooms, key=lambda room: (room.position, room.pk))
    ]
    screens += [
        Screen(
            _("Questions: %(title)s") % {"title": translated(channel.title)},
            reverse("live:stage", args=[edition.slug, channel.code.lower()]),
        )
        for channel in channels
    ]
    return screens
