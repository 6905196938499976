import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from filiera.shared.tables import Row, TableTooLarge, UnreadableTable, as_csv, as_xlsx, read_table

FORMULA = '=HYPERLINK("http://example.org")'


def test_csv_is_read_whatever_its_delimiter_and_encoding():
    assert read_table("Titolo;Sala\nCaffè; Aula 1 \n;\n".encode("cp1252"), "programme.csv") == [
        Row(2, {"titolo": "Caffè", "sala": "Aula 1"})
    ]


def test_a_formula_leaves_as_text_in_csv():
    assert as_csv(["title"], [[FORMULA]]).decode("utf-8-sig") == (
        'title\r\n"\'=HYPERLINK(""http://example.org"")"\r\n'
    )


def test_a_formula_leaves_as_text_in_xlsx():
    workbook = load_workbook(io.BytesIO(as_xlsx("Sessions", ["title"], [[FORMULA]])))

    cell = workbook.worksheets[0]["A2"]

    assert (cell.value, cell.data_type) == (FORMULA, "s")


def test_xlsx_is_read_as_text_with_its_row_numbers():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(["Title", "Capacity"])
    sheet.append([None, None])
    sheet.append(["Opening", 30])
    file = io.BytesIO()
    workbook.save(file)

    assert read_table(file.getvalue(), "programme.xlsx") == [Row(3, {"title": "Opening", "capacity": "30"})]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"a,b\n\x00,1\n", "nul.csv"),
        (b'a,b\n"open,1\n', "quote.csv"),
        (b"PK\x03\x04broken", "broken.xlsx"),
        (b"title\nOpening\n", "text.xlsx"),
        (b"PK\x03\x04", "archive.csv"),
    ],
)
def test_what_is_no_table_is_refused(content, name):
    with pytest.raises(UnreadableTable):
        read_table(content, name)


@pytest.mark.filterwarnings("ignore:Workbook contains no stylesheet")
@pytest.mark.parametrize("broken", [b"", b"<worksheet><sheetData><row><c", b"<worksheet/>"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_workbook_with_a_broken_part_is_refused_or_empty(part, broken):
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx("Table", ("title",), [("Opening",)]))) as whole,
        zipfile.ZipFile(content, "w") as made,
    ):
        for name in whole.namelist():
            made.writestr(name, broken if name == part else whole.read(name))

    try:
        rows = read_table(content.getvalue(), "table.xlsx")
    except UnreadableTable:
        return
    assert [row.values for row in rows] in ([], [{"title": "Opening"}])


def test_a_table_of_too_many_bytes_is_refused():
    with pytest.raises(TableTooLarge):
        read_table(b"a" * (10 * 1024 * 1024 + 1), "large.csv")
