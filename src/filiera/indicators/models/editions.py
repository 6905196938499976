"""Figures of an edition over its whole life, from what happened in it."""

from typing import Self

from django.db import models
from django.db.models import Q

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.indicators.models.versions import IndicatorVersion
from filiera.indicators.permissions import VIEW_EDITION_FIGURES


class EditionValueQuerySet(models.QuerySet["EditionValue"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """For those who run the edition."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(VIEW_EDITION_FIGURES):
            return self.none()
        return self.filter(edition=viewer.edition_id)


class EditionValue(models.Model):
    """One figure of an edition, computed from the facts of its records and of no others."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="figure_values")
    version = models.ForeignKey(IndicatorVersion, on_delete=models.PROTECT, related_name="edition_values")
    code = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    missing = models.CharField(max_length=20, blank=True)
    facts = models.PositiveBigIntegerField()
    start_on = models.DateField()
    until_on = models.DateField()
    inputs_digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    objects = EditionValueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "version"], name="edition_value_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(missing=""), name="edition_value_or_reason_why_not"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.edition_id}"
