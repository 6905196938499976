"""Tasks between the parts: whose they are, and who still owes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    DayAttendance,
    HandIn,
    Participation,
    ParticipationState,
    Task,
    TaskAudience,
)


@dataclass(frozen=True, slots=True)
class OwnTask:
    """A task as its participant sees it."""

    task: Task
    hand_in: HandIn | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class DebriefLine:
    """What one participant did for a task."""

    participation: Participation
    hand_in: HandIn | None


def tasks_for_desk(viewer: Viewer, edition: Edition) -> list[Task]:
    """All tasks of an edition by due date, with how many handed in, of them how many wait for a coach."""
    tasks = Task.objects.visible_to(viewer).filter(edition=edition)
    counted = tasks.annotate(
        handed_in=Count("hand_ins", filter=Q(hand_ins__participation__state=ParticipationState.CONFIRMED)),
        to_see=Count(
            "hand_ins",
            filter=Q(hand_ins__coach_state="", hand_ins__participation__state=ParticipationState.CONFIRMED),
        ),
    )
    return list(counted.select_related("part", "session").order_by("due_at", "pk"))


def own_tasks(viewer: Viewer, participation: Participation, *, at: datetime) -> list[OwnTask]:
    """What a participant has to do and has done, by due date."""
    tasks = list(tasks_of(participation).select_related("part", "session").order_by("due_at", "pk"))
    handed_in = {
        hand_in.task_id: hand_in
        for hand_in in HandIn.objects.visible_to(viewer)
        .filter(participation=participation)
        .select_related("file", "commented_by")
    }
    return [
        OwnTask(task, handed_in.get(task.pk), task.pk not in handed_in and task.due_at < at) for task in tasks
    ]


def tasks_of(participation: Participation) -> QuerySet[Task]:
    """The tasks set to one participant: all, or those for the way they take part in the part meant."""
    days = DayAttendance.objects.filter(participation=participation, mode=OuterRef("audience"))
    of_part = days.filter(day__part=Coalesce(OuterRef("part"), OuterRef("session__part")))
    for_all_parts = Q(part__isnull=True, session__isnull=True) & Exists(days)
    theirs = Q(audience=TaskAudience.EVERYBODY) | Exists(of_part) | for_all_parts
    return Task.objects.filter(theirs, edition=participation.edition_id)


def audience_of(task: Task) -> QuerySet[Participation]:
    """The confirmed participants to whom a task is set."""
    confirmed = Participation.objects.filter(edition=task.edition_id).confirmed()
    if task.audience == TaskAudience.EVERYBODY:
        return confirmed
    days = DayAttendance.objects.filter(participation=OuterRef("pk"), mode=task.audience)
    part_id = task.part_id or (task.session.part_id if task.session else None)
    if part_id is not None:
        days = days.filter(day__part=part_id)
    return confirmed.filter(Exists(days))


def owing(task: Task) -> QuerySet[Participation]:
    """Those to whom a task is set and who have not done it."""
    done = HandIn.objects.filter(task=task, participation=OuterRef("pk"))
    return audience_of(task).filter(~Exists(done))


def owing_any(edition: Edition) -> QuerySet[Participation]:
    """Those who still owe at least one task."""
    found = Participation.objects.none()
    for task in Task.objects.filter(edition=edition).select_related("session"):
        found = found | owing(task)
    return Participation.objects.filter(pk__in=found.values("pk"))


def open_tasks(person: Person) -> list[Task]:
    """What somebody still has to do in all editions where their place is confirmed, by due date."""
    found: list[Task] = []
    places = Participation.objects.confirmed().filter(person=person).select_related("edition")
    for participation in places.order_by("pk"):
        done = HandIn.objects.filter(participation=participation).values("task")
        tasks = tasks_of(participation).exclude(pk__in=done)
        found.extend(tasks.select_related("edition", "part", "session"))
    return sorted(found, key=lambda task: (task.due_at, task.pk))


def open_titles(participations: Iterable[Participation]) -> dict[int, list[Task]]:
    """The open tasks of each of these places, by due date."""
    return {
        participation.pk: list(
            tasks_of(participation)
            .exclude(pk__in=HandIn.objects.filter(participation=participation).values("task"))
            .order_by("due_at", "pk")
        )
        for participation in participations
    }


def debrief_lines(viewer: Viewer, task: Task) -> list[DebriefLine]:
    """Who handed in what, those first who did, by name; for the facilitator's debrief."""
    handed_in = {
        hand_in.participation_id: hand_in
        for hand_in in HandIn.objects.visible_to(viewer)
        .filter(task=task)
        .select_related("file", "commented_by")
    }
    people = audience_of(task) | Participation.objects.confirmed().filter(pk__in=handed_in)
    lines = [
        DebriefLine(participation, handed_in.get(participation.pk))
        for participation in people.select_related("organisation").order_by("name", "pk")
    ]
    return sorted(lines, key=lambda line: line.hand_in is None)


def shared_hand_ins(viewer: Viewer, task: Task) -> list[HandIn]:
    """What others of the edition opened for everybody, by name."""
    shared = HandIn.objects.visible_to(viewer).filter(
        task=task, is_shared=True, participation__state=ParticipationState.CONFIRMED
    )
    others = shared.exclude(participation__person_id=viewer.person_id or 0)
    return list(others.select_related("participation__organisation", "file").order_by("participation__name"))
