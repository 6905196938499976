"""What a cluster prepares for the label: evidence by indicator, targets, words for the interview."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.files.models import StoredFile
from filiera.indicators.models.own import OwnRowsQuerySet
from filiera.organisations.models import Organisation


class EvidenceKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    RECORD = "record", _("Record of the ledger")


class LabelEvidenceQuerySet(OwnRowsQuerySet["LabelEvidence"]):
    def kept(self) -> Self:
        """What was not taken out of the binder."""
        return self.filter(removed_at__isnull=True)


class LabelEvidence(models.Model):
    """One sheet of the binder: it proves something once a second person has looked at it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="label_evidence")
    code = models.CharField(max_length=10)
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    url = models.URLField(max_length=500, blank=True)
    # A fact has two keys and stays for ever, so nothing need point at its row.
    fact_year = models.SmallIntegerField(null=True, blank=True)
    fact_id = models.UUIDField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = LabelEvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind=EvidenceKind.FILE, url="", fact_id__isnull=True, fact_year__isnull=True)
                    & (Q(file__isnull=False) | Q(removed_at__isnull=False))
                )
                | (
                    Q(kind=EvidenceKind.LINK, file__isnull=True, fact_id__isnull=True, fact_year__isnull=True)
                    & ~Q(url="")
                )
                | Q(
                    kind=EvidenceKind.RECORD,
                    file__isnull=True,
                    url="",
                    fact_id__isnull=False,
                    fact_year__isnull=False,
                ),
                name="label_evidence_is_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(added_by__isnull=True)
                | ~Q(confirmed_by=F("added_by")),
                name="label_evidence_confirmed_by_another",
            ),
            models.UniqueConstraint(
                fields=["organisation", "code", "fact_id"],
                condition=Q(fact_id__isnull=False, removed_at__isnull=True),
                name="label_evidence_record_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "code"],
                condition=Q(removed_at__isnull=True),
                name="label_evidence_in_binder",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def is_expired(self, today: date) -> bool:
        return self.valid_until is not None and self.valid_until < today

    def proves(self, today: date) -> bool:
        """Whether it counts: looked at by a second person, and not run out."""
        return self.is_confirmed and not self.is_expired(today)


class LabelTargetQuerySet(OwnRowsQuerySet["LabelTarget"]):
    pass


class LabelTarget(models.Model):
    """What a figure should be for the label, in the cluster's own judgement; thresholds are not public."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="label_targets")
    # The indicator's own code, since two may serve one of the label.
    code = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=26, decimal_places=4)
    reach_on = models.DateField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()

    objects = LabelTargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="label_target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.value}"


class InterviewNoteQuerySet(OwnRowsQuerySet["InterviewNote"]):
    pass


class InterviewNote(models.Model):
    """What the cluster means to say about one indicator of the label."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="interview_notes")
    code = models.CharField(max_length=10)
    text = models.TextField()
    is_demonstration = models.BooleanField(default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField()

    objects = InterviewNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="interview_note_once"),
            models.CheckConstraint(condition=~Q(text=""), name="interview_note_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:40]}"
