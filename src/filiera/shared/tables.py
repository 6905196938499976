"""Tables in and out: CSV and XLSX, safe from formulas, with the place of every mistake."""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import BinaryIO

from defusedcsv import csv as safe_csv
from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_UNPACKED_BYTES = 100 * 1024 * 1024
MAXIMUM_ROWS = 20_000
_LONGEST_LINE = 1 << 20
# What the library raises at workbooks whose parts are missing or are not what they should be.
BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # of XML, whichever parser is there
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
)

Cell = str | int | float | Decimal | date | datetime | None


class UnreadableTable(DomainError):
    message = _("This file could not be read as a table. Save it as CSV (UTF-8) or XLSX and try again.")


class TableTooLarge(DomainError):
    message = _("This table is too large: at most 10 MB and 20,000 rows.")


class WorkbookTooLarge(TableTooLarge):
    """Small as a file, and too much once it is unpacked."""

    def __init__(self, most_bytes: int) -> None:
        told = {"most": most_bytes // (1024 * 1024)}
        super().__init__(_("Unpacked, this workbook may hold at most %(most)s MB.") % told)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: `number` as a spreadsheet shows it, values by column as trimmed text."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one cell of an import, and what would have been right."""

    row: int
    column: str
    value: str
    expected: str


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file (UTF-8 with a byte order mark, so that spreadsheets read accents right)."""
    text = io.StringIO()
    writer = safe_csv.writer(text)
    writer.writerow(header)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook; `widths` are those of its columns, in letters."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()


def as_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An XLSX file with one sheet; texts stay texts, whatever they begin with."""
    return as_workbook([Sheet(title, header, rows)])


def as_workbook(sheets: Iterable[Sheet]) -> bytes:
    """An XLSX file; texts stay texts, whatever they begin with, and numbers keep their decimals."""
    # Imported where it is needed: it brings numpy, which every page process would carry.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    workbook = Workbook(write_only=True)
    bold = Font(bold=True)
    for told in sheets:
        sheet = workbook.create_sheet(told.title[:31])
        sheet.freeze_panes = "A2"
        for place, width in enumerate(told.widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        heads = []
        for name in told.header:
            cell = WriteOnlyCell(sheet, value=name)
            cell.font = bold
            heads.append(cell)
        sheet.append(heads)
        for row in told.rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet)
                cell.value = _without_zone(value)
                if isinstance(value, str):
                    cell.data_type = "s"
                elif isinstance(value, Decimal):
                    cell.number_format = number_format_of(value)
                cells.append(cell)
            sheet.append(cells)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def number_format_of(value: Decimal) -> str:
    """How a spreadsheet shows a number with as many decimals as it is told with."""
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")


def read_table(content: bytes, name: str) -> list[Row]:
    """The rows of an uploaded CSV or XLSX file, empty ones left out.

    The first row names the columns; names are trimmed and lower-cased. Raises UnreadableTable, TableTooLarge.
    """
    if len(content) > MAXIMUM_BYTES:
        raise TableTooLarge
    is_workbook = content[:4] == b"PK\x03\x04"
    if name.lower().endswith(".xlsx") != is_workbook:
        raise UnreadableTable
    lines = _xlsx_lines(content) if is_workbook else _csv_lines(content)
    return list(_rows(lines))


def stream_table(file: BinaryIO, name: str) -> Iterator[Row]:
    """The rows of a CSV or XLSX file one after the other, however many, without holding them.

    As `read_table`, which sets limits for what a page takes in. Raises UnreadableTable, and for a workbook
    that unpacks to too much TableTooLarge.
    """
    is_workbook = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    if name.lower().endswith(".xlsx") != is_workbook:
        raise UnreadableTable
    return _rows(_sheet_lines(file) if is_workbook else _streamed_lines(file), most=None)


ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "iso-8859-15", "iso-8859-2", "mac-roman")


def read_lines(content: bytes, name: str, *, encoding: str = "") -> list[tuple[int, list[str]]]:
    """The lines of an uploaded CSV or XLSX file as they stand, numbered, empty ones left out.

    For tables whose columns nobody promised. Without an encoding a text is guessed to be UTF-8 or UTF-16,
    else what Windows writes in western Europe. Raises UnreadableTable, TableTooLarge.
    """
    if len(content) > MAXIMUM_BYTES:
        raise TableTooLarge
    is_workbook = content[:4] == b"PK\x03\x04"
    if name.lower().endswith(".xlsx") != is_workbook:
        raise UnreadableTable
    lines = _xlsx_lines(content) if is_workbook else _text_lines(_decoded(content, encoding))
    found = []
    for number, line in enumerate(lines, start=1):
        if number > MAXIMUM_ROWS + 1:
            raise TableTooLarge
        cells = [cell.strip() for cell in line]
        if any(cells):
            found.append((number, cells))
    return found


def _decoded(content: bytes, encoding: str) -> str:
    if encoding and encoding not in ENCODINGS:
        raise UnreadableTable
    if not encoding and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    try:
        text = content.decode(encoding or "utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if encoding:
            raise UnreadableTable from error
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise UnreadableTable
    return text


def _rows(lines: Iterable[Sequence[str]], most: int | None = MAXIMUM_ROWS) -> Iterator[Row]:
    columns: list[str] = []
    for number, line in enumerate(lines, start=1):
        if most is not None and number > most + 1:
            raise TableTooLarge
        cells = [cell.strip() for cell in line]
        if not columns:
            columns = [cell.lower() for cell in cells]
        elif any(cells):
            yield Row(number, dict(zip(columns, cells, strict=False)))
    if not any(columns):
        raise UnreadableTable


def _csv_lines(content: bytes) -> Iterator[Sequence[str]]:
    return _text_lines(_decoded(content, ""))


def _text_lines(text: str) -> Iterator[Sequence[str]]:
    yield from _separated(io.StringIO(text, newline=""), text.split("\n", 1)[0])


def _streamed_lines(file: BinaryIO) -> Iterator[Sequence[str]]:
    text = io.TextIOWrapper(file, encoding=_encoding_of(file), errors="replace", newline="")
    first_line = text.readline(_LONGEST_LINE)
    text.seek(0)
    yield from _separated(_without_nulls(text), first_line)
    text.detach()


def _without_nulls(lines: Iterable[str]) -> Iterator[str]:
    """No database keeps the sign, so a file with one is none of text."""
    for line in lines:
        if "\x00" in line:
            raise UnreadableTable
        yield line


def _encoding_of(file: BinaryIO) -> str:
    """UTF-8 where all of the file is, else what Windows writes in western Europe."""
    start = file.read(2)
    file.seek(0)
    if start in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while part := file.read(1 << 20):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def _separated(lines: Iterable[str], first_line: str) -> Iterator[Sequence[str]]:
    delimiter = max(",;\t", key=first_line.count)
    try:
        yield from csv.reader(lines, delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise UnreadableTable from error


def _xlsx_lines(content: bytes) -> Iterator[Sequence[str]]:
    yield from _sheet_lines(io.BytesIO(content))


def _sheet_lines(file: BinaryIO) -> Iterator[Sequence[str]]:
    from openpyxl import load_workbook  # slow, and brings numpy

    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAXIMUM_UNPACKED_BYTES:
                raise WorkbookTooLarge(MAXIMUM_UNPACKED_BYTES)
        file.seek(0)
        workbook = load_workbook(file, read_only=True, data_only=True)
    except BROKEN_WORKBOOK as error:
        raise UnreadableTable from error
    try:
        for line in workbook.worksheets[0].iter_rows(values_only=True):
            yield [_read(cell) for cell in line]
    except BROKEN_WORKBOOK as error:
        raise UnreadableTable from error
    finally:
        workbook.close()


def _read(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat(" ", "minutes") if cell.time() != time() else cell.date().isoformat()
        case date():
            return cell.isoformat()
        case time():
            return cell.isoformat("minutes")
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell)


def _written(cell: Cell) -> str | int | float | Decimal:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else cell


def _without_zone(cell: Cell) -> str | float | Decimal | datetime | None:
    # Spreadsheets have no time zones; the column's heading names the zone instead.
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    return datetime.combine(cell, time()) if isinstance(cell, date) else cell
