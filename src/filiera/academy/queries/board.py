"""The editor's day: rooms across, time down, the tray beside it, and what is odd."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from filiera.academy.models import (
    Contribution,
    Day,
    Edition,
    EditStep,
    OverlapAllowance,
    Part,
    Room,
    Session,
    SessionState,
)
from filiera.academy.queries.steps import undo_and_redo
from filiera.academy.queries.times import clock
from filiera.academy.queries.warnings import ProgrammeWarning, warnings_of
from filiera.accounts.viewer import Viewer
from filiera.shared.time import parse_zone

ROW = timedelta(minutes=5)
LAST_ROW = 287


@dataclass
class Column:
    """A room on one day; two allowed to overlap in it stand in lanes beside each other."""

    room: Room | None
    first: int
    lanes: int = 1

    @property
    def key(self) -> str:
        return str(self.room.pk) if self.room is not None else ""


@dataclass
class Block:
    """A session with its place in the grid; a cancelled one keeps its time but no lane of its own."""

    session: Session
    speakers: list[str]
    row: int = 0
    rows: int = 12
    column: int = 1
    lanes: int = 1
    time: str = ""
    warnings: list[ProgrammeWarning] = field(default_factory=list)

    @property
    def is_short(self) -> bool:
        return self.rows <= 5


@dataclass(frozen=True)
class Board:
    """All that the editor shows of one day."""

    edition: Edition
    days: list[Day]
    day: Day | None
    columns: list[Column]
    lanes: int
    blocks: list[Block]
    cancelled: list[Block]
    tray: list[Block]
    hours: list[tuple[int, str]]
    opens_at: str
    rows: int
    warnings: list[ProgrammeWarning]
    other_warnings: int
    undo: EditStep | None
    redo: EditStep | None
    allowances: list[OverlapAllowance]


def days_of(edition: Edition) -> list[Day]:
    return list(
        Day.objects.filter(part__edition=edition)
        .select_related("part__venue")
        .order_by("date", "part__number", "pk")
    )


def day_asked(days: Sequence[Day], asked: str) -> Day | None:
    """The day of that date, else the first."""
    return next((day for day in days if day.date.isoformat() == asked), days[0] if days else None)


def board_of(edition: Edition, viewer: Viewer, asked: str = "") -> Board:
    """Everything for one day of the editor, in a fixed number of queries."""
    days = days_of(edition)
    day = day_asked(days, asked)
    sessions = list(
        Session.objects.filter(edition=edition)
        .select_related("room", "part")
        .defer("abstract", "sources")
        .order_by("during", "pk")
    )
    speakers = _speakers_of(edition)
    every_warning = warnings_of(edition, sessions)
    undo, redo = undo_and_redo(edition, viewer)
    tray = [Block(session, speakers[session.pk]) for session in sessions if session.during is None]
    shown = [session for session in sessions if day is not None and _is_on(session, day)]
    planned = [session for session in shown if session.state == SessionState.PLANNED]
    opens, closes = _hours_shown(day, shown)
    columns = _columns(list(edition.rooms.order_by("position", "pk")), planned)
    of_day = [warning for warning in every_warning if day is not None and warning.day == day.date]
    by_session: dict[int, list[ProgrammeWarning]] = defaultdict(list)
    for warning in of_day:
        for key in warning.session_ids:
            by_session[key].append(warning)
    return Board(
        edition=edition,
        days=days,
        day=day,
        columns=columns,
        lanes=sum(column.lanes for column in columns),
        blocks=_blocks(planned, columns, speakers, by_session, opens),
        cancelled=[
            _timed(Block(session, speakers[session.pk]))
            for session in shown
            if session.state == SessionState.CANCELLED
        ],
        tray=tray,
        hours=_hour_lines(opens, closes, day.part) if day is not None else [],
        opens_at=clock(opens, day.part.time_zone) if day is not None else "",
        rows=min(int((closes - opens) / ROW), LAST_ROW),
        warnings=of_day,
        other_warnings=len(every_warning) - len(of_day),
        undo=undo,
        redo=redo,
        allowances=list(
            OverlapAllowance.objects.filter(edition=edition)
            .select_related("first", "second", "speaker")
            .order_by("pk")
        ),
    )


def _speakers_of(edition: Edition) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    rows = Contribution.objects.filter(session__edition=edition).order_by("position", "pk")
    for session_id, name in rows.values_list("session_id", "speaker__name"):
        names[session_id].append(name)
    return names


def _is_on(session: Session, day: Day) -> bool:
    if session.during is None or session.part_id != day.part_id:
        return False
    return bool(session.during.lower.astimezone(parse_zone(day.part.time_zone)).date() == day.date)


def _local(day: date, clock_time: time, part: Part) -> datetime:
    return datetime.combine(day, clock_time, parse_zone(part.time_zone)).astimezone(UTC)


def _hours_shown(day: Day | None, sessions: Sequence[Session]) -> tuple[datetime, datetime]:
    """The day's hours, stretched to whatever lies outside them, in whole hours."""
    if day is None:
        start = datetime(2000, 1, 1, 8, tzinfo=UTC)
        return start, start
    starts = [_local(day.date, day.opens_at, day.part)]
    ends = [_local(day.date, day.closes_at, day.part)]
    for session in sessions:
        if session.during is not None:
            starts.append(session.during.lower)
            ends.append(session.during.upper)
    opens, closes = min(starts), max(ends)
    opens -= timedelta(minutes=opens.minute)
    if closes.minute:
        closes += timedelta(minutes=60 - closes.minute)
    return opens, closes


def _hour_lines(opens: datetime, closes: datetime, part: Part) -> list[tuple[int, str]]:
    count = min(int((closes - opens) / timedelta(hours=1)), LAST_ROW // 12)
    return [(hour * 12, clock(opens + timedelta(hours=hour), part.time_zone)) for hour in range(count + 1)]


def _columns(rooms: Sequence[Room], sessions: Sequence[Session]) -> list[Column]:
    homeless = any(session.room_id is None for session in sessions)
    used = {session.room_id for session in sessions}
    # Rooms in use on this day come first: what is planned must not stand beyond the edge of the screen.
    in_use_first = sorted(rooms, key=lambda room: room.pk not in used)
    columns: list[Column] = []
    first = 1
    for room in [*in_use_first, *([None] if homeless or not rooms else [])]:
        key = room.pk if room is not None else None
        lanes = _lanes_needed([session for session in sessions if session.room_id == key])
        columns.append(Column(room=room, first=first, lanes=lanes))
        first += lanes
    return columns


def _lanes_needed(sessions: Sequence[Session]) -> int:
    return max([1, *(lane + 1 for lane in _lanes(sessions).values())])


def _lanes(sessions: Sequence[Session]) -> dict[int, int]:
    """For each session the first lane that is free at its start; sessions come in the order of time."""
    ends: list[datetime] = []
    lanes: dict[int, int] = {}
    for session in sessions:
        if session.during is None:
            continue
        free = next((lane for lane, end in enumerate(ends) if end <= session.during.lower), len(ends))
        if free == len(ends):
            ends.append(session.during.upper)
        else:
            ends[free] = session.during.upper
        lanes[session.pk] = free
    return lanes


def _timed(block: Block) -> Block:
    during = block.session.during
    assert during is not None
    zone = block.session.part.time_zone
    block.time = f"{clock(during.lower, zone)}–{clock(during.upper, zone)}"
    return block


def _blocks(
    sessions: Sequence[Session],
    columns: Sequence[Column],
    speakers: dict[int, list[str]],
    warnings: dict[int, list[ProgrammeWarning]],
    opens: datetime,
) -> list[Block]:
    blocks = []
    for column in columns:
        key = column.room.pk if column.room is not None else None
        own = [session for session in sessions if session.room_id == key]
        lanes = _lanes(own)
        for session in own:
            during = session.during
            assert during is not None
            alone = column.lanes == 1 or not any(
                other.pk != session.pk
                and other.during is not None
                and other.during.lower < during.upper
                and during.lower < other.during.upper
                for other in own
            )
            row = min(int((during.lower - opens) / ROW), LAST_ROW)
            blocks.append(
                _timed(
                    Block(
                        session=session,
                        speakers=speakers[session.pk],
                        row=row,
                        rows=max(1, min(round((during.upper - during.lower) / ROW), LAST_ROW + 1 - row)),
                        column=column.first + (0 if alone else lanes[session.pk]),
                        lanes=column.lanes if alone else 1,
                        warnings=warnings[session.pk],
                    )
                )
            )
    return sorted(blocks, key=lambda block: (block.row, block.column))
