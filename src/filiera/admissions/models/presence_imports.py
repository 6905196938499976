"""Attendance files of video tools, between upload and the recording of presences."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.academy.models import Edition, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import CHECK_IN, VIEW_PARTICIPANTS


class PresenceImportQuerySet(models.QuerySet["PresenceImport"]):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        may_match = viewer.may(CHECK_IN) and viewer.may(VIEW_PARTICIPANTS)
        if viewer.edition_id is None or not may_match:
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


PresenceImportManager = models.Manager.from_queryset(PresenceImportQuerySet)


class PresenceImport(models.Model):
    """An uploaded file of who was in a video meeting; its rows leave when it was recorded or set aside."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="presence_imports")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="presence_imports")
    file_name = models.CharField(max_length=200)
    headings = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    # Number of the column by what it holds: name, email, join, leave, minutes.
    mapping = models.JSONField(default=dict)
    # Whom somebody of the team found in a name: participation, or 0 for nobody of the edition.
    decisions = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    uploaded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # How many presences it made or changed; empty while open, and where it was set aside.
    recorded = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar[PresenceImportManager["PresenceImport"]] = PresenceImportManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(rows=[], decisions={}),
                name="presence_import_rows_leave",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.file_name}"
