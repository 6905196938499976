"""What rooms above the academy add to an edition's days: for a person, the desk, paper, and when it is late.

A room registers in its `AppConfig.ready` and answers for what it holds; whoever shows the day asks all of
them and knows none. Every answer is decided by the viewer: a room says nothing to who may not see it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer


class OwnKind(StrEnum):
    """Under which heading a part stands on somebody's own page."""

    GROUP = "group"
    VISIT = "visit"
    TABLE = "table"
    MEETING = "meeting"
    TASK = "task"
    WISH = "wish"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPart:
    """One thing in somebody's days: a group, a visit, a table, a meeting, a task, a person to meet.

    With both times it stands in the order of the day and in the person's calendar, under `key`, which stays
    the same whatever changes. Texts are in the active language; `address` is a page of the platform.
    """

    key: str
    kind: OwnKind
    title: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    # Empty for the edition's own.
    time_zone: str = ""
    place: str = ""
    online_url: str = ""
    # What to bring, who leads, who sits there too: one short sentence each.
    details: tuple[str, ...] = ()
    address: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """A line that the desk of the running day shows: a group and its room, a question, a host who waits."""

    text: str
    detail: str = ""
    place: str = ""
    starts_at: datetime | None = None
    address: str = ""
    # "", "good", "warn" or "bad", as badges have it.
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPanel:
    """What one room has to say to the desk now; `address` opens the room itself."""

    key: str
    title: str
    lines: tuple[DeskLine, ...]
    # Said where there are no lines.
    empty: str = ""
    address: str = ""
    address_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of the day folder, on paper and as a file; `key` is the file's name."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Delay:
    """A day that runs late: from each of these moments on, everything is later by so much.

    A break that was shortened takes away from what comes after it; `ends` is where nothing is late any more.
    What is moved by it keeps its order, so nothing that did not overlap before overlaps afterwards.
    """

    edition_id: int
    steps: tuple[tuple[datetime, timedelta], ...]
    ends: datetime
    # Whether what runs at the first moment goes on longer, or ends as planned.
    stretches_running: bool = False

    @property
    def since(self) -> datetime:
        return self.steps[0][0]

    def moved(self, moment: datetime) -> datetime:
        """When that which was to begin at `moment` begins now."""
        if moment < self.since or moment >= self.ends:
            return moment
        later = max((step for step in self.steps if step[0] <= moment), key=lambda step: step[0])[1]
        # Nothing passes what comes after it.
        return min([moment + later, *(at + by for at, by in self.steps if at > moment)])

    def moved_span(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        """Both ends of something, after the delay; what is over by then, or begun, ends as it did."""
        if start >= self.since:
            return self.moved(start), self.moved(end)
        if end > self.since and self.stretches_running:
            return start, self.moved(end)
        return start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a delay meets in a room: a visit whose host waits, a meeting that would overlap."""

    sentence: str
    # "bad" for what must be solved by hand, "warn" for what somebody has to be told, "info" for the rest.
    tone: str = "warn"
    address: str = ""


OwnParts = Callable[[Viewer, Edition, datetime], Iterable[OwnPart]]
DeskPanels = Callable[[Viewer, Edition, datetime], Iterable[DeskPanel]]
Sheets = Callable[[Viewer, Edition, date], Iterable[Sheet]]
Hits = Callable[[Viewer, Edition, Delay], Iterable[Hit]]
Follow = Callable[[Viewer, Edition, Delay, datetime], None]


@dataclass(frozen=True, slots=True)
class _Room:
    own_parts: OwnParts | None
    desk_panels: DeskPanels | None
    sheets: Sheets | None
    hits: Hits | None
    follow: Follow | None


_rooms: dict[str, _Room] = {}


def register(
    name: str,
    *,
    own_parts: OwnParts | None = None,
    desk_panels: DeskPanels | None = None,
    sheets: Sheets | None = None,
    hits: Hits | None = None,
    follow: Follow | None = None,
) -> None:
    """Name what a room offers; called from `AppConfig.ready`.

    `own_parts` is asked for the viewer's own page and calendar, `desk_panels` for the desk of the running
    day, `sheets` for a day's folder, `hits` before a delay, and `follow` inside the transaction of a delay,
    so that times which the room keeps itself move together with the programme or not at all.
    """
    _rooms[name] = _Room(own_parts, desk_panels, sheets, hits, follow)


def own_parts_of(viewer: Viewer, edition: Edition, at: datetime) -> list[OwnPart]:
    """What concerns this person, those with a time first, in its order."""
    asked = (room.own_parts(viewer, edition, at) for room in _rooms.values() if room.own_parts)
    return sorted(
        chain.from_iterable(asked),
        key=lambda part: (part.starts_at is None, part.starts_at or at, part.kind, part.key),
    )


def desk_panels_of(viewer: Viewer, edition: Edition, at: datetime) -> list[DeskPanel]:
    asked = (room.desk_panels(viewer, edition, at) for room in _rooms.values() if room.desk_panels)
    return list(chain.from_iterable(asked))


def sheets_of(viewer: Viewer, edition: Edition, day: date) -> list[Sheet]:
    asked = (room.sheets(viewer, edition, day) for room in _rooms.values() if room.sheets)
    return list(chain.from_iterable(asked))


def hits_of(viewer: Viewer, edition: Edition, delay: Delay) -> list[Hit]:
    asked = (room.hits(viewer, edition, delay) for room in _rooms.values() if room.hits)
    return list(chain.from_iterable(asked))


def let_follow(by: Viewer, edition: Edition, delay: Delay, at: datetime) -> None:
    """Move what the rooms keep themselves; what they refuse ends the whole delay."""
    for room in _rooms.values():
        if room.follow is not None:
            room.follow(by, edition, delay, at)
