"""What a projector shows of the published programme: on now, and next."""

from dataclasses import dataclass
from datetime import datetime

from filiera.academy.models import PublishedSession
from filiera.academy.queries.published import Item, Programme
from filiera.academy.snapshot import SessionData
from filiera.texts.languages import translated

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class ScreenLine:
    """A session as it stands on a screen."""

    title: str
    room: str
    speakers: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ScreenLines:
    """What is on, what comes first after it, and when that changes."""

    now: list[ScreenLine]
    next: list[ScreenLine]
    turns_at: datetime | None


def screen_lines(programme: Programme, moment: datetime, room: str) -> ScreenLines:
    """Of one room, or of all; what comes next is what begins together first."""
    items = [item for item in programme.items if not item.is_cancelled and (not room or item.room == room)]
    now = [item for item in items if item.start <= moment < item.end][:_SHOWN]
    coming = [item for item in items if item.start > moment]
    following = [item for item in coming if item.start == coming[0].start][:_SHOWN]
    rows = PublishedSession.objects.filter(
        version_id=programme.version_id, session_id__in=[item.id for item in (*now, *following)]
    )
    data = {told["id"]: told for told in rows.values_list("data", flat=True)}
    turns = [turn for item in items for turn in (item.start, item.end) if turn > moment]
    return ScreenLines(
        now=[_line(item, data[item.id]) for item in now if item.id in data],
        next=[_line(item, data[item.id]) for item in following if item.id in data],
        turns_at=min(turns, default=None),
    )


def _line(item: Item, data: SessionData) -> ScreenLine:
    return ScreenLine(
        title=translated(data["title"]),
        room=translated(data["room"]["name"]) if data["room"] else "",
        speakers=", ".join(speaker["name"] for speaker in data["speakers"]),
        starts_at=item.start,
        ends_at=item.end,
    )
