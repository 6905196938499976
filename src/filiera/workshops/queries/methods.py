"""The library of an edition, and what is held, was held and will be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops.method_blocks import Block, Content, Step, problems
from filiera.workshops.models import Challenge, Method, MethodBoard, MethodMove, MethodRun, RunState
from filiera.workshops.packaged import packaged_methods


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """A method that can be held: one that comes with the platform, or one of the edition."""

    content: Content
    # Empty for one written at the desk.
    code: str
    method: Method | None
    runs: int

    @property
    def key(self) -> str:
        """How addresses and forms call it."""
        return self.code or f"own-{self.method.pk if self.method else 0}"

    @property
    def is_ready(self) -> bool:
        return not problems(self.content)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One method that is held, with the board of whoever looks."""

    run: MethodRun
    boards: int
    cards: int
    own_board: MethodBoard | None


def library(viewer: Viewer, edition: Edition) -> list[LibraryLine]:
    """What comes with the platform, as the edition words it, then what the edition wrote itself."""
    rows = (
        Method.objects.visible_to(viewer)
        .filter(edition=edition, removed_at__isnull=True)
        .annotate(run_count=Count("versions__runs"))
        .order_by("created_at", "pk")
    )
    taken = {row.packaged_code: row for row in rows if row.packaged_code}
    found = []
    for code, content in packaged_methods().items():
        row = taken.get(code)
        words = row.told if row is not None and row.is_reworded else content
        found.append(LibraryLine(words, code, row, _runs_of(row)))
    own = [row for row in rows if not row.packaged_code]
    return found + [LibraryLine(row.told, "", row, _runs_of(row)) for row in own]


def runs_to_open(viewer: Viewer, edition: Edition) -> QuerySet[MethodRun]:
    """Where a page finds what is held."""
    return (
        MethodRun.objects.visible_to(viewer)
        .filter(edition=edition)
        .select_related("edition__organiser", "version", "round", "session")
    )


def boards_to_open(viewer: Viewer, run: MethodRun) -> list[MethodBoard]:
    """The boards of a run that the viewer sees, with what they work on as far as it may be known."""
    rows = MethodBoard.objects.visible_to(viewer).filter(run=run)
    boards = list(rows.select_related("group__facilitator", "challenge").order_by("position"))
    named = {board.challenge_id for board in boards if board.challenge_id}
    seen = set(Challenge.objects.visible_to(viewer).filter(pk__in=named).values_list("pk", flat=True))
    for board in boards:
        board.run = run
        if board.challenge_id not in seen:
            # Its owner took it off the wall: the board says no more what it was.
            board.challenge = None
    return boards


def run_lines(viewer: Viewer, edition: Edition) -> list[RunLine]:
    """What goes on first, then what is prepared, then what is over, the latest first."""
    standing = Count("boards__cards", filter=Q(boards__cards__removed_at__isnull=True), distinct=True)
    rows = runs_to_open(viewer, edition).annotate(
        board_count=Count("boards", distinct=True), card_count=standing
    )
    own = {
        board.run_id: board
        for board in MethodBoard.objects.filter(
            run__in=rows, members__person_id=viewer.person_id or 0
        ).order_by("-position")
    }
    lines = [
        RunLine(
            run,
            run.board_count,
            run.card_count,
            own.get(run.pk),
        )
        for run in rows
    ]
    rank = {RunState.RUNNING: 0, RunState.PREPARED: 1}
    return sorted(lines, key=lambda line: (rank.get(RunState(line.run.state), 2), _backwards(line.run)))


def turns_of(run: MethodRun, step: Step) -> int:
    """How many turns a step has here: a sheet that is back with its owner goes no further."""
    if not step.has_turns:
        return 1
    if step.block != Block.PASS_ON:
        return step.turns
    sizes = run.boards.annotate(size=Count("members")).values_list("size", flat=True)
    return max(1, min(step.turns, max(sizes, default=1)))


def history_of(run: MethodRun) -> Sequence[MethodMove]:
    return list(MethodMove.objects.filter(run=run).select_related("made_by").order_by("number"))


def running_for(viewer: Viewer, edition: Edition) -> list[MethodRun]:
    """What goes on for somebody now: at a board of theirs, or in one circle of everybody."""
    own = Q(boards__members__person_id=viewer.person_id or 0) | Q(boards__is_for_all=True)
    keys = MethodRun.objects.running().filter(own, edition=edition).values("pk")
    return list(runs_to_open(viewer, edition).filter(pk__in=keys).order_by("started_at", "pk"))


def _runs_of(method: Method | None) -> int:
    return int(getattr(method, "run_count", 0))


def _backwards(run: MethodRun) -> float:
    moment: datetime = run.ended_at or run.started_at or run.created_at
    return -moment.timestamp()
