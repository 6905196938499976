"""Plans: a search for the best meetings of a round, what it found, and whether it was taken."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer

from .choices import PlanStatus
from .rounds import MeetingRound, plans_meetings


class MeetingPlanQuerySet(models.QuerySet["MeetingPlan"]):
    def running(self) -> Self:
        return self.filter(finished_at__isnull=True)

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if not plans_meetings(viewer):
            return self.none()
        return self.filter(round__edition_id=viewer.edition_id)


MeetingPlanManager = models.Manager.from_queryset(MeetingPlanQuerySet)


class MeetingPlan(models.Model):
    """One search: it says how far it is, can be stopped, and shows its best before it is taken."""

    round = models.ForeignKey(MeetingRound, on_delete=models.CASCADE, related_name="plans")
    number = models.PositiveIntegerField()
    # Moves as few as possible of the meetings that people know already.
    keeps_plan = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    share = models.FloatField(default=0)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=PlanStatus, blank=True)
    value = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    fewest = models.PositiveSmallIntegerField(null=True, blank=True)
    breaks = models.PositiveIntegerField(null=True, blank=True)
    moved = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    seed = models.PositiveIntegerField(default=1)
    solver_version = models.CharField(max_length=40, blank=True)
    # What is required and cannot all be held, by keys.
    conflict = models.JSONField(default=list, blank=True)
    # One entry for each meeting: first, second, slot and table by key.
    meetings = models.JSONField(default=list, blank=True)
    # Attendees with a wish that can be met and no meeting, by key.
    left_out = models.JSONField(default=list, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[MeetingPlanManager["MeetingPlan"]] = MeetingPlanManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="meeting_plan_number_unique"),
            models.UniqueConstraint(
                fields=["round"], condition=Q(finished_at__isnull=True), name="meeting_plan_one_search"
            ),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="meeting_plan_share"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True) | Q(finished_at__isnull=False),
                name="meeting_plan_taken_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.number}"

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def is_found(self) -> bool:
        return self.value is not None

    @property
    def gap(self) -> float | None:
        """Distance from value to bound as a share of the bound; None without both."""
        if self.value is None or self.bound is None:
            return None
        return abs(self.bound - self.value) / (abs(self.bound) or 1.0)
