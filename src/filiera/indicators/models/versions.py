"""Definitions as they were published: never changed, only followed by a further version."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation


class Origin(models.TextChoices):
    """Who wrote a definition."""

    PACKAGED = "packaged", _("comes with the platform")
    ORGANISATION = "organisation", _("made here")


class IndicatorVersionQuerySet(models.QuerySet["IndicatorVersion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """What is published is public: whoever reads a figure may read how it is made."""
        if viewer.administering:
            return self.all()
        return self.filter(
            Q(published_at__isnull=False) | Q(owner=viewer.organisation_id, owner__isnull=False)
        )

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self) -> Self:
        """Of each code the latest that is published."""
        return self.published().order_by("code", "-version").distinct("code")


class IndicatorVersion(models.Model):
    """One version of a definition. Once published the database refuses every change of it."""

    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    origin = models.CharField(max_length=12, choices=Origin)
    # The organisation that made it, where it does not come with the platform.
    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="indicator_versions"
    )
    body = models.JSONField()
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = IndicatorVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="indicator_version_once"),
            models.CheckConstraint(
                condition=Q(origin="packaged", owner__isnull=True)
                | Q(origin="organisation", owner__isnull=False),
                name="indicator_owner_matches_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
