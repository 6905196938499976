"""What participants do between the parts, and what they hand in."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Part, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import COACH, EDIT_TASKS, MEET_PARTICIPANTS
from filiera.files.models import StoredFile
from filiera.texts.fields import TranslatedField

from .participations import Participation


class TaskKind(models.TextChoices):
    READ = "read", _("Read")
    TRY = "try", _("Try at home")
    BRING = "bring", _("Bring a case")
    FILL = "fill", _("Fill in a canvas")


class HandInForm(models.TextChoices):
    TEXT = "text", _("Text")
    FILE = "file", _("File")
    LINK = "link", _("Link")


class TaskAudience(models.TextChoices):
    EVERYBODY = "everybody", _("All with a confirmed place")
    IN_PERSON = "in_person", _("Those who come in person")
    ONLINE = "online", _("Those who take part online")


class CoachState(models.TextChoices):
    SEEN = "seen", _("Seen")
    DISCUSS = "discuss", _("To be discussed")


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the edition for its participants and the team that sets them."""
        if viewer.administering:
            return self.all()
        knows = any(viewer.may(permission) for permission in (EDIT_TASKS, COACH, MEET_PARTICIPANTS))
        if viewer.edition_id is None or not knows:
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


TaskManager = models.Manager.from_queryset(TaskQuerySet)


class Task(models.Model):
    """Something participants do before a session or a part."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="tasks")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="tasks", null=True, blank=True)
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="tasks", null=True, blank=True
    )
    kind = models.CharField(max_length=20, choices=TaskKind)
    title = TranslatedField()
    text = TranslatedField(blank=True)
    due_at = models.DateTimeField()
    # In what form something is handed in; empty where doing it is enough.
    hand_in = ArrayField(models.CharField(max_length=10, choices=HandInForm), default=list, blank=True)
    audience = models.CharField(max_length=20, choices=TaskAudience, default=TaskAudience.EVERYBODY)
    # Whoever still owes it is written to this many days before; empty for no reminder.
    remind_days = models.PositiveSmallIntegerField(null=True, blank=True, default=3)
    created_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[TaskManager["Task"]] = TaskManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(part__isnull=True) | Q(session__isnull=True), name="task_of_part_or_session"
            ),
            models.CheckConstraint(
                condition=Q(hand_in__contained_by=HandInForm.values), name="task_hand_in_known"
            ),
        ]
        indexes = [models.Index(fields=["edition", "due_at"], name="task_by_due_date")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.pk}"


class HandInQuerySet(models.QuerySet["HandIn"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of the edition for its coaches; what its author opened, for its people."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        shown = Q(participation__person_id=viewer.person_id)
        if viewer.edition_id is not None and (viewer.may(COACH) or viewer.may(EDIT_TASKS)):
            shown |= Q(task__edition_id=viewer.edition_id)
        elif viewer.edition_id is not None and viewer.may(MEET_PARTICIPANTS):
            shown |= Q(task__edition_id=viewer.edition_id, is_shared=True)
        return self.filter(shown)


HandInManager = models.Manager.from_queryset(HandInQuerySet)


class HandIn(models.Model):
    """That a participant did a task, with what they hand in and what a coach says to it."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="hand_ins")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="hand_ins")
    text = models.TextField(max_length=10_000, blank=True)
    link = models.URLField(max_length=500, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    # What the participant takes from it, in a sentence for the debrief.
    learnt = models.CharField(max_length=500, blank=True)
    is_shared = models.BooleanField(default=False)
    handed_in_at = models.DateTimeField()
    coach_state = models.CharField(max_length=20, choices=CoachState, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    commented_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    commented_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[HandInManager["HandIn"]] = HandInManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "participation"], name="hand_in_once"),
            models.CheckConstraint(
                condition=Q(coach_state="", commented_at__isnull=True)
                | (~Q(coach_state="") & Q(commented_at__isnull=False)),
                name="hand_in_commented_at_matches_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} hands in {self.task_id}"
