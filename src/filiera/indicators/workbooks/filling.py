"""Filling a workbook: numbers into cells, and a further sheet that says where each comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from filiera.indicators.workbooks.cells import Place, column_name, edits_for, place_of
from filiera.indicators.workbooks.packages import Element, Package, elements_of, relations_of
from filiera.shared.tables import UnreadableTable

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_LONGEST_TITLE = 31
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A number for one cell."""

    sheet: str
    address: str
    number: Decimal


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One row of the further sheet: the first cell leads to the filled one, the last to the figure's page.

    What there is no longer, the cell's sheet or the figure, is told without a way to it.
    """

    cell: str
    told: Sequence[str | int | Decimal]
    address: str
    is_there: bool = True


def fill(
    content: bytes,
    cells: Sequence[FilledCell],
    *,
    title: str,
    header: Sequence[str],
    lines: Sequence[SourceLine],
) -> bytes:
    """The workbook with these numbers in it and the further sheet behind its own.

    Raises UnreadableTable, TableTooLarge.
    """
    package = Package(content)
    sheets = package.sheets()
    numbers: dict[str, dict[Place, Decimal]] = {part: {} for part in sheets.values()}
    for cell in cells:
        if cell.sheet not in sheets:
            raise UnreadableTable
        numbers[sheets[cell.sheet]][place_of(cell.address)] = cell.number
    for part, wanted in numbers.items():
        package.edit(part, edits_for(package.part(part), wanted))
    _forget_order_of_computing(package)
    _add_sheet(package, _free_title(title, set(sheets)), header, lines)
    return package.written()


def quoted_name(sheet: str, address: str) -> str:
    """A cell as formulas and links name it."""
    escaped = sheet.replace("'", "''")
    return f"'{escaped}'!{address}"


def _forget_order_of_computing(package: Package) -> None:
    """The kept order of formulas may name a cell that holds one no more; programs make it anew."""
    relations = relations_of(package.workbook)
    for element in elements_of(package.part(relations), {"Relationship"}):
        if element.attributes.get("Type", "").endswith("/calcChain"):
            name = Package.target_of(package.workbook, element)
            package.parts.pop(name, None)
            package.edit(relations, [(element.start, element.end, b"")])
            types = "[Content_Types].xml"
            package.edit(
                types,
                [
                    (override.start, override.end, b"")
                    for override in elements_of(package.part(types), {"Override"})
                    if override.attributes.get("PartName") == f"/{name}"
                ],
            )
            return


def _add_sheet(package: Package, title: str, header: Sequence[str], lines: Sequence[SourceLine]) -> None:
    part = _free_part(package)
    key = "rIdFiliera"
    while key.encode() in package.part(relations_of(package.workbook)):
        key += "1"
    package.parts[part] = _sheet(header, lines).encode()
    package.parts[relations_of(part)] = _sheet_relations(lines).encode()
    target = f"/{part}"
    relation = (
        f'<Relationship xmlns="{_PACKAGE_RELATIONS}" Id="{key}" Type="{_RELATIONS}/worksheet" '
        f'Target="{target}"/>'
    )
    _insert(package, relations_of(package.workbook), "Relationships", relation)
    override = f'PartName="{target}" ContentType="{_SHEET_TYPE}"'
    _insert(
        package,
        "[Content_Types].xml",
        "Types",
        f'<Override xmlns="http://schemas.openxmlformats.org/package/2006/content-types" {override}/>',
    )
    elements = elements_of(package.part(package.workbook), {"sheets", "sheet", "calcPr", "workbook"})
    known = [int(each.attributes.get("sheetId", 0)) for each in elements if _local(each) == "sheet"]
    told = (
        f'<sheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}" name={quoteattr(title)} '
        f'sheetId="{max(known, default=0) + 1}" r:id="{key}"/>'
    )
    _insert(package, package.workbook, "sheets", told)
    _compute_when_opened(package)


def _compute_when_opened(package: Package) -> None:
    """Formulas that live from filled cells are computed anew by whatever opens the file."""
    content = package.part(package.workbook)
    setting = next(iter(elements_of(content, {"calcPr"})), None)
    if setting is not None:
        told = {**setting.attributes, "fullCalcOnLoad": "1"}
        attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in told.items())
        package.edit(
            package.workbook, [(setting.start, setting.end, f"<{setting.name} {attributes}/>".encode())]
        )
        return
    # Its place is fixed: behind the names that are defined, else behind the sheets.
    behind = [
        element
        for name in ("sheets", "functionGroups", "externalReferences", "definedNames")
        for element in elements_of(content, {name})
    ]
    if behind:
        last = behind[-1]
        told_here = f'<{last.prefix}calcPr fullCalcOnLoad="1"/>'.encode()
        package.edit(package.workbook, [(last.end, last.end, told_here)])


def _insert(package: Package, part: str, parent: str, told: str) -> None:
    """Put an element last into its parent. Raises UnreadableTable."""
    element = next(iter(elements_of(package.part(part), {parent})), None)
    if element is None or element.is_empty_tag:
        raise UnreadableTable
    package.edit(part, [(element.content_end, element.content_end, told.encode())])


def _sheet(header: Sequence[str], lines: Sequence[SourceLine]) -> str:
    rows = [_sheet_row(1, header)]
    rows += [
        _sheet_row(number, [line.cell, *line.told, line.address])
        for number, line in enumerate(lines, start=2)
    ]
    last = column_name(len(header))
    links = ""
    for number, line in enumerate(lines, start=2):
        if line.is_there:
            told = quoteattr(line.cell)
            links += f'<hyperlink ref="A{number}" location={told} display={told}/>'
        if line.address:
            links += f'<hyperlink ref="{last}{number}" r:id="rId{number}"/>'
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(_widths(len(header)), start=1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><cols>{columns}</cols>'
        f"<sheetData>{''.join(rows)}</sheetData>"
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + "</worksheet>"
    )


def _sheet_row(number: int, values: Sequence[str | int | Decimal]) -> str:
    cells = []
    for column, value in enumerate(values, start=1):
        place = f"{column_name(column)}{number}"
        if isinstance(value, str):
            told = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
            cells.append(f'<c r="{place}" t="inlineStr">{told}</c>')
        else:
            cells.append(f'<c r="{place}"><v>{value:f}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def _sheet_relations(lines: Sequence[SourceLine]) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/hyperlink" '
        f'Target={quoteattr(line.address)} TargetMode="External"/>'
        for number, line in enumerate(lines, start=2)
        if line.address
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE_RELATIONS}">{told}</Relationships>'


def _widths(count: int) -> list[int]:
    return [22, *[24] * max(count - 2, 0), 70][:count]


def _free_part(package: Package) -> str:
    number = 1
    while f"xl/worksheets/filiera{number}.xml" in package.parts:
        number += 1
    return f"xl/worksheets/filiera{number}.xml"


def _free_title(wanted: str, taken: set[str]) -> str:
    known = {title.casefold() for title in taken}
    title, number = wanted[:_LONGEST_TITLE], 1
    while title.casefold() in known:
        number += 1
        tail = f" {number}"
        title = wanted[: _LONGEST_TITLE - len(tail)] + tail
    return title


def _local(element: Element) -> str:
    return element.name.rpartition(":")[2]
