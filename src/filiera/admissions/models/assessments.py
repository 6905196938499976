"""What participants say they can do: before, at the end, and ninety days later."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.texts.fields import TranslatedField

from .participations import Participation

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5


class AssessmentMoment(models.TextChoices):
    START = "start", _("Before the first part")
    END = "end", _("At the end")
    LATER = "later", _("After 90 days")


class CompetenceItemQuerySet(models.QuerySet["CompetenceItem"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The questions are no secret among the people of the edition."""
        if viewer.administering:
            return self.all()
        return self.filter(edition_id=viewer.edition_id) if viewer.edition_roles else self.none()


CompetenceItemManager = models.Manager.from_queryset(CompetenceItemQuerySet)


class CompetenceItem(models.Model):
    """Something a participant rates; its code stays over editions, so that answers can be compared."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="competence_items")
    code = models.SlugField(max_length=40)
    area = TranslatedField()
    text = TranslatedField()
    position = models.PositiveSmallIntegerField()

    objects: ClassVar[CompetenceItemManager["CompetenceItem"]] = CompetenceItemManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="competence_code_once_in_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.code}"


class SelfAssessmentQuerySet(models.QuerySet["SelfAssessment"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own alone: the group is told in figures, and nobody else reads a single answer."""
        return self.filter(participation__person_id=viewer.person_id) if viewer.person_id else self.none()


SelfAssessmentManager = models.Manager.from_queryset(SelfAssessmentQuerySet)


class SelfAssessment(models.Model):
    """One person's answers at one moment."""

    participation = models.ForeignKey(
        Participation, on_delete=models.CASCADE, related_name="self_assessments"
    )
    moment = models.CharField(max_length=10, choices=AssessmentMoment)
    answered_at = models.DateTimeField()

    objects: ClassVar[SelfAssessmentManager["SelfAssessment"]] = SelfAssessmentManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "moment"], name="self_assessment_once_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id}: {self.moment}"


class SelfRatingQuerySet(models.QuerySet["SelfRating"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(assessment__in=SelfAssessment.objects.visible_to(viewer))


SelfRatingManager = models.Manager.from_queryset(SelfRatingQuerySet)


class SelfRating(models.Model):
    """How well somebody says they can do one thing, from 1 (not yet) to 5 (could teach it)."""

    assessment = models.ForeignKey(SelfAssessment, on_delete=models.CASCADE, related_name="ratings")
    item = models.ForeignKey(CompetenceItem, on_delete=models.PROTECT, related_name="ratings")
    level = models.PositiveSmallIntegerField()

    objects: ClassVar[SelfRatingManager["SelfRating"]] = SelfRatingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="self_rating_once"),
            models.CheckConstraint(
                condition=Q(level__range=(LOWEST_LEVEL, HIGHEST_LEVEL)), name="self_rating_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.level}"
