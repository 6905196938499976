"""Reviews: by what applications are judged, by whom, and what was said."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import REVIEW, VIEW_APPLICATIONS
from filiera.texts.fields import TranslatedField

from .applications import Application
from .calls import Call
from .choices import ReviewState


class CriterionQuerySet(models.QuerySet["Criterion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not (viewer.may(REVIEW) or viewer.may(VIEW_APPLICATIONS)):
            return self.none()
        return self.filter(call__edition_id=viewer.edition_id)


CriterionManager = models.Manager.from_queryset(CriterionQuerySet)


class Criterion(models.Model):
    """One thing by which applications are judged, with its scale and what it weighs."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = TranslatedField()
    guidance = TranslatedField(blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    lowest = models.PositiveSmallIntegerField(default=1)
    highest = models.PositiveSmallIntegerField(default=5)

    objects: ClassVar[CriterionManager["Criterion"]] = CriterionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "position"],
                name="criterion_position_unique_in_call",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="criterion_weighs_something"),
            models.CheckConstraint(condition=Q(highest__gt=F("lowest")), name="criterion_scale_rises"),
            models.CheckConstraint(condition=Q(highest__lte=10), name="criterion_scale_at_most_ten"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.position}"


class ReviewQuerySet(models.QuerySet["Review"]):
    def given(self) -> Self:
        return self.filter(state=ReviewState.GIVEN)

    def standing(self) -> Self:
        """Given, or still to be given."""
        return self.exclude(state=ReviewState.CONFLICT)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own as a reviewer of the edition; all of the edition for those who select."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or viewer.person_id is None:
            return self.none()
        of_edition = self.filter(application__call__edition_id=viewer.edition_id)
        if viewer.may(VIEW_APPLICATIONS):
            return of_edition
        return of_edition.filter(reviewer_id=viewer.person_id) if viewer.may(REVIEW) else self.none()


ReviewManager = models.Manager.from_queryset(ReviewQuerySet)


class Review(models.Model):
    """One reviewer's judgement of one application, from assignment on."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="reviews", null=True, blank=True
    )
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.ASSIGNED)
    comment = models.TextField(blank=True)
    conflict_note = models.CharField(max_length=300, blank=True)
    assigned_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    conflict_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ReviewManager["Review"]] = ReviewManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reviewer"],
                condition=Q(reviewer__isnull=False),
                name="review_once_by_a_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.ASSIGNED, given_at__isnull=True, conflict_at__isnull=True)
                | Q(state=ReviewState.GIVEN, given_at__isnull=False, conflict_at__isnull=True)
                | Q(state=ReviewState.CONFLICT, conflict_at__isnull=False),
                name="review_times_match_state",
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "state"], name="review_by_reviewer")]

    def __str__(self) -> str:
        return f"{self.application_id} by {self.reviewer_id}"


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(review__in=Review.objects.visible_to(viewer))


ScoreManager = models.Manager.from_queryset(ScoreQuerySet)


class Score(models.Model):
    """What a review says by one criterion, on its scale."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    value = models.PositiveSmallIntegerField()

    objects: ClassVar[ScoreManager["Score"]] = ScoreManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_once_by_criterion"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}, {self.criterion_id}: {self.value}"


class RemarkQuerySet(models.QuerySet["Remark"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those who select; a reviewer only where their own score is given already."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or viewer.person_id is None:
            return self.none()
        of_edition = self.filter(application__call__edition_id=viewer.edition_id)
        if viewer.may(VIEW_APPLICATIONS):
            return of_edition
        if not viewer.may(REVIEW):
            return self.none()
        judged = Review.objects.given().filter(reviewer_id=viewer.person_id).values("application")
        return of_edition.filter(application__in=judged)


RemarkManager = models.Manager.from_queryset(RemarkQuerySet)


class Remark(models.Model):
    """A word in the discussion that follows the scores of an application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    text = models.TextField()
    written_at = models.DateTimeField()

    objects: ClassVar[RemarkManager["Remark"]] = RemarkManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.pk}"
