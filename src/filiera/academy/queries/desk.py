"""What needs the team now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from filiera.academy.changes import Change
from filiera.academy.models import ChecklistTask, Edition, EditionMember
from filiera.academy.queries.speakers import SpeakerLine, speaker_lines
from filiera.academy.queries.warnings import ProgrammeWarning, warnings_of

SOON_DAYS = 14


@dataclass(frozen=True)
class TaskLine:
    """A task with the day on which it is due."""

    task: ChecklistTask
    due_on: date | None
    today: date

    @property
    def is_overdue(self) -> bool:
        return self.due_on is not None and self.due_on < self.today and self.task.done_at is None

    @property
    def is_soon(self) -> bool:
        return (
            self.task.done_at is None
            and self.due_on is not None
            and self.due_on <= self.today + timedelta(days=SOON_DAYS)
        )


@dataclass(frozen=True)
class Today:
    """The first page of the desk."""

    warnings: list[ProgrammeWarning]
    chase: list[SpeakerLine]
    tasks: list[TaskLine]
    tasks_open: int
    changes: list[Change] | None
    sessions: int
    in_tray: int


def task_lines(edition: Edition, today: date) -> list[TaskLine]:
    """All tasks, the earliest first; those without a day come last."""
    tasks = ChecklistTask.objects.filter(edition=edition).select_related("part", "owner", "done_by")
    first = edition.parts.order_by("starts_on").values_list("starts_on", flat=True).first()
    lines = []
    for task in tasks.order_by("position", "pk"):
        start = task.part.starts_on if task.part is not None else first
        due = start - timedelta(days=task.days_before) if start is not None else None
        lines.append(TaskLine(task, due, today))
    return sorted(lines, key=lambda line: (line.due_on or date.max, line.task.position, line.task.pk))


def today_of(edition: Edition, at: datetime, changes: list[Change] | None) -> Today:
    """Warnings, speakers to chase, tasks that are due, and what waits to be published."""
    tasks = task_lines(edition, at.date())
    sessions = edition.sessions.values_list("during", flat=True)
    return Today(
        warnings=[warning for warning in warnings_of(edition) if warning.tone != "info"],
        chase=[line for line in speaker_lines(edition, at.date()) if line.missing],
        tasks=[line for line in tasks if line.is_soon],
        tasks_open=sum(line.task.done_at is None for line in tasks),
        changes=changes,
        sessions=len(sessions),
        in_tray=sum(during is None for during in sessions),
    )


def team_of(edition: Edition) -> list[EditionMember]:
    """Everybody who belongs to the edition now, by role."""
    return list(
        EditionMember.objects.current()
        .filter(edition=edition)
        .select_related("person", "organisation")
        .order_by("role", "person__sort_name", "pk")
    )
