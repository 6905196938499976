"""What the team has to do, by when, and who does it."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import ChecklistTask, Edition, Part
from filiera.academy.packaged import packaged_tasks
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer

from .errors import DraftError


class TaskAlreadyDone(DraftError):
    message = _("Somebody has done this task already.")


class OwnerNotInTeam(DraftError):
    message = _("This person does not belong to the team of the edition.")
    field = "owner"


@dataclass(frozen=True, kw_only=True)
class TaskDetails:
    title: dict[str, str]
    part: Part | None = None
    days_before: int = 0
    owner: Person | None = None


@transaction.atomic
def save_task(
    *, edition: Edition, task: ChecklistTask | None, details: TaskDetails, by: Viewer, at: datetime
) -> ChecklistTask:
    """Add or change a task.

    Raises PermissionDenied, OwnerNotInTeam.
    """
    _check(edition, by)
    owner = details.owner
    if owner is not None and not edition.members.filter(person=owner, until__isnull=True).exists():
        raise OwnerNotInTeam
    if task is None:
        task = ChecklistTask(edition=edition, position=edition.checklist.count())
    task.title, task.part = details.title, details.part
    task.days_before, task.owner = details.days_before, owner
    task.save()
    return task


@transaction.atomic
def finish_task(*, task: ChecklistTask, by: Viewer, at: datetime) -> ChecklistTask:
    """Tick a task off; its owner may do so too.

    Raises PermissionDenied, TaskAlreadyDone.
    """
    if task.owner_id is None or task.owner_id != by.person_id:
        _check(task.edition, by)
    task = ChecklistTask.objects.select_for_update(of=("self",)).select_related("edition").get(pk=task.pk)
    if task.done_at is not None:
        raise TaskAlreadyDone
    task.done_at, task.done_by = at, by.person
    task.save(update_fields=["done_at", "done_by"])
    return task


@transaction.atomic
def reopen_task(*, task: ChecklistTask, by: Viewer, at: datetime) -> ChecklistTask:
    """Take a tick back.

    Raises PermissionDenied.
    """
    if task.owner_id is None or task.owner_id != by.person_id:
        _check(task.edition, by)
    task.done_at, task.done_by = None, None
    task.save(update_fields=["done_at", "done_by"])
    return task


@transaction.atomic
def delete_task(*, task: ChecklistTask, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied."""
    _check(task.edition, by)
    task.delete()


@transaction.atomic
def add_usual_tasks(*, edition: Edition, by: Viewer, at: datetime) -> int:
    """Put the packaged tasks into an edition, for each part those that fit its mode; answer how many.

    Raises PermissionDenied.
    """
    _check(edition, by)
    return put_usual_tasks(edition)


def put_usual_tasks(edition: Edition) -> int:
    """The packaged tasks of every part; asks no policy: the action that calls it has asked its own."""
    position = edition.checklist.count()
    tasks: list[ChecklistTask] = []
    for part in edition.parts.order_by("number"):
        for packaged in packaged_tasks():
            if packaged.modes and part.mode not in packaged.modes:
                continue
            tasks.append(
                ChecklistTask(
                    edition=edition,
                    part=part,
                    title=packaged.title,
                    days_before=packaged.days_before,
                    position=position + len(tasks),
                )
            )
    ChecklistTask.objects.bulk_create(tasks)
    return len(tasks)


def _check(edition: Edition, by: Viewer) -> None:
    if not policies.can_edit_checklist(by, edition):
        raise PermissionDenied
