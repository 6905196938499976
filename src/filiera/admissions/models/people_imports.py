"""Files of people already selected, between upload and import."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import EDIT_PARTICIPANTS


class PeopleImportQuerySet(models.QuerySet["PeopleImport"]):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(EDIT_PARTICIPANTS):
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


PeopleImportManager = models.Manager.from_queryset(PeopleImportQuerySet)


class PeopleImport(models.Model):
    """An uploaded table of people; its rows leave when they were imported, its columns stay known."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="people_imports")
    file_name = models.CharField(max_length=200)
    headings = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    # Heading of the file by field of a participation.
    mapping = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    uploaded_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PeopleImportManager["PeopleImport"]] = PeopleImportManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(imported_at__isnull=True) | Q(rows=[]), name="people_import_rows_leave"
            ),
        ]
        indexes = [models.Index(fields=["edition", "-uploaded_at"], name="people_import_latest")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.file_name}"
