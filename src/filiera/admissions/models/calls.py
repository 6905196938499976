"""Calls: who may ask for a place, and until when."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import EDIT_CALL
from filiera.questionnaires.models import Questionnaire
from filiera.texts.fields import TranslatedField

from .choices import CallKind, CallState

# What was begun before the closing may still be sent for so long: somebody may be typing.
GRACE = timedelta(minutes=10)


class CallPhase(StrEnum):
    """What the clock makes of a call."""

    DRAFT = "draft"
    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


class CallQuerySet(models.QuerySet["Call"]):
    def published(self) -> Self:
        return self.filter(state=CallState.PUBLISHED)

    def visible_to(self, viewer: Viewer) -> Self:
        """Published calls of the editions one may know; drafts for those who write them."""
        if viewer.administering:
            return self.all()
        shown = Q(state=CallState.PUBLISHED, edition__in=Edition.objects.visible_to(viewer))
        if viewer.edition_id is not None and viewer.may(EDIT_CALL):
            shown |= Q(edition_id=viewer.edition_id)
        return self.filter(shown)


CallManager = models.Manager.from_queryset(CallQuerySet)


class Call(models.Model):
    """An invitation to apply for the places of an edition, or to host it."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="calls")
    kind = models.CharField(max_length=20, choices=CallKind, default=CallKind.PARTICIPANTS)
    title = TranslatedField()
    text = TranslatedField(blank=True)
    state = models.CharField(max_length=20, choices=CallState, default=CallState.DRAFT)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60)
    places = models.PositiveSmallIntegerField()
    # How many of them are offered or confirmed; written under a lock of this row and nowhere else.
    taken = models.PositiveSmallIntegerField(default=0, db_default=0)
    most_per_organisation = models.PositiveSmallIntegerField(null=True, blank=True)
    # Days that somebody has to answer an offered place.
    reply_days = models.PositiveSmallIntegerField(default=7)
    # The call's own questions: with the application, and once a place is confirmed.
    application_form = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    registration_form = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Only whoever has an access code may apply.
    by_invitation = models.BooleanField(default=False)
    reviews_per_application = models.PositiveSmallIntegerField(default=2)
    # Reviewers are not told who applies, from where and in whose name.
    is_review_blind = models.BooleanField(default=False)
    # A reviewer does not review applications from their own country.
    conflict_by_country = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[CallManager["Call"]] = CallManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "kind"], name="call_once_of_a_kind_in_edition"),
            models.CheckConstraint(condition=Q(places__gte=1), name="call_has_places"),
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="call_places_not_exceeded"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.DRAFT) | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="call_published_with_its_times",
            ),
            models.CheckConstraint(
                condition=Q(most_per_organisation__isnull=True) | Q(most_per_organisation__gte=1),
                name="call_most_per_organisation_positive",
            ),
            models.CheckConstraint(
                condition=Q(reviews_per_application__range=(1, 9)), name="call_reviews_per_application_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.kind}"

    def phase_at(self, moment: datetime) -> CallPhase:
        if self.state == CallState.DRAFT or self.opens_at is None or self.closes_at is None:
            return CallPhase.DRAFT
        if moment < self.opens_at:
            return CallPhase.BEFORE
        return CallPhase.OPEN if moment < self.closes_at else CallPhase.CLOSED

    def is_in_grace_at(self, moment: datetime) -> bool:
        """Whether the call has just closed."""
        return self.closes_at is not None and self.closes_at <= moment < self.closes_at + GRACE

    @property
    def is_for_hosts(self) -> bool:
        return self.kind == CallKind.HOSTS
