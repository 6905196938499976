"""What became of promised measures: what was said of each, what proves it, and who was asked when."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.files.models import StoredFile

from .plans import Measure, MeasureState, OfPlanQuerySet

FOLLOW_UP_DAYS = (30, 90, 180)


class MeasureReportQuerySet(OfPlanQuerySet["MeasureReport"]):
    path_to_plan = "measure__plan"


class MeasureProofQuerySet(OfPlanQuerySet["MeasureProof"]):
    path_to_plan = "measure__plan"


class FollowUpQuerySet(OfPlanQuerySet["FollowUp"]):
    path_to_plan = "measure__plan"


MeasureReportManager = models.Manager.from_queryset(MeasureReportQuerySet)
MeasureProofManager = models.Manager.from_queryset(MeasureProofQuerySet)
FollowUpManager = models.Manager.from_queryset(FollowUpQuerySet)


class MeasureReport(models.Model):
    """One statement of how far a measure is."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="reports")
    state = models.CharField(max_length=10, choices=MeasureState)
    note = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    # Said by the link of a mail, without an account.
    is_by_link = models.BooleanField(default=False)
    reported_at = models.DateTimeField()

    objects: ClassVar[MeasureReportManager["MeasureReport"]] = MeasureReportManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MeasureState.PLANNED), name="measure_report_is_about_a_promise"
            ),
        ]
        indexes = [models.Index(fields=["measure", "reported_at"], name="measure_report_by_measure")]

    def __str__(self) -> str:
        return f"{self.measure_id}: {self.state}"


class ProofKind(models.TextChoices):
    FILE = "file", _("File")
    LINK = "link", _("Link")
    FIGURE = "figure", _("Figure")


class MeasureProof(models.Model):
    """What shows that a measure is done, or how far: a file, an address or a value of its indicator."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(max_length=10, choices=ProofKind)
    label = models.CharField(max_length=200, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    url = models.URLField(max_length=500, blank=True)
    figure = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    added_at = models.DateTimeField()

    objects: ClassVar[MeasureProofManager["MeasureProof"]] = MeasureProofManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=ProofKind.FILE, file__isnull=False, url="", figure__isnull=True)
                | (Q(kind=ProofKind.LINK, file__isnull=True, figure__isnull=True) & ~Q(url=""))
                | Q(kind=ProofKind.FIGURE, file__isnull=True, url="", figure__isnull=False),
                name="measure_proof_is_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id}: {self.kind}"


class FollowUp(models.Model):
    """One asking of the owner of a measure, by a link that serves once and until its end."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="follow_ups")
    days = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    # The token of the link is made from this and the platform's key.
    link_seed = models.CharField(max_length=64)
    asked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[FollowUpManager["FollowUp"]] = FollowUpManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "days"], name="follow_up_once_after_so_many_days"),
            models.CheckConstraint(condition=Q(days__in=FOLLOW_UP_DAYS), name="follow_up_days_known"),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True, expires_at__isnull=True, answered_at__isnull=True)
                | Q(asked_at__isnull=False, expires_at__gt=F("asked_at")),
                name="follow_up_link_has_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(asked_at__isnull=True), name="follow_up_to_ask")
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} after {self.days} days"
