"""Forms of funders: cells tied once, filled each period, and everything else left to the last byte."""

import csv
import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from filiera.files.models import StoredFile
from filiera.files.rules import FileContentDiffers, FileTypeNotAccepted
from filiera.indicators.actions import funder_forms as actions
from filiera.indicators.models import Declaration, FormCell, FunderForm
from filiera.indicators.periods import parse_period
from filiera.indicators.workbooks.cells import NoSuchCell, place_of, split_name
from filiera.indicators.workbooks.packages import Package
from filiera.indicators.workbooks.reading import NoSuchSheet
from filiera.organisations.models import Role
from filiera.shared.tables import TableTooLarge, UnreadableTable
from tests.indicators.office import as_csv, find_office
from tests.indicators.readiness_factories import browser_of, colleague
from tests.indicators.report_factories import NOW, cluster_with_figures, funder_workbook
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
SHEET = "Year's form"


@pytest.fixture
def cluster():
    return cluster_with_figures()


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


@pytest.fixture
def form(cluster, manager):
    return uploaded(cluster, manager)


def uploaded(cluster, by, file=None):
    return actions.upload_form(
        organisation=cluster, title="Call 2026", upload=file or funder_workbook(), by=by, at=NOW
    )


def tied(form, by, cell, code="meetings_held", **values):
    return actions.tie_cell(form=form, cell=cell, code=code, by=by, at=NOW, **values)


def filled(form, by, period="2025"):
    return actions.fill_form(form=form, period=parse_period(period), by=by, at=NOW)


def rebuilt(change):
    """The funder's workbook with its parts changed."""
    package = Package(funder_workbook().read())
    change(package.parts)
    return SimpleUploadedFile("form.xlsx", package.written())


def test_cells_are_filled_and_lead_to_their_figures(form, manager):
    tied(form, manager, f"{SHEET}!B1")
    tied(form, manager, "'Year''s form'!$B$2", periods_back=1)
    tied(form, manager, "Notes!C9", code="members_total")

    made = filled(form, manager)
    book = load_workbook(io.BytesIO(made.content))
    sources = [list(line) for line in book.worksheets[2].iter_rows(values_only=True)]

    assert (made.filled, made.left) == (3, [])
    assert [book[SHEET]["B1"].value, book[SHEET]["B2"].value, book["Notes"]["C9"].value] == [3, 2, 1]
    assert [line[:2] + line[3:6] for line in sources[1:]] == [
        ["'Notes'!C9", 1, "members_total", "2025", 1],
        ["'Year''s form'!B1", 3, "meetings_held", "2025", 3],
        ["'Year''s form'!B2", 2, "meetings_held", "2024", 2],
    ]
    link = book.worksheets[2].cell(3, len(sources[0]))
    assert link.hyperlink.target == link.value
    assert link.value.endswith("/indicators/of/north/meetings_held/2025/")
    assert book.worksheets[2]["A3"].hyperlink.location == "'Year''s form'!B1"


def test_formats_formulas_charts_and_other_sheets_stay_as_they_were(form, manager):
    tied(form, manager, f"{SHEET}!B1")
    tied(form, manager, f"{SHEET}!G7")

    made = filled(form, manager).content
    before, after = (zipfile.ZipFile(io.BytesIO(content)) for content in (funder_workbook().read(), made))
    book = load_workbook(io.BytesIO(made))

    changed = {name for name in before.namelist() if after.read(name) != before.read(name)}
    assert changed <= {
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
        "docProps/core.xml",
        "xl/worksheets/sheet2.xml",
    }
    assert any(name.startswith("xl/charts/") for name in after.namelist())
    cell = book[SHEET]["B1"]
    assert (cell.value, cell.font.b, cell.fill.fgColor.rgb) == (3, True, "00FFFF00")
    assert (book[SHEET]["B3"].value, book["Notes"]["C5"].value) == ("=B1+B2", "=1+1")
    assert [str(span) for span in book[SHEET].merged_cells.ranges] == ["D1:E2"]
    assert b'fullCalcOnLoad="1"' in after.read("xl/workbook.xml")


def test_a_formula_is_replaced_only_by_who_was_told(form, manager):
    with pytest.raises(actions.CellHoldsFormula, match="B1"):
        tied(form, manager, f"{SHEET}!B3")
    tied(form, manager, f"{SHEET}!B3", replaces_formula=True)

    book = load_workbook(io.BytesIO(filled(form, manager).content))

    assert book[SHEET]["B3"].value == 3


def test_a_percentage_is_written_as_the_cell_shows_it(cluster, form, manager):
    tied(form, manager, f"{SHEET}!B4", code="members_engaged_share")
    tied(form, manager, f"{SHEET}!C4", code="members_engaged_share")

    book = load_workbook(io.BytesIO(filled(form, manager).content))

    assert (book[SHEET]["B4"].value, book[SHEET]["C4"].value) == (1, 100)


def test_what_has_no_value_is_left_with_its_reason(form, manager):
    tied(form, manager, f"{SHEET}!B1", code="management_staff")

    made = filled(form, manager)
    book = load_workbook(io.BytesIO(made.content))

    assert Declaration.objects.count() == 0
    assert (made.filled, made.left) == (0, [("'Year''s form'!B1", "not declared")])
    assert book[SHEET]["B1"].value == 0
    assert "not declared" in [cell.value for cell in book.worksheets[2][2]]


def test_what_there_is_no_longer_is_told_without_a_way_to_it(form, manager):
    tied(form, manager, f"{SHEET}!B1")
    tied(form, manager, "Notes!A1")
    form.cells.filter(sheet="Notes").update(code="gone")
    tied(form, manager, "Notes!B2")
    form.cells.filter(address="B2").update(sheet="Gone")

    made = filled(form, manager)
    sources = load_workbook(io.BytesIO(made.content)).worksheets[2]

    told = {row[0].value: row for row in sources.iter_rows(min_row=2)}
    assert {name: bool(row[0].hyperlink) for name, row in told.items()} == {
        "'Year''s form'!B1": True,
        "'Notes'!A1": True,
        "'Gone'!B2": False,
    }
    assert told["'Notes'!A1"][-1].hyperlink is None
    assert "This indicator is not defined any more." in [cell.value for cell in told["'Notes'!A1"]]
    assert "The workbook has no sheet of this name any more." in [cell.value for cell in told["'Gone'!B2"]]


def test_a_new_workbook_keeps_the_ties_but_not_the_consent_to_replace_a_formula(form, manager):
    tied(form, manager, f"{SHEET}!B1")
    tied(form, manager, f"{SHEET}!B3", replaces_formula=True)
    former = form.file

    actions.replace_form_file(form=form, upload=funder_workbook(), by=manager, at=NOW)
    form.refresh_from_db()
    made = filled(form, manager)

    assert made.filled == 1
    assert [name for name, _reason in made.left] == ["'Year''s form'!B3"]
    assert not StoredFile.objects.filter(pk=former.pk).exists()


@pytest.mark.parametrize(
    ("cell", "refusal"),
    [
        ("B7", actions.SheetMissing),
        (f"{SHEET}!7B", NoSuchCell),
        (f"{SHEET}!XFE1", NoSuchCell),
        ("Nowhere!B7", NoSuchSheet),
        (f"{SHEET}!E2", actions.CellIsCovered),
    ],
)
def test_a_cell_that_cannot_be_tied_says_why(form, manager, cell, refusal):
    with pytest.raises(refusal):
        tied(form, manager, cell)


def test_names_of_cells_are_read_as_people_write_them():
    assert split_name("'Year''s form'!$b$7") == ("Year's form", "B7")
    assert split_name(" AA10 ") == ("", "AA10")
    assert place_of("XFD1048576").address == "XFD1048576"


def test_what_is_no_workbook_is_refused(cluster, manager):
    with pytest.raises(FileTypeNotAccepted):
        uploaded(cluster, manager, SimpleUploadedFile("form.xls", b"old"))
    with pytest.raises(FileContentDiffers):
        uploaded(cluster, manager, SimpleUploadedFile("form.xlsx", b"not a workbook"))


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.pop("xl/worksheets/sheet1.xml"),
        lambda parts: parts.update({"xl/worksheets/sheet1.xml": b"<worksheet>"}),
        lambda parts: parts.update(
            {"xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>'}
        ),
        lambda parts: parts.update(
            {"xl/worksheets/sheet1.xml": "<worksheet><sheetData/></worksheet>".encode("utf-16")}
        ),
        lambda parts: parts.update(
            {"xl/worksheets/sheet1.xml": b'<worksheet><sheetData><row r="x"/></sheetData></worksheet>'}
        ),
        lambda parts: parts.pop("_rels/.rels"),
    ],
)
def test_a_broken_or_dangerous_workbook_is_refused(cluster, manager, change):
    with pytest.raises(UnreadableTable):
        uploaded(cluster, manager, rebuilt(change))
    assert not FunderForm.objects.exists()


def test_a_workbook_that_unpacks_to_too_much_is_refused(cluster, manager):
    big = rebuilt(lambda parts: parts.update({"xl/big.bin": b"0" * (41 * 1024 * 1024)}))

    with pytest.raises(TableTooLarge, match="at most 40 MB"):
        uploaded(cluster, manager, big)


def test_who_has_no_right_does_nothing(cluster, form, manager):
    cell = tied(form, manager, f"{SHEET}!B1")
    for stranger in (colleague(OrganisationFactory()), colleague(cluster, Role.CONTACT)):
        for act in (
            lambda by: uploaded(cluster, by),
            lambda by: tied(form, by, f"{SHEET}!B2"),
            lambda by: actions.untie_cell(cell=cell, by=by, at=NOW),
            lambda by: actions.replace_form_file(form=form, upload=funder_workbook(), by=by, at=NOW),
            lambda by: actions.remove_form(form=form, by=by, at=NOW),
            lambda by: filled(form, by),
        ):
            with pytest.raises(PermissionDenied):
                act(stranger)
    assert FormCell.objects.count() == 1


def test_a_form_that_is_taken_away_leaves_no_file(form, manager):
    stored = form.file
    actions.remove_form(form=form, by=manager, at=NOW)

    assert not StoredFile.objects.filter(pk=stored.pk).exists()
    with pytest.raises(actions.FormIsGone):
        tied(form, manager, f"{SHEET}!B1")


def test_the_database_knows_a_form_and_its_cells(form, manager):
    cell = tied(form, manager, f"{SHEET}!B1")

    with pytest.raises(IntegrityError), transaction.atomic():
        FunderForm.objects.filter(pk=form.pk).update(file=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormCell.objects.filter(pk=cell.pk).update(address="7B")
    with pytest.raises(IntegrityError), transaction.atomic():
        FormCell.objects.filter(pk=cell.pk).update(periods_back=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormCell.objects.create(form=form, sheet=SHEET, address="B1", code="x", tied_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        FunderForm.objects.filter(pk=form.pk).update(title="")


def test_libreoffice_opens_the_filled_form_and_computes_its_formulas(form, manager, tmp_path):
    office = find_office()
    if office is None:
        pytest.skip("not run: no LibreOffice is here")
    tied(form, manager, f"{SHEET}!B1")
    tied(form, manager, f"{SHEET}!B2", periods_back=1)
    file = tmp_path / "filled.xlsx"
    file.write_bytes(filled(form, manager).content)

    lines = list(csv.reader(io.StringIO(as_csv(office, file))))

    assert [line[1] for line in lines[:3]] == ["3", "2", "5"]


def address(name, *arguments):
    return reverse(f"indicators:{name}", args=["north", *arguments])


def addresses(form, cell):
    return [
        ("get", address("funder_forms")),
        ("get", address("funder_form_create")),
        ("post", address("funder_form_create")),
        ("get", address("funder_form", form.pk)),
        ("post", address("funder_form", form.pk)),
        ("get", address("funder_form_filled", form.pk)),
        ("get", address("funder_form_replacement", form.pk)),
        ("post", address("funder_form_removal", form.pk)),
        ("post", address("funder_form_cell_removal", form.pk, cell.pk)),
    ]


def test_a_visitor_signs_in_and_strangers_are_refused(cluster, form, manager):
    cell = tied(form, manager, f"{SHEET}!B1")
    stranger = browser_of(colleague(OrganisationFactory()).person)
    contact = browser_of(colleague(cluster, Role.CONTACT).person)

    for verb, path in addresses(form, cell):
        visitor = getattr(browser_of(None), verb)(path)
        assert (visitor.status_code, "/accounts/" in visitor["Location"]) == (302, True), path
        assert [getattr(client, verb)(path).status_code for client in (stranger, contact)] == [403, 403], path
    at_file = reverse("files:file", args=[form.file.uuid])
    assert [client.get(at_file).status_code for client in (stranger, contact, browser_of(None))] == [404] * 3


def test_a_form_of_another_organisation_is_not_found(form, manager):
    cell = tied(form, manager, f"{SHEET}!B1")
    OrganisationFactory(slug="south")
    other = browser_of(colleague(OrganisationFactory(slug="west")).person)

    for verb, path in addresses(form, cell)[3:]:
        assert getattr(other, verb)(path.replace("/north/", "/west/")).status_code == 404, path


def test_the_pages_lead_from_the_upload_to_the_filled_form(cluster, manager):
    client = browser_of(manager.person)

    made = client.post(address("funder_form_create"), {"title": "Call 2026", "upload": funder_workbook()})
    form = FunderForm.objects.get()
    chosen = client.get(address("funder_form", form.pk) + "?sheet=0&cell=B3").text
    refused = client.post(
        address("funder_form", form.pk), {"cell": f"{SHEET}!B3", "code": "meetings_held", "periods_back": 0}
    )
    done = client.post(
        address("funder_form", form.pk), {"cell": f"{SHEET}!B1", "code": "meetings_held", "periods_back": 0}
    )
    page = client.get(address("funder_form", form.pk)).text
    answer = client.get(address("funder_form_filled", form.pk) + "?period=2024")

    assert (made.status_code, refused.status_code, done.status_code) == (302, 422, 302)
    assert "The figure may take the place of the formula" in chosen
    assert "A formula stands there: =B1+B2." in refused.text
    assert "one cell tied" in page
    assert load_workbook(io.BytesIO(answer.content))[SHEET]["B1"].value == 2
    client.post(address("funder_form_cell_removal", form.pk, FormCell.objects.get().pk))
    client.post(address("funder_form_removal", form.pk))
    assert not FunderForm.objects.kept().exists()


def test_a_wrong_upload_is_told_at_the_field(cluster, manager):
    answer = browser_of(manager.person).post(
        address("funder_form_create"), {"title": "Call 2026", "upload": SimpleUploadedFile("a.xlsx", b"no")}
    )

    assert answer.status_code == 422
    assert "The content of this file is not what its name says" in answer.text


@pytest.mark.parametrize("row_count", [1, 4])
def test_the_query_count_does_not_grow(form, manager, django_assert_max_num_queries, row_count):
    for number in range(1, row_count + 1):
        tied(form, manager, f"{SHEET}!C{number}")
    client = browser_of(manager.person)
    client.get(address("funder_form", form.pk))

    with django_assert_max_num_queries(11):
        client.get(address("funder_form", form.pk))
