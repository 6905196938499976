"""Who takes part in the comparison of clusters, and what was published of all of them."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from filiera.accounts.viewer import Viewer
from filiera.indicators.disclosure import LEAST_PEERS, Grouping, Withheld
from filiera.indicators.models.own import OwnRowsQuerySet
from filiera.indicators.periods import Period
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation


class PeerConsentQuerySet(OwnRowsQuerySet["PeerConsent"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class PeerConsent(models.Model):
    """That a cluster takes part, from when until when, and who said so. Nobody else learns of it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="peer_consents")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    given_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects = PeerConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(withdrawn_at__isnull=True),
                name="peer_consent_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="peer_consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} since {self.given_at:%Y-%m-%d}"


class PeerReleaseQuerySet(models.QuerySet["PeerRelease"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those who have a seat in it, while they take part."""
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.INDICATORS_VIEW):
            return self.none()
        consents = PeerConsent.objects.standing().filter(organisation=viewer.organisation_id)
        seats = PeerSeat.objects.filter(release=OuterRef("pk"), organisation=viewer.organisation_id)
        return self.filter(Exists(seats), Exists(consents))


class PeerRelease(models.Model):
    """The comparison of one year: made once, from the figures of that moment, and never changed."""

    start_on = models.DateField()
    until_on = models.DateField()
    made_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects = PeerReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["start_on", "until_on"], name="peer_release_once"),
        ]

    def __str__(self) -> str:
        return f"{self.start_on:%Y}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)


class PeerSeatQuerySet(OwnRowsQuerySet["PeerSeat"]):
    pass


class PeerSeat(models.Model):
    """In which part a cluster was, by which traits, and which of its figures went in."""

    release = models.ForeignKey(PeerRelease, on_delete=models.CASCADE, related_name="seats")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    part = models.PositiveIntegerField()
    traits = models.JSONField(default=list)
    codes = models.JSONField(default=list)

    objects = PeerSeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "organisation"], name="peer_seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.release_id}"


class PeerAnswerQuerySet(models.QuerySet["PeerAnswer"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(release__in=PeerRelease.objects.visible_to(viewer))


class PeerAnswer(models.Model):
    """What was published of one figure in one group, or why nothing was."""

    VALUES: ClassVar = ("lower", "median", "upper")

    release = models.ForeignKey(PeerRelease, on_delete=models.CASCADE, related_name="answers")
    code = models.CharField(max_length=60)
    grouping = models.CharField(max_length=10, choices=Grouping)
    group = models.CharField(max_length=60, blank=True)
    lower = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    median = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    upper = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    withheld = models.CharField(max_length=10, choices=Withheld, blank=True)
    least_peers = models.PositiveSmallIntegerField()

    objects = PeerAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "code", "grouping", "group"], name="peer_answer_once"),
            models.CheckConstraint(
                condition=Q(withheld="", lower__isnull=False, median__isnull=False, upper__isnull=False)
                | (~Q(withheld="") & Q(lower__isnull=True, median__isnull=True, upper__isnull=True)),
                name="peer_answer_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(least_peers__gte=LEAST_PEERS), name="peer_answer_of_five_or_more"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.grouping} {self.group}"
