"""Figures of past years that an organisation brings along in its own spreadsheet."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation


class HistoryUploadQuerySet(models.QuerySet["HistoryUpload"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The workspace that brought it, for those who declare figures there."""
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.FIGURES_DECLARE):
            return self.none()
        return self.filter(organisation=viewer.organisation_id)


class HistoryUpload(models.Model):
    """A table of figures over years: it waits for its columns, then for a second person."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="history_uploads")
    name = models.CharField(max_length=200)
    # The proof of what is declared from it.
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    # Which series of the table is which indicator.
    chosen = models.JSONField(default=dict)
    figures = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    declared_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = HistoryUploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(declared_at__isnull=False),
                name="history_declared_before_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.name
