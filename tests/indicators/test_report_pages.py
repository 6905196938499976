"""The pages of reports: who comes in, what they change, what they take along; a figure in others' pages."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from filiera.indicators.actions.report_mail import set_schedule
from filiera.indicators.actions.reports import save_version
from filiera.indicators.models import Frequency, Report, ReportSchedule, ReportSection, SectionKind, Value
from filiera.organisations.models import Role
from tests.indicators.readiness_factories import browser_of, colleague
from tests.indicators.report_factories import NOW, cluster_with_figures, report_of, section
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster():
    return cluster_with_figures()


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


@pytest.fixture
def editor(manager):
    return browser_of(manager.person)


@pytest.fixture
def report(cluster, manager):
    made = report_of(cluster, manager, template="cluster_year", title={"en": "Secret year"})
    save_version(report=made, by=manager, at=NOW)
    return made


def address(name, *arguments, slug="north"):
    return reverse(f"indicators:{name}", args=[slug, *arguments])


def addresses(report, slug="north"):
    own = report.sections.standing()[0]
    names = (
        ("get", "report", ()),
        ("get", "report_preview", ()),
        ("get", "report_file", ("pdf",)),
        ("get", "report_file", ("csv",)),
        ("get", "report_title", ()),
        ("post", "report_title", ()),
        ("post", "report_version_create", ()),
        ("post", "report_version_return", (1,)),
        ("get", "report_schedule", ()),
        ("post", "report_schedule", ()),
        ("get", "report_section_create", ("text",)),
        ("post", "report_section_create", ("text",)),
        ("get", "report_section", (own.pk,)),
        ("post", "report_section", (own.pk,)),
        ("post", "report_section_move", (own.pk,)),
        ("post", "report_section_removal", (own.pk,)),
        ("post", "report_section_return", (own.pk,)),
        ("post", "report_removal", ()),
        ("post", "report_return", ()),
    )
    return [(verb, address(name, report.pk, *more, slug=slug)) for verb, name, more in names]


def test_a_visitor_signs_in_and_strangers_are_refused(cluster, report):
    stranger = browser_of(colleague(OrganisationFactory()).person)
    contact = browser_of(colleague(cluster, Role.CONTACT).person)
    lists = [
        ("get", address("reports")),
        ("get", address("report_create")),
        ("post", address("report_create")),
    ]

    for verb, path in [*lists, *addresses(report)]:
        visitor = getattr(browser_of(None), verb)(path)
        assert (visitor.status_code, "/accounts/" in visitor["Location"]) == (302, True), path
        assert [getattr(client, verb)(path).status_code for client in (stranger, contact)] == [403, 403], path


def test_a_report_of_another_organisation_is_not_found(cluster, report):
    other = browser_of(colleague(OrganisationFactory(slug="west")).person)

    for verb, path in addresses(report, slug="west"):
        assert getattr(other, verb)(path).status_code == 404, path
    assert "Secret year" not in other.get(address("reports", slug="west")).text


def test_from_a_packaged_report_to_a_version(cluster, editor):
    told = {"template": "one_pager", "title_en": "One page", "title_it": "Una pagina"}
    begun = editor.post(address("report_create"), told)
    report = Report.objects.get()
    page = editor.get(address("report", report.pk) + "?period=2025").text
    kept = editor.post(address("report_version_create", report.pk))
    again = editor.get(address("report", report.pk)).text

    assert (begun.status_code, kept.status_code) == (302, 302)
    assert report.title == {"en": "One page", "it": "Una pagina"}
    assert "draft" in page
    assert "version 1" in again


def test_a_section_is_added_changed_moved_taken_out_and_put_back(cluster, manager, editor):
    report = report_of(cluster, manager)
    new = address("report_section_create", report.pk, "text")
    wrong = editor.post(new, {"text_en": "So many: {nothing_such}"})
    editor.post(new, {"text_en": "So many: {meetings_held}"})
    editor.post(address("report_section_create", report.pk, "chart"), {"codes": "meetings_held", "span": "3"})
    first, second = report.sections.standing()
    editor.post(address("report_section_move", report.pk, second.pk), {"direction": "up"})
    order = [each.pk for each in report.sections.standing()]
    editor.post(address("report_section", report.pk, first.pk), {"text_en": "Meetings: {meetings_held}"})
    editor.post(address("report_section_removal", report.pk, second.pk))
    page = editor.get(address("report", report.pk)).text
    editor.post(address("report_section_return", report.pk, second.pk))

    assert wrong.status_code == 422
    assert "There is no indicator {nothing_such}." in wrong.text
    assert "So many: {nothing_such}" in wrong.text
    assert order == [second.pk, first.pk]
    assert ReportSection.objects.get(pk=first.pk).text == {"en": "Meetings: {meetings_held}"}
    assert (second.codes, second.span) == (["meetings_held"], 3)
    assert "Put back" in page
    assert report.sections.standing().count() == 2


def test_the_preview_leads_from_every_figure_to_its_doors(report, editor):
    page = editor.get(address("report_preview", report.pk) + "?period=2025&version=1").text

    assert 'href="http://localhost:8000/indicators/of/north/meetings_held/2025/"' in page
    for door in ("definition", "records", "history"):
        assert f"/indicators/of/north/meetings_held/2025/#{door}" in page
    assert "version 2 of the definition" in page


def test_a_draft_that_is_kept_is_its_version_until_it_changes(report, manager, editor):
    def state():
        page = editor.get(address("report_preview", report.pk)).text
        return "· version 1" in page, "· draft" in page

    assert state() == (True, False)
    section(report, manager)

    assert state() == (False, True)


def test_what_was_never_sent_says_so(report, editor):
    rows = editor.get(reverse("indicators:reports", args=["north"])).text
    assert '<td data-label="Last sent">–</td>' in rows


def test_the_report_is_taken_along_as_every_file(report, editor):
    def of(file_format):
        return editor.get(address("report_file", report.pk, file_format) + "?period=2025&version=1")

    pdf, book, table, sdmx = (of(name) for name in ("pdf", "xlsx", "csv", "sdmx-csv"))

    assert pdf.content.startswith(b"%PDF")
    sheets = load_workbook(io.BytesIO(book.content)).sheetnames
    assert sheets == ["Figures", "Definitions", "How to read this"]
    assert b"meetings_held,north,2025" in table.content
    assert b"dataflow,FILIERA:DF_FIGURES(1.0.0)" in sdmx.content
    assert [
        of("docx").status_code,
        editor.get(address("report_file", report.pk, "pdf") + "?version=9").status_code,
    ] == [
        404,
        404,
    ]


def test_a_schedule_is_set_and_switched_off(report, editor):
    told = {
        "is_on": "on",
        "frequency": "quarter",
        "language": "it",
        "recipients": "a@example.org\nb@example.org",
    }
    wrong = editor.post(address("report_schedule", report.pk), {**told, "recipients": "nobody"})
    editor.post(address("report_schedule", report.pk), told)
    on = ReportSchedule.objects.get()
    editor.post(address("report_schedule", report.pk), {**told, "is_on": ""})
    off = ReportSchedule.objects.get()

    assert (wrong.status_code, "“nobody” is no mail address." in wrong.text) == (422, True)
    assert (on.is_on, on.frequency, on.recipients) == (True, "quarter", ["a@example.org", "b@example.org"])
    assert (off.is_on, len(off.recipients)) == (False, 2)


def test_versions_are_gone_back_to_and_reports_put_away(report, manager, editor):
    section(report, manager, SectionKind.HEADING, title={"en": "Added later"})
    editor.post(address("report_version_return", report.pk, 1))
    headings = [each.title.get("en") for each in report.sections.standing()]
    editor.post(address("report_title", report.pk), {"title_en": "Our year"})
    editor.post(address("report_removal", report.pk))
    away = editor.get(address("reports")).text
    editor.post(address("report_return", report.pk))
    report.refresh_from_db()

    assert "Added later" not in headings
    assert "Bring back" in away
    assert (report.put_away_at, report.title) == (None, {"en": "Our year"})


@pytest.mark.parametrize("row_count", [1, 4])
def test_the_list_asks_the_same_whatever_its_length(
    cluster, manager, editor, django_assert_num_queries, row_count
):
    for number in range(row_count):
        made = report_of(cluster, manager, title={"en": f"Report {number}"})
        section(made, manager)
        save_version(report=made, by=manager, at=NOW)
        set_schedule(
            report=made,
            frequency=Frequency.YEAR,
            language="en",
            recipients=["a@example.org"],
            is_on=True,
            by=manager,
            at=NOW,
        )
    editor.get(address("reports"))

    with django_assert_num_queries(6):
        editor.get(address("reports"))


@pytest.mark.parametrize("row_count", [1, 6])
def test_the_draft_asks_the_same_whatever_its_length(
    cluster, manager, editor, django_assert_num_queries, row_count
):
    report = report_of(cluster, manager)
    for _number in range(row_count):
        section(report, manager, SectionKind.FIGURES, span=3)
    editor.get(address("report", report.pk))

    with django_assert_num_queries(16):
        editor.get(address("report", report.pk))


def embedded(slug="north", code="meetings_held"):
    return reverse("indicators:embedded_figure", args=[slug, code])


def test_a_public_figure_stands_in_other_peoples_pages(cluster, client):
    answer = client.get(f"{embedded()}?language=it")

    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src 'none'" in policy
    assert "X-Frame-Options" not in answer
    assert answer["Cache-Control"] == "public, max-age=900"
    assert not answer.cookies
    assert "<script" not in answer.text
    assert "/indicators/of/north/meetings_held/" in answer.text
    assert "<svg" in answer.text
    assert "<table" in answer.text
    again = client.get(f"{embedded()}?language=it", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_what_is_not_public_stands_nowhere_else(cluster, editor, client):
    cluster_with_figures("hidden", is_listed=False)
    Value.objects.filter(organisation=cluster, code="members_total").update(is_public=False)

    for path in (
        embedded(code="members_total"),
        embedded(code="management_staff"),
        embedded(code="nothing_such"),
        embedded(slug="hidden"),
    ):
        assert [who.get(path).status_code for who in (client, editor)] == [404, 404], path


def test_other_pages_are_framed_by_nobody(cluster, client):
    answer = client.get(reverse("indicators:public_figure", args=["north", "meetings_held", "2025"]))

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert (
        "&lt;iframe src=&quot;http://localhost:8000/indicators/of/north/meetings_held/embed/" in answer.text
    )


def test_a_new_fact_makes_another_page(cluster, client):
    before = client.get(embedded())
    Value.objects.filter(organisation=cluster, code="meetings_held", start_on="2025-01-01").update(value=9)
    after = client.get(embedded(), headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert after["ETag"] != before["ETag"]
