"""What the platform owes a person: consent on record, their data, their erasure."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.accounts.models.people import Person
from filiera.files.models import StoredFile
from filiera.shared.viewing import Onlooker


class ConsentRecordQuerySet(models.QuerySet["ConsentRecord"]):
    def given(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, viewer: Onlooker) -> Self:
        return self.filter(person=viewer.person_id or 0)


ConsentRecordManager = models.Manager.from_queryset(ConsentRecordQuerySet)


class ConsentRecord(models.Model):
    """That a person agreed to something, with the very words they read, until they take it back."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=50)
    subject = models.CharField(max_length=100, blank=True)
    words = models.TextField()
    language = models.CharField(max_length=35)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ConsentRecordManager["ConsentRecord"]] = ConsentRecordManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "subject"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_given_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return self.purpose


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def fresh(self, at: datetime) -> Self:
        return self.filter(expires_at__gt=at)

    def visible_to(self, viewer: Onlooker) -> Self:
        return self.filter(person=viewer.person_id or 0)


DataExportManager = models.Manager.from_queryset(DataExportQuerySet)


class DataExport(models.Model):
    """A person's request for all their data, and the archive once a job has made it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="data_exports")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    archive = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar[DataExportManager["DataExport"]] = DataExportManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ready_at__isnull=True), name="data_export_one_in_the_making"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.requested_at:%Y-%m-%d}"
