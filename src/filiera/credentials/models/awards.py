"""What an edition gives to those who did enough, and what is enough."""

import uuid
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from filiera.academy.models import Edition, Objective, Part, Session
from filiera.accounts.viewer import Viewer
from filiera.credentials.permissions import VIEW_CERTIFICATES
from filiera.texts.fields import TranslatedField


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """For the desk of the edition; what was issued carries its own words."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(VIEW_CERTIFICATES):
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


AwardManager = models.Manager.from_queryset(AwardQuerySet)


class Award(models.Model):
    """A certificate that can be had in an edition, with its conditions; an empty condition asks nothing."""

    # In the address of the achievement inside each badge, which must outlive the row's number.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="awards")
    # Only this part counts; the whole edition where there is none.
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="awards", null=True, blank=True)
    name = TranslatedField()
    description = TranslatedField(blank=True)
    objectives = models.ManyToManyField(Objective, related_name="awards", blank=True)
    # [{"name": …, "url": …, "framework": …, "code": …}]
    alignments = models.JSONField(default=list, blank=True)
    least_hours = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    # Of the hours that were held, from 0 to 1.
    least_share = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    least_days = models.PositiveSmallIntegerField(null=True, blank=True)
    needed_sessions = models.ManyToManyField(Session, related_name="needed_for_awards", blank=True)
    # At least one session of each of these kinds.
    needed_session_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Kinds of fact that must be recorded of the person, e.g. that an action plan was presented.
    needed_facts = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    objects: ClassVar[AwardManager["Award"]] = AwardManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least_hours__isnull=True) | Q(least_hours__gt=0),
                name="award_least_hours_positive",
            ),
            models.CheckConstraint(
                condition=Q(least_share__isnull=True) | Q(least_share__gt=0, least_share__lte=1),
                name="award_least_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(least_days__isnull=True) | Q(least_days__gt=0), name="award_least_days_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: award {self.pk}"
