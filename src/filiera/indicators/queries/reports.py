"""The reports of an organisation, and what is sent of them."""

from django.db.models import Max, OuterRef, QuerySet, Subquery

from filiera.accounts.viewer import Viewer
from filiera.indicators.models import Report, ReportIssue, ReportSection, ReportVersion
from filiera.indicators.reports.plans import plan_of
from filiera.organisations.models import Organisation


def reports_of(viewer: Viewer, organisation: Organisation) -> QuerySet[Report]:
    """The reports of an organisation, the latest begun first; those put away are left out."""
    last = ReportIssue.objects.filter(report=OuterRef("pk")).order_by("-made_at").values("made_at")[:1]
    return (
        Report.objects.visible_to(viewer)
        .kept()
        .filter(organisation=organisation)
        .select_related("edition", "schedule")
        .annotate(
            last_version=Max("versions__number"),
            last_saved_at=Max("versions__saved_at"),
            last_sent_at=Subquery(last),
        )
        .order_by("-created_at", "-pk")
    )


def put_away_reports(viewer: Viewer, organisation: Organisation) -> QuerySet[Report]:
    rows = Report.objects.visible_to(viewer).filter(organisation=organisation, put_away_at__isnull=False)
    return rows.order_by("-put_away_at")


def removed_sections(report: Report) -> QuerySet[ReportSection]:
    """What was taken out since the last version, the latest first."""
    rows: QuerySet[ReportSection] = report.sections.filter(removed_at__isnull=False)
    return rows.order_by("-removed_at", "position")


def kept_version(report: Report) -> ReportVersion | None:
    """The latest version, where the draft is still what it says."""
    last = versions_of(report).first()
    if last is None or last.title != report.title:
        return None
    sections = [plan_of(section).told() for section in report.sections.standing()]
    return last if last.sections == sections else None


def versions_of(report: Report) -> QuerySet[ReportVersion]:
    rows: QuerySet[ReportVersion] = report.versions.select_related("saved_by")
    return rows.order_by("-number")
