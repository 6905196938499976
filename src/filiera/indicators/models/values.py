"""Figures as they were computed, and what became of them when late facts arrived."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from filiera.accounts.viewer import Viewer
from filiera.indicators.models.versions import IndicatorVersion
from filiera.indicators.periods import Period
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation
from filiera.reference.models import Region


class ValueQuerySet(models.QuerySet["Value"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The workspace sees its own; everybody sees public figures of what the directory lists."""
        if viewer.administering:
            return self.all()
        seen = Q(is_public=True, region__isnull=False) | Q(is_public=True, organisation__is_listed=True)
        if viewer.organisation_id is not None and viewer.may(Permission.INDICATORS_VIEW):
            seen |= Q(organisation=viewer.organisation_id)
        return self.filter(seen)

    def of_period(self, period: Period) -> Self:
        return self.filter(start_on=period.start_on, until_on=period.until_on)


class Value(models.Model):
    """A figure of one body and period: with the definition, the inputs and the time it was computed from."""

    version = models.ForeignKey(IndicatorVersion, on_delete=models.PROTECT, related_name="values")
    code = models.CharField(max_length=60)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="figures"
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="figures"
    )
    start_on = models.DateField()
    until_on = models.DateField()
    value = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    missing = models.CharField(max_length=20, blank=True)
    facts = models.PositiveBigIntegerField()
    inputs = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()
    is_public = models.BooleanField()

    objects = ValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "version", "start_on", "until_on"],
                condition=Q(organisation__isnull=False),
                name="value_once_for_organisation",
            ),
            models.UniqueConstraint(
                fields=["region", "version", "start_on", "until_on"],
                condition=Q(region__isnull=False),
                name="value_once_for_region",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) ^ Q(region__isnull=True), name="value_of_one_body"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(missing=""), name="value_or_reason_why_not"
            ),
            models.CheckConstraint(condition=Q(until_on__gt=F("start_on")), name="value_period_has_days"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.period.code}"

    @property
    def period(self) -> Period:
        start: date = self.start_on
        return Period(start, self.until_on)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(figure__in=Value.objects.visible_to(viewer))


class Revision(models.Model):
    """A figure of a closed period that became another one, and why."""

    figure = models.ForeignKey(Value, on_delete=models.CASCADE, related_name="revisions")
    was = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    was_missing = models.CharField(max_length=20, blank=True)
    became = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    became_missing = models.CharField(max_length=20, blank=True)
    facts_arrived = models.PositiveBigIntegerField()
    arrived_at = models.DateTimeField()
    digest_before = models.CharField(max_length=64)
    revised_at = models.DateTimeField()

    objects = RevisionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.figure_id}: {self.was} {self.became}"
