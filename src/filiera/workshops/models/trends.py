"""Trends: what may change the work of clusters, rated by each participant alone."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.reference.models import Ecosystem
from filiera.texts.fields import TranslatedField
from filiera.workshops.permissions import LEAD, TAKE_PART

RowT = TypeVar("RowT", bound=models.Model, covariant=True)

LOWEST_POINT, HIGHEST_POINT = 1, 5


class TrendState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("trend", "Draft")
    OPEN = "open", pgettext_lazy("trend", "Open for ratings")
    CLOSED = "closed", pgettext_lazy("trend", "Closed")


class Scale(models.TextChoices):
    """What is said of a trend, each from 1 to 5."""

    IMPACT = "impact", _("Impact")
    LIKELIHOOD = "likelihood", _("Likelihood")
    TIME_TO_EFFECT = "time_to_effect", _("Time to effect")
    READINESS = "readiness", _("Readiness of the own cluster")


class TrendQuerySet(models.QuerySet["Trend"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the edition in the address, for its people; drafts for those who lead its work."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(TAKE_PART):
            return self.none()
        of_edition = self.filter(edition_id=viewer.edition_id)
        return of_edition if viewer.may(LEAD) else of_edition.exclude(state=TrendState.DRAFT)


TrendManager = models.Manager.from_queryset(TrendQuerySet)


class Trend(models.Model):
    """Something that changes; its code stays over editions, so that ratings can be compared."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="trends")
    code = models.SlugField(max_length=40)
    title = TranslatedField()
    description = TranslatedField()
    ecosystems = models.ManyToManyField(Ecosystem, related_name="+", blank=True)
    # {"url": …, "note": …}, as everywhere.
    sources = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=TrendState, default=TrendState.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # When its results were last shown before it was opened again: what is shown next must differ by five.
    last_shown_at = models.DateTimeField(null=True, blank=True)
    # Since when those who rated far from the others see that their reasons are wanted.
    outliers_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[TrendManager["Trend"]] = TrendManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="trend_code_once_in_edition"),
            models.CheckConstraint(
                condition=Q(state=TrendState.DRAFT, opened_at__isnull=True, closed_at__isnull=True)
                | Q(state=TrendState.OPEN, opened_at__isnull=False, closed_at__isnull=True)
                | Q(state=TrendState.CLOSED, opened_at__isnull=False, closed_at__isnull=False),
                name="trend_times_match_state",
            ),
        ]
        indexes = [models.Index(fields=["edition", "position", "id"], name="trend_by_edition")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.code}"


class TrendRatingQuerySet(models.QuerySet["TrendRating"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own alone: the others are told in figures, from five people up."""
        if viewer.person_id is None:
            return self.none()
        return self.filter(participation__person_id=viewer.person_id)


TrendRatingManager = models.Manager.from_queryset(TrendRatingQuerySet)


class TrendRating(models.Model):
    """How one participant sees a trend; kept at each touch, so a scale may still be open."""

    trend = models.ForeignKey(Trend, on_delete=models.CASCADE, related_name="ratings")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="trend_ratings")
    impact = models.PositiveSmallIntegerField(null=True, blank=True)
    likelihood = models.PositiveSmallIntegerField(null=True, blank=True)
    # 1 is already here, 5 is more than ten years away.
    time_to_effect = models.PositiveSmallIntegerField(null=True, blank=True)
    readiness = models.PositiveSmallIntegerField(null=True, blank=True)
    rated_at = models.DateTimeField()
    # When all four were said for the first time: from then on it counts, in this order.
    completed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TrendRatingManager["TrendRating"]] = TrendRatingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trend", "participation"], name="trend_rated_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{scale}__isnull": True})
                    | Q(**{f"{scale}__range": (LOWEST_POINT, HIGHEST_POINT)}),
                    name=f"trend_{scale}_in_scale",
                )
                for scale in ("impact", "likelihood", "time_to_effect", "readiness")
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True)
                | Q(
                    impact__isnull=False,
                    likelihood__isnull=False,
                    time_to_effect__isnull=False,
                    readiness__isnull=False,
                ),
                name="trend_rating_complete_has_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trend_id}: {self.participation_id}"


class OfTrendQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their trend."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(trend__in=Trend.objects.visible_to(viewer))


class TrendCommentQuerySet(OfTrendQuerySet["TrendComment"]):
    pass


TrendCommentManager = models.Manager.from_queryset(TrendCommentQuerySet)


class TrendComment(models.Model):
    """What somebody says to a trend, with their name only if they want."""

    trend = models.ForeignKey(Trend, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="trend_comments", null=True, blank=True
    )
    text = models.TextField(blank=True)
    names_author = models.BooleanField(default=False)
    # The reasons of somebody who rated far from the others, and who was asked for them.
    is_from_outlier = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TrendCommentManager["TrendComment"]] = TrendCommentManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(text=""), name="trend_comment_removed_is_empty"
            ),
        ]
        indexes = [models.Index(fields=["trend", "written_at"], name="comment_by_trend")]

    def __str__(self) -> str:
        return f"{self.trend_id}: {self.pk}"
