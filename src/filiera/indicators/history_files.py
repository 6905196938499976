"""Figures of past years from somebody's spreadsheet: years stand above the columns or before the rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.files.rules import CSV, XLSX, UploadRules
from filiera.indicators.definition import Definition, Unit
from filiera.indicators.periods import Period
from filiera.shared.errors import DomainError
from filiera.shared.tables import RowProblem, read_lines

HISTORY_FILES = UploadRules((CSV, XLSX), max_bytes=5 * 1024 * 1024)
MOST_LINES, MOST_PROBLEMS = 200, 200
_FIRST_YEAR = 1990
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_MOST = Decimal(10) ** 15
_LONGEST_NAME = 120


class HistoryUnreadable(DomainError):
    message = gettext_lazy(
        "No years were found. Put them above the columns or before the rows, each as four digits."
    )
    field = "file"


class HistoryHasMistakes(DomainError):
    """Nothing was declared; `problems` says where the table is wrong."""

    message = gettext_lazy("The table has mistakes; nothing was declared.")

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a series."""

    row: int
    column: str
    year: int
    told: str


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """The series of a table by the name that stands before or above each."""

    series: Mapping[str, Sequence[Cell]]

    @property
    def years(self) -> list[int]:
        return sorted({cell.year for cells in self.series.values() for cell in cells if cell.told})


@dataclass(frozen=True, slots=True)
class Told:
    """One figure of one year that a table tells."""

    code: str
    period: Period
    value: Decimal


def read_history(content: bytes, name: str) -> HistoryTable:
    """The series of a table, whichever way its years run.

    Raises UnreadableTable, TableTooLarge, HistoryUnreadable.
    """
    lines = read_lines(content, name)[: MOST_LINES + 1]
    for start, (_number, cells) in enumerate(lines):
        if sum(bool(_YEAR.match(cell)) for cell in cells) >= 2:
            return _across(cells, lines[start + 1 :])
    for start, (_number, cells) in enumerate(lines[1:], start=1):
        if any(_YEAR.match(cell) for cell in cells):
            return _down(lines[start - 1][1], lines[start:])
    raise HistoryUnreadable


def figures_in(
    table: HistoryTable, chosen: Mapping[str, str], definitions: Mapping[str, Definition], at: datetime
) -> list[Told]:
    """The figures of the series chosen for each indicator; an empty cell tells nothing.

    Raises HistoryHasMistakes.
    """
    told, problems = [], []
    for code, name in chosen.items():
        years: set[int] = set()
        for cell in table.series[name]:
            if not cell.told:
                continue
            period = Period(date(cell.year, 1, 1), date(cell.year + 1, 1, 1))
            value = number_in(cell.told)
            wrong = _wrong(value, cell, period, years, definitions[code], at)
            years.add(cell.year)
            if wrong or value is None:
                problems.append(RowProblem(cell.row, cell.column, cell.told[:200], wrong))
            else:
                told.append(Told(code, period, value))
    if problems:
        in_order = sorted(problems, key=lambda problem: (problem.row, problem.column))
        raise HistoryHasMistakes(in_order[:MOST_PROBLEMS])
    return told


def number_in(told: str) -> Decimal | None:
    """A number as people write it: 1.234,5 and 1,234.5 and 1 234 and 77%."""
    text = re.sub(r"[\s\u00a0\u202f'\u2019%\u20ac]", "", told)
    if "," in text and "." in text:
        thousands = min(",.", key=text.rindex)
        text = text.replace(thousands, "").replace(",", ".")
    elif text.count(",") == 1 or text.count(".") == 1:
        # One mark before three digits parts thousands; before fewer or more it parts decimals.
        mark = "," if "," in text else "."
        whole, _mark, rest = text.partition(mark)
        is_thousand = len(rest) == 3 and whole.lstrip("-") not in ("", "0")
        text = whole + rest if is_thousand else f"{whole}.{rest}"
    else:
        text = text.replace(",", "").replace(".", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < _MOST else None


def _wrong(
    value: Decimal | None,
    cell: Cell,
    period: Period,
    years: Iterable[int],
    definition: Definition,
    at: datetime,
) -> str:
    if value is None:
        return _("a number")
    if cell.year < _FIRST_YEAR or period.is_future(at):
        return _("a year from %(first)s to this one") % {"first": _FIRST_YEAR}
    if cell.year in years:
        return _("each year once")
    if value < 0:
        return _("a number that is not below 0")
    if definition.unit == Unit.PERCENT and value > 100:
        return _("at most 100 percent")
    if round(value, definition.precision) != value:
        places = definition.precision
        return _("a whole number") if not places else _("at most %(places)s decimals") % {"places": places}
    return ""


def _across(heads: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> HistoryTable:
    """Years above the columns: each line is a series, named by its first cell that is no year's."""
    years = {place: int(head) for place, head in enumerate(heads) if _YEAR.match(head)}
    series: dict[str, list[Cell]] = {}
    for number, cells in lines:
        name = next((cell for place, cell in enumerate(cells) if place not in years and cell), "")
        if name:
            series[_free(name, series)] = [
                Cell(number, str(year), year, cells[place] if place < len(cells) else "")
                for place, year in years.items()
            ]
    if not series:
        raise HistoryUnreadable
    return HistoryTable(series)


def _down(heads: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> HistoryTable:
    """Years before the rows: each column beside them is a series, named by its heading."""
    at = next(place for place, cell in enumerate(lines[0][1]) if _YEAR.match(cell))
    series: dict[str, list[Cell]] = {}
    for place, head in enumerate(heads):
        if place == at or not head:
            continue
        series[_free(head, series)] = [
            Cell(number, head, int(cells[at]), cells[place] if place < len(cells) else "")
            for number, cells in lines
            if at < len(cells) and _YEAR.match(cells[at])
        ]
    if not series:
        raise HistoryUnreadable
    return HistoryTable(series)


def _free(name: str, taken: Iterable[str]) -> str:
    """The name, or with a number where the table has it twice."""
    name = name[:_LONGEST_NAME]
    known, number, free = set(taken), 2, name
    while free in known:
        free, number = f"{name} ({number})", number + 1
    return free
