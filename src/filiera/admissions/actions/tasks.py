"""Tasks between the parts: set by the team, done by participants, answered by a coach."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.models import Edition, Part, Session
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.models import (
    HandIn,
    HandInForm,
    Participation,
    ParticipationState,
    Task,
    TaskAudience,
)
from filiera.admissions.policies.people import can_coach, can_edit_tasks, can_hand_in
from filiera.admissions.queries.mailings import mail_language_of
from filiera.admissions.queries.place_links import address_of
from filiera.admissions.queries.tasks import owing, tasks_of
from filiera.files.actions import discard_file, store_upload
from filiera.files.rules import MATERIALS
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError

HAND_IN_POLICY = "admissions.hand_in"


class TaskAlreadyDone(DomainError):
    message = _("Somebody has done this task already; it cannot be deleted. Change it instead.")


class NotYourTask(DomainError):
    message = _("This task is not set to you.")
    status = 404


class NothingHandedIn(DomainError):
    message = _("Write, link or upload what you hand in.")


class OfAnotherEdition(DomainError):
    message = _("This part or session belongs to another edition.")
    field = "about"


@dataclass(frozen=True, kw_only=True)
class TaskDetails:
    """What is to be done, by when, by whom, and what is handed in."""

    kind: str
    title: dict[str, str]
    due_at: datetime
    text: dict[str, str] = field(default_factory=dict)
    part: Part | None = None
    session: Session | None = None
    hand_in: Collection[str] = ()
    audience: str = TaskAudience.EVERYBODY
    remind_days: int | None = 3


@dataclass(frozen=True, kw_only=True)
class HandInDetails:
    """What a participant hands in; without a new file the one that is there stays."""

    text: str = ""
    link: str = ""
    upload: "UploadedFile[bytes] | None" = None
    learnt: str = ""
    is_shared: bool = False


@transaction.atomic
def save_task(*, edition: Edition, task: Task | None, details: TaskDetails, by: Viewer, at: datetime) -> Task:
    """Set a task, or change one; what was handed in stays.

    Raises PermissionDenied, OfAnotherEdition.
    """
    if not can_edit_tasks(by, edition):
        raise PermissionDenied
    for about in (details.part, details.session):
        if about is not None and about.edition_id != edition.pk:
            raise OfAnotherEdition
    task = task or Task(edition=edition, created_at=at, is_demonstration=edition.is_demonstration)
    task.kind, task.title, task.text = details.kind, details.title, details.text
    task.part, task.session, task.due_at = details.part, details.session, details.due_at
    task.hand_in = [form for form in HandInForm.values if form in details.hand_in]
    task.audience, task.remind_days = details.audience, details.remind_days
    task.save()
    return task


@transaction.atomic
def delete_task(*, task: Task, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, TaskAlreadyDone."""
    if not can_edit_tasks(by, task.edition):
        raise PermissionDenied
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.hand_ins.exists():
        raise TaskAlreadyDone
    task.delete()


@transaction.atomic
def hand_in(
    *, task: Task, participation: Participation, details: HandInDetails, by: Viewer, at: datetime
) -> HandIn:
    """Say that a task is done, with what is handed in; a coach looks at a changed one again.

    Raises PermissionDenied, NotYourTask, NothingHandedIn, and what storing a file refuses.
    """
    if not can_hand_in(by, participation):
        raise PermissionDenied
    participation = Participation.objects.select_for_update(of=("self",)).get(pk=participation.pk)
    is_theirs = tasks_of(participation).filter(pk=task.pk).exists()
    if not is_theirs or participation.state != ParticipationState.CONFIRMED:
        raise NotYourTask
    done = HandIn.objects.filter(task=task, participation=participation).select_related("file").first()
    given = done or HandIn(task=task, participation=participation)
    given.text = details.text if HandInForm.TEXT in task.hand_in else ""
    given.link = details.link if HandInForm.LINK in task.hand_in else ""
    old = None
    if details.upload is not None and HandInForm.FILE in task.hand_in:
        old = given.file
        given.file = store_upload(upload=details.upload, rules=MATERIALS, policy=HAND_IN_POLICY, by=by, at=at)
    if task.hand_in and not (given.text or given.link or given.file):
        raise NothingHandedIn
    given.learnt, given.is_shared, given.handed_in_at = details.learnt, details.is_shared, at
    given.coach_state, given.commented_at = "", None
    given.save()
    if old is not None:
        discard_file(stored_file=old)
    return given


@transaction.atomic
def take_back(*, given: HandIn, by: Viewer, at: datetime) -> None:
    """Take back what one handed in, with its file.

    Raises PermissionDenied.
    """
    if not can_hand_in(by, given.participation):
        raise PermissionDenied
    stored = given.file
    given.delete()
    if stored is not None:
        discard_file(stored_file=stored)


@transaction.atomic
def comment(*, given: HandIn, state: str, words: str, by: Viewer, at: datetime) -> HandIn:
    """Answer a hand-in as a coach: seen, or to be discussed, with a comment its author reads.

    Raises PermissionDenied.
    """
    if not can_coach(by, given.task.edition):
        raise PermissionDenied
    given = HandIn.objects.select_for_update(of=("self",)).get(pk=given.pk)
    given.coach_state, given.comment = state, words
    given.commented_by, given.commented_at = by.person, at
    given.save(update_fields=["coach_state", "comment", "commented_by", "commented_at"])
    return given


@transaction.atomic
def remind_of_tasks(*, by: Viewer, at: datetime) -> int:
    """Write once to everybody who still owes a task that is due within the days set for it; how many.

    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    soon = Task.objects.filter(remind_days__isnull=False, due_at__gt=at, due_at__lte=at + timedelta(days=60))
    count = 0
    for task in soon.select_related("edition", "session"):
        if task.remind_days is None or task.due_at > at + timedelta(days=task.remind_days):
            continue
        for participation in owing(task).exclude(email="").select_related("person").order_by("pk"):
            _remind(task, participation, at)
            count += 1
    return count


def _remind(task: Task, participation: Participation, at: datetime) -> None:
    address = f"{settings.PUBLIC_URL}{reverse('admissions:task', args=[task.edition.slug, task.pk])}"
    queue_mail(
        key=f"task_due:{task.pk}:{participation.pk}",
        to=participation.email,
        person=participation.person,
        template="admissions/mail/task_due.txt",
        context={
            "task": task,
            "participation": participation,
            "link": address,
            "place_link": address_of(participation) if participation.link_seed else "",
        },
        language=mail_language_of(participation),
        at=at,
    )


@app.periodic(cron="10 6 * * *")
@app.task(name="admissions.remind_of_tasks", queueing_lock="admissions.remind_of_tasks")
def remind_of_tasks_daily(timestamp: int) -> None:
    remind_of_tasks(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))
