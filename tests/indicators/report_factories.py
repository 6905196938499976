"""A cluster with figures of three years, its people, and a report about them."""

import io
from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.actions.reports import SectionDetails, create_report, save_section
from filiera.indicators.models import Report, ReportSection, SectionKind
from filiera.organisations.models import Organisation
from tests.indicators.factories import load_all, made_fact
from tests.indicators.readiness_factories import colleague
from tests.organisations.factories import MembershipFactory, OrganisationFactory

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def cluster_with_figures(slug: str = "north", **values: Any) -> Organisation:
    """One meeting in 2023, two in 2024, three in 2025."""
    load_all()
    cluster = OrganisationFactory(slug=slug, **values)
    member = MembershipFactory(cluster=cluster).member
    made_fact("membership.started", cluster, "2023-01-02", counterpart=member)
    for year, count in ((2023, 1), (2024, 2), (2025, 3)):
        for month in range(1, count + 1):
            made_fact(
                "meeting.held",
                member,
                f"{year}-0{month}-05",
                counterpart=OrganisationFactory(company=True),
            )
    refresh_all()
    return cluster


def report_of(cluster: Organisation, by: Any = None, **values: Any) -> Report:
    told = {"title": {"en": "Our year"}, "by": by or colleague(cluster), "at": NOW} | values
    return create_report(organisation=cluster, **told)


def section(
    report: Report, by: Any = None, kind: SectionKind = SectionKind.TEXT, **values: Any
) -> ReportSection:
    if kind == SectionKind.TEXT:
        values.setdefault("text", {"en": "We held {meetings_held} meetings."})
    elif kind == SectionKind.HEADING:
        values.setdefault("title", {"en": "Together"})
    else:
        values.setdefault("codes", ["meetings_held"])
    return save_section(
        report=report,
        section=None,
        details=SectionDetails(kind=kind, **values),
        by=by or colleague(report.organisation),
        at=NOW,
    )


def funder_workbook() -> SimpleUploadedFile:
    """Two sheets with formats, formulas, merged cells, a chart and a share in percent."""
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference
    from openpyxl.styles import Font, PatternFill

    book = Workbook()
    sheet = book.active
    sheet.title = "Year's form"
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = "Meetings", "The year before", "Together", "Share"
    sheet["B1"] = 0
    sheet["B1"].font, sheet["B1"].fill = Font(bold=True), PatternFill("solid", fgColor="FFFF00")
    sheet["B3"] = "=B1+B2"
    sheet["B4"] = 0
    sheet["B4"].number_format = "0.0%"
    sheet.merge_cells("D1:E2")
    other = book.create_sheet("Notes")
    other["A1"], other["C5"] = "Stays as it is", "=1+1"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
    other.add_chart(chart, "E2")
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("form.xlsx", file.getvalue())
