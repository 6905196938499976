"""What a page shows of an uploaded workbook, and what stands in one of its cells."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from filiera.indicators.workbooks.cells import FoundCell, Place, place_of, rows_in
from filiera.indicators.workbooks.packages import Package
from filiera.shared.errors import DomainError
from filiera.shared.tables import BROKEN_WORKBOOK, UnreadableTable

SHOWN_ROWS, SHOWN_COLUMNS = 120, 30
_LONGEST_TEXT = 120


class NoSuchSheet(DomainError):
    message = _("The workbook has no sheet of this name.")
    field = "cell"


@dataclass(frozen=True, slots=True)
class CellState:
    """What a figure would take the place of."""

    text: str
    is_formula: bool
    is_shared_formula: bool
    is_percent: bool
    merged_into: str = ""


def layout_of(content: bytes) -> list[dict[str, Any]]:
    """Each sheet with the cells of its upper left part, as a page shows them.

    Raises UnreadableTable, TableTooLarge.
    """
    package = Package(content)
    titles = package.sheets()
    if not titles:
        raise UnreadableTable
    for part in titles.values():
        rows_in(package.part(part))
    workbook = _opened(content)
    return [_sheet_layout(workbook[title]) for title in titles if title in workbook.sheetnames]


def state_of(content: bytes, sheet: str, address: str) -> CellState:
    """What stands in a cell. Raises NoSuchSheet, NoSuchCell, UnreadableTable, TableTooLarge."""
    place_of(address)
    found = states_of(content, {(sheet, address)})
    if (sheet, address) not in found:
        raise NoSuchSheet
    return found[sheet, address]


def states_of(content: bytes, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], CellState]:
    """What stands in these cells, by sheet and address; those of sheets that there are not are left out.

    Raises UnreadableTable, TableTooLarge.
    """
    package = Package(content)
    titles = package.sheets()
    workbook = _opened(content)
    by_sheet: dict[str, set[str]] = {}
    for sheet, address in names:
        if sheet in titles and sheet in workbook.sheetnames:
            by_sheet.setdefault(sheet, set()).add(address)
    states = {}
    for sheet, addresses in by_sheet.items():
        _data, rows = rows_in(package.part(titles[sheet]))
        formulas = {
            cell.place.address: cell for row in rows for cell in row.cells if cell.formula is not None
        }
        for address in addresses:
            states[sheet, address] = _state(workbook[sheet], address, formulas.get(address))
    return states


def _state(worksheet: Any, address: str, formula: FoundCell | None) -> CellState:
    merged = next((str(span) for span in worksheet.merged_cells.ranges if address in span), "")
    first = merged.partition(":")[0]
    told = worksheet[address]
    return CellState(
        text=_text(told.value),
        is_formula=formula is not None,
        is_shared_formula=formula is not None and formula.is_shared,
        is_percent="%" in (told.number_format or ""),
        merged_into="" if first == address else first,
    )


def _opened(content: bytes) -> Any:
    from openpyxl import load_workbook  # slow, and brings numpy

    try:
        return load_workbook(io.BytesIO(content))
    except BROKEN_WORKBOOK as error:
        raise UnreadableTable from error


def _sheet_layout(sheet: Any) -> dict[str, Any]:
    rows = min(max(sheet.max_row, 1), SHOWN_ROWS)
    columns = min(max(sheet.max_column, 1), SHOWN_COLUMNS)
    cells: dict[str, dict[str, Any]] = {}
    for line in sheet.iter_rows(min_row=1, max_row=rows, max_col=columns):
        for cell in line:
            if cell.value is not None:
                is_formula = cell.data_type == "f"
                cells[cell.coordinate] = {"text": _text(cell.value)} | (
                    {"formula": True} if is_formula else {}
                )
    covered = {
        Place(row, column).address
        for span in sheet.merged_cells.ranges
        for row in range(span.min_row, min(span.max_row, rows) + 1)
        for column in range(span.min_col, min(span.max_col, columns) + 1)
        if (row, column) != (span.min_row, span.min_col)
    }
    return {
        "title": sheet.title,
        "rows": rows,
        "columns": columns,
        "is_cut": sheet.max_row > rows or sheet.max_column > columns,
        "cells": cells,
        "covered": sorted(covered),
    }


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            told = value.date().isoformat()
        case date() | time():
            told = value.isoformat()
        case str():
            told = value
        case _ if hasattr(value, "text"):
            told = f"{value.text}"  # an array formula
        case _:
            told = str(value)
    told = " ".join(told.split())
    return told if len(told) <= _LONGEST_TEXT else f"{told[: _LONGEST_TEXT - 1]}…"
