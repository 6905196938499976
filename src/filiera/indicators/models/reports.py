"""Reports of an organisation: sections that are worked on, versions that stay, and what is sent out."""

from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.indicators.models.own import OwnRowsQuerySet
from filiera.indicators.periods import Period
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation
from filiera.texts.fields import TranslatedField

LONGEST_SPAN = 12


class SectionKind(models.TextChoices):
    """What a section of a report shows."""

    HEADING = "heading", pgettext_lazy("section", "Heading")
    TEXT = "text", _("Text, with figures inside")
    FIGURES = "figures", _("Table of figures")
    CHART = "chart", pgettext_lazy("section", "Chart")
    CLUSTERS = "clusters", _("Table of clusters")


class Frequency(models.TextChoices):
    """How often a report is sent by itself."""

    MONTH = "month", pgettext_lazy("frequency", "every month")
    QUARTER = "quarter", pgettext_lazy("frequency", "every quarter")
    YEAR = "year", pgettext_lazy("frequency", "every year")


class ReportQuerySet(OwnRowsQuerySet["Report"]):
    def kept(self) -> Self:
        return self.filter(put_away_at__isnull=True)


class Report(models.Model):
    """Ordered sections about one organisation, or one edition of its academy; the draft that is worked on."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reports")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = TranslatedField()
    # The packaged report that it began with, if any.
    template = models.CharField(max_length=40, blank=True)
    is_demonstration = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    put_away_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(title={}), name="report_has_title")]
        indexes = [models.Index(fields=["organisation", "-created_at"], name="report_by_organisation")]

    def __str__(self) -> str:
        return f"report {self.pk}"


class OfReportQuerySet(models.QuerySet[Any]):
    """Rows of a report are seen by those who see the report."""

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.INDICATORS_VIEW):
            return self.none()
        return self.filter(report__organisation=viewer.organisation_id)


class ReportSectionQuerySet(OfReportQuerySet):
    def standing(self) -> Self:
        """Those that were not taken out, in their order."""
        return self.filter(removed_at__isnull=True).order_by("position", "pk")


class ReportSection(models.Model):
    """One part of the draft; what is taken out can be put back until the next version."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=SectionKind)
    title = TranslatedField()
    text = TranslatedField()
    codes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # So many periods stand side by side, the report's own last.
    span = models.PositiveSmallIntegerField(default=1)
    breakdown = models.CharField(max_length=20, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ReportSectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=SectionKind.HEADING) & ~Q(title={}) & Q(codes=[]))
                | (Q(kind=SectionKind.TEXT) & ~Q(text={}) & Q(codes=[]))
                | (Q(kind=SectionKind.CHART, codes__len=1))
                | (Q(kind__in=(SectionKind.FIGURES, SectionKind.CLUSTERS), codes__len__gte=1)),
                name="report_section_is_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(span__gte=1, span__lte=LONGEST_SPAN), name="report_section_span_in_limits"
            ),
            models.CheckConstraint(
                condition=Q(breakdown="") | Q(kind=SectionKind.CHART),
                name="report_section_breakdown_of_charts",
            ),
        ]
        indexes = [models.Index(fields=["report", "position"], name="report_section_in_order")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.position} {self.kind}"


class ReportVersion(models.Model):
    """A report as somebody kept it, with all its sections; never changed afterwards."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = TranslatedField()
    sections = models.JSONField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField()

    objects = OfReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="report_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} version {self.number}"


class ReportScheduleQuerySet(OfReportQuerySet):
    def running(self) -> Self:
        return self.filter(is_on=True, report__put_away_at__isnull=True)


class ReportSchedule(models.Model):
    """To whom a report goes by mail, and how often; `sent_until` is the end of the last period sent."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="schedule")
    frequency = models.CharField(max_length=10, choices=Frequency)
    language = models.CharField(max_length=10)
    recipients = ArrayField(models.EmailField(), default=list, blank=True)
    is_on = models.BooleanField(default=False)
    sent_until = models.DateField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(recipients__len__gte=1), name="report_schedule_has_recipients"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.frequency}"


class ReportIssue(models.Model):
    """A report as it was sent: its file does not change, whatever becomes of figures and sections.

    `public_id` is the address that recipients without an account have; it opens until `opens_until`.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="issues")
    version = models.ForeignKey(ReportVersion, on_delete=models.PROTECT, related_name="issues")
    start_on = models.DateField()
    until_on = models.DateField()
    language = models.CharField(max_length=10)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="report_issue")
    recipient_count = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    opens_until = models.DateTimeField()

    objects = OfReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gt=F("start_on")), name="report_issue_period_has_days"
            ),
            models.UniqueConstraint(
                fields=["report", "start_on", "until_on", "language"], name="report_issue_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.period.code}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)

    def opens(self, at: datetime) -> bool:
        return at < self.opens_until
