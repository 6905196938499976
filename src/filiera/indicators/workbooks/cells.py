"""Names of cells, and how a sheet's cells are found and changed in its part."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext_lazy as _

from filiera.indicators.workbooks.packages import Edit, Element, elements_of
from filiera.shared.errors import DomainError
from filiera.shared.tables import UnreadableTable

_ADDRESS = re.compile(r"^\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})$")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


class NoSuchCell(DomainError):
    message = _("Write a cell as its sheet and place, such as Sheet1!B7.")
    field = "cell"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A cell within a sheet, counted from one."""

    row: int
    column: int

    @property
    def address(self) -> str:
        return f"{column_name(self.column)}{self.row}"


@dataclass(slots=True)
class FoundCell:
    """A cell as the part holds it."""

    element: Element
    place: Place
    formula: Element | None = None
    value: Element | None = None

    @property
    def is_shared(self) -> bool:
        """Whether other cells live from this formula."""
        told = self.formula.attributes if self.formula is not None else {}
        return "ref" in told or told.get("t") in ("array", "dataTable")


@dataclass(slots=True)
class FoundRow:
    element: Element
    number: int
    cells: list[FoundCell] = field(default_factory=list)


def place_of(address: str) -> Place:
    """The place that a name such as B7 or $B$7 tells. Raises NoSuchCell."""
    found = _ADDRESS.match(address.strip())
    if found is None:
        raise NoSuchCell
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if row > _MOST_ROWS or column > _MOST_COLUMNS:
        raise NoSuchCell
    return Place(row, column)


def split_name(told: str) -> tuple[str, str]:
    """Sheet and address of a name such as Sheet1!B7 or 'Year 2024'!B7; the sheet may be missing.

    Raises NoSuchCell.
    """
    sheet, _mark, address = told.strip().rpartition("!")
    if len(sheet) > 1 and sheet[0] == sheet[-1] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, place_of(address).address


def column_name(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def rows_in(content: bytes) -> tuple[Element, list[FoundRow]]:
    """The data of a sheet, and its rows with their cells. Raises UnreadableTable."""
    elements = elements_of(content, {"sheetData", "row", "c", "f", "v"})
    data = next((each for each in elements if each.name.rpartition(":")[2] == "sheetData"), None)
    if data is None:
        raise UnreadableTable
    rows: list[FoundRow] = []
    try:
        for element in elements:
            # Elements of the same names stand behind the data, too, with other meanings.
            if data.start < element.start < data.end:
                _take(rows, element)
    except (ValueError, IndexError, NoSuchCell) as error:
        raise UnreadableTable from error
    return data, rows


def _take(rows: list[FoundRow], element: Element) -> None:
    match element.name.rpartition(":")[2]:
        case "row":
            before = rows[-1].number if rows else 0
            rows.append(FoundRow(element, int(element.attributes.get("r", before + 1))))
        case "c":
            rows[-1].cells.append(FoundCell(element, _cell_place(element, rows[-1])))
        case "f":
            rows[-1].cells[-1].formula = element
        case "v":
            rows[-1].cells[-1].value = element


def edits_for(content: bytes, numbers: Mapping[Place, Decimal]) -> list[Edit]:
    """What puts these numbers into a sheet, and takes away what its formulas had come to before.

    A cell keeps its format; whoever opens the file computes the formulas anew.
    """
    data, rows = rows_in(content)
    edits: list[Edit] = []
    waiting: dict[int, dict[Place, Decimal]] = {}
    for place, number in numbers.items():
        waiting.setdefault(place.row, {})[place] = number
    for row in rows:
        edits += _edits_in_row(content, row, waiting.pop(row.number, {}))
    edits += _new_rows(content, data, rows, waiting)
    return edits


def _edits_in_row(content: bytes, row: FoundRow, numbers: dict[Place, Decimal]) -> Iterator[Edit]:
    prefix = row.element.prefix
    there = {cell.place: cell for cell in row.cells}
    for cell in row.cells:
        if cell.place in numbers:
            written = _cell(prefix, cell.place, numbers[cell.place], cell.element.attributes.get("s"))
            yield cell.element.start, cell.element.end, written
        elif cell.formula is not None and cell.value is not None:
            yield cell.value.start, cell.value.end, b""
    style = row.element.attributes.get("s") if row.element.attributes.get("customFormat") else None
    fresh = [
        (place, _cell(prefix, place, number, style))
        for place, number in sorted(numbers.items())
        if place not in there
    ]
    if fresh and row.element.is_empty_tag:
        yield _opened(content, row.element, b"".join(written for _place, written in fresh))
        return
    for place, written in fresh:
        after = next((cell for cell in row.cells if cell.place > place), None)
        at = row.element.content_end if after is None else after.element.start
        yield at, at, written


def _new_rows(
    content: bytes, data: Element, rows: list[FoundRow], waiting: Mapping[int, Mapping[Place, Decimal]]
) -> Iterator[Edit]:
    prefix = data.prefix
    fresh = [(number, _row(prefix, number, numbers)) for number, numbers in sorted(waiting.items())]
    if fresh and data.is_empty_tag:
        yield _opened(content, data, b"".join(written for _number, written in fresh))
        return
    for number, written in fresh:
        after = next((row for row in rows if row.number > number), None)
        at = data.content_end if after is None else after.element.start
        yield at, at, written


def _row(prefix: str, number: int, numbers: Mapping[Place, Decimal]) -> bytes:
    cells = b"".join(_cell(prefix, place, value, None) for place, value in sorted(numbers.items()))
    return b'<%srow r="%d">%s</%srow>' % (prefix.encode(), number, cells, prefix.encode())


def _cell(prefix: str, place: Place, number: Decimal, style: str | None) -> bytes:
    told = f" s={quoteattr(style)}" if style else ""
    return f'<{prefix}c r="{place.address}"{told}><{prefix}v>{number:f}</{prefix}v></{prefix}c>'.encode()


def _opened(content: bytes, element: Element, inside: bytes) -> Edit:
    """An element that was one empty tag, with something in it."""
    tag = content[element.start : element.end].removesuffix(b"/>").rstrip()
    return element.start, element.end, tag + b">" + inside + f"</{element.name}>".encode()


def _cell_place(element: Element, row: FoundRow) -> Place:
    told = element.attributes.get("r")
    if told:
        return place_of(told)
    return Place(row.number, row.cells[-1].place.column + 1 if row.cells else 1)
