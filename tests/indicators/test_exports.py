"""Figures as files: numbers equal to the figures, texts stay texts, SDMX is read by a library of its own."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.definition.sets import read_packaged
from filiera.indicators.engines.forming import Missing
from filiera.indicators.exports import FORMATS, FigureRow
from filiera.indicators.exports.sdmx import sdmx_csv, status_of
from filiera.indicators.exports.structure import codes_of, structure_xml
from filiera.indicators.periods import parse_period
from filiera.organisations.models import Role
from tests.indicators.factories import load_all, made_fact
from tests.indicators.office import as_csv as by_office
from tests.indicators.office import find_office
from tests.indicators.readiness_factories import browser_of, colleague
from tests.organisations.factories import MembershipFactory, OrganisationFactory

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DEFINITIONS = read_packaged()


def row(code: str = "members_total", value: str | None = "275", **told) -> FigureRow:
    return FigureRow(
        definition=DEFINITIONS[code],
        body="north",
        body_name=told.pop("body_name", "North"),
        period=parse_period(told.pop("period", "2023")),
        value=None if value is None else Decimal(value),
        missing=told.pop("missing", "" if value is not None else Missing.NO_CASES),
        facts=3,
        computed_at=NOW,
        **told,
    )


ROWS = [
    row(),
    row(period="2022", body_name='=HYPERLINK("http://evil.example")'),
    row("member_churn", "4.3500"),
    row("member_churn", None, period="2022", missing=Missing.NOTHING_TO_DIVIDE_BY),
    row("members_total", "31", dimension="size_class", part="small", part_name="Small"),
    row("members_total", "2", dimension="size_class", part="", part_name="not told"),
]


def read_by_sdmx(rows):
    """What the SDMX library makes of structure and data."""
    import sdmx  # slow to load

    told = sdmx.read_sdmx(io.BytesIO(structure_xml(DEFINITIONS, NOW)))
    flow = told.dataflow["DF_FIGURES"]
    reader = sdmx.reader.csv.Reader()
    return flow, reader.convert(io.BytesIO(sdmx_csv(rows)), structure=flow)


def test_a_workbook_holds_numbers_texts_and_every_definition():
    book = load_workbook(io.BytesIO(FORMATS["xlsx"].write(ROWS)))
    figures, definitions, reading = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)

    place = figures[0].index("Value")
    assert [line[place] for line in figures[1:]] == [275, 275, 4.4, None, 31, 2]
    assert book.worksheets[0].cell(4, place + 1).number_format == "#,##0.0"
    name = book.worksheets[0].cell(3, figures[0].index("Organisation or region") + 1)
    assert (name.value, name.data_type) == ('=HYPERLINK("http://evil.example")', "s")
    assert figures[4][figures[0].index("Why there is no value")] == "nothing to divide by"
    assert [line[:2] for line in definitions[1:]] == [("member_churn", 1), ("members_total", 2)]
    assert len(reading) > 3


def test_a_table_has_codes_and_is_safe_from_formulas():
    lines = list(csv.DictReader(io.StringIO(FORMATS["csv"].write(ROWS).decode("utf-8-sig"))))

    assert [line["value"] for line in lines] == ["275", "275", "4.4", "", "31", "2"]
    assert (lines[4]["breakdown"], lines[4]["part"], lines[3]["reason"]) == (
        "size_class",
        "small",
        "nothing_to_divide_by",
    )
    assert lines[0]["address"].endswith("/o/north/indicators/members_total/2023/")


def test_sdmx_csv_is_read_by_the_library_with_the_structure_that_is_served():
    flow, message = read_by_sdmx(ROWS)
    observations = message.data[0].obs

    assert repr(flow.structure) == "<DataStructureDefinition FILIERA:DSD_FIGURES(1.0.0): Figures>"
    assert [str(each.dimension) for each in observations[-1:]] == [
        "(FREQ=A, INDICATOR=members_total, ORGANISATION=north, REF_AREA=_Z, ECOSYSTEM=_T, REGION=_T, "
        "SIZE_CLASS=_U, MEMBER_TYPE=_T, COUNTRY=_T, EDITION=_T, S3_PRIORITY=_T, TIME_PERIOD=2023)"
    ]
    assert [each.value for each in observations] == ["275", "275", "4.4", "", "31", "2"]
    assert len({str(each.dimension) for each in observations}) == len(observations)


def test_every_column_is_of_the_structure_and_every_code_of_its_list():
    flow, message = read_by_sdmx(ROWS)
    structure = flow.structure
    components = [*structure.dimensions.components, *structure.measures, *structure.attributes.components]
    header = next(csv.reader(io.StringIO(sdmx_csv(ROWS).decode())))

    assert header[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert sorted(header[3:]) == sorted(component.id for component in components)
    lists = codes_of(DEFINITIONS)
    for observation in message.data[0].obs:
        told = {key: value.value for key, value in observation.dimension.values.items()}
        told |= {key: value.value for key, value in observation.attached_attribute.items()}
        for concept, codes in lists.items():
            allowed = set(codes) | ({""} if concept == "REASON" else set())
            assert told[concept] in allowed, (concept, told[concept])
            enumerated = structure_codes(structure, concept)
            assert enumerated == set(codes), concept


def structure_codes(structure, concept):
    found = next(
        each
        for each in [*structure.dimensions.components, *structure.attributes.components]
        if each.id == concept
    )
    return {code.id for code in found.local_representation.enumerated}


@pytest.mark.parametrize(
    ("value", "missing", "is_open", "status"),
    [
        ("1", "", False, "A"),
        ("1", "", True, "P"),
        (None, Missing.TOO_FEW, False, "Q"),
        (None, Missing.NOT_RECORDED, False, "L"),
        (None, Missing.NOT_DECLARED, False, "L"),
        (None, Missing.NO_CASES, False, "M"),
        (None, Missing.NOTHING_TO_DIVIDE_BY, False, "M"),
        (None, Missing.FUTURE, True, "M"),
        (None, Missing.NOT_COMPUTED, False, "O"),
    ],
)
def test_each_reason_has_the_status_that_the_standard_gives_it(value, missing, is_open, status):
    assert status_of(row(value=value, missing=missing, is_open=is_open)) == status


def test_periods_are_time_periods_of_the_standard():
    rows = [row(period=period) for period in ("2023", "2023-Q2", "2023-05")]
    lines = list(csv.DictReader(io.StringIO(sdmx_csv(rows).decode())))

    assert [(line["FREQ"], line["TIME_PERIOD"]) for line in lines] == [
        ("A", "2023"),
        ("Q", "2023-Q2"),
        ("M", "2023-05"),
    ]
    region = list(csv.DictReader(io.StringIO(sdmx_csv([replace(row(), is_region=True)]).decode())))
    assert (region[0]["ORGANISATION"], region[0]["REF_AREA"]) == ("_Z", "north")


def test_libreoffice_opens_the_workbook_with_figures_equal(tmp_path):
    office = find_office()
    if office is None:
        pytest.skip("not run: no LibreOffice is here")
    file = tmp_path / "figures.xlsx"
    file.write_bytes(FORMATS["xlsx"].write(ROWS))

    lines = list(csv.DictReader(io.StringIO(by_office(office, file))))

    assert [line["Value"] for line in lines] == ["275", "275", "4.4", "", "31", "2"]
    assert lines[1]["Organisation or region"] == '=HYPERLINK("http://evil.example")'


@pytest.fixture
def cluster(db):
    load_all()
    cluster = OrganisationFactory(slug="north")
    member = MembershipFactory(cluster=cluster).member
    made_fact("membership.started", member, "2023-02-01", counterpart=cluster)
    made_fact("meeting.held", member, "2023-05-01", counterpart=OrganisationFactory(company=True))
    refresh_all()
    return cluster


@pytest.mark.parametrize("file_format", sorted(FORMATS))
def test_figures_are_taken_along_from_the_dashboard(cluster, file_format):
    address = reverse("indicators:own_file", args=["north", file_format])
    answer = browser_of(colleague(cluster).person).get(f"{address}?period=2023")

    assert answer.status_code == 200
    assert answer["Content-Type"] == FORMATS[file_format].content_type
    extension = FORMATS[file_format].extension
    assert answer["Content-Disposition"] == f'attachment; filename="north-2023.{extension}"'


def test_who_may_take_which_figures_along(cluster):
    own, public = (
        reverse(f"indicators:{name}", args=["north", "csv"]) + "?period=2023"
        for name in ("own_file", "body_file")
    )
    stranger = browser_of(colleague(OrganisationFactory()).person)
    contact = browser_of(colleague(cluster, Role.CONTACT).person)

    assert [client.get(own).status_code for client in (stranger, contact, browser_of(None))] == [
        403,
        403,
        302,
    ]
    told = [
        {
            line["indicator"]
            for line in csv.DictReader(io.StringIO(client.get(public).content.decode("utf-8-sig")))
        }
        for client in (stranger, browser_of(None))
    ]
    private = {code for code, definition in DEFINITIONS.items() if not definition.is_public}
    assert private
    assert told[0] == told[1]
    assert "meetings_held" in told[0]
    assert not told[0] & private


def test_a_format_or_period_that_there_is_not_is_not_found(cluster):
    client = browser_of(colleague(cluster).person)

    assert client.get(reverse("indicators:own_file", args=["north", "doc"])).status_code == 404
    address = reverse("indicators:own_file", args=["north", "csv"])
    assert client.get(f"{address}?period=2023-13").status_code == 404


def test_the_structure_is_public(client, db):
    import sdmx  # slow to load

    load_all()
    answer = client.get(reverse("indicators:structure"))

    told = sdmx.read_sdmx(io.BytesIO(answer.content))
    assert answer["Content-Type"] == "application/vnd.sdmx.structure+xml;version=3.0.0"
    assert "members_total" in told.codelist["CL_INDICATOR"]
