"""Panels of firms as they are uploaded: which columns there are, and every row read or told why not."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.files.rules import CSV, PARQUET, XLSX, UploadRules
from filiera.shared.errors import DomainError
from filiera.shared.tables import RowProblem, UnreadableTable, read_lines

if TYPE_CHECKING:
    from filiera.indicators.impact import Panel

PANELS = UploadRules((CSV, XLSX, PARQUET), max_bytes=20 * 1024 * 1024)
MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_PROBLEMS = 200
MOST_LEVELS = 60
MOST_YEARS = 60
LONGEST_NAME = 100
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_USUAL = {
    "firm": (
        "firm", "firm_id", "id", "company", "vat_number",
        "impresa", "azienda", "id_impresa", "partita_iva",
    ),
    "year": ("year", "anno"),
    "joined": (
        "joined", "joined_year", "treated_year", "treated", "member_since",
        "anno_adesione", "adesione",
    ),
    "classes": (
        "sector", "nace", "size_class", "size", "region", "nuts",
        "settore", "ateco", "classe_dimensionale", "dimensione", "regione",
    ),
}  # fmt: skip


class ColumnsOfPanelWrong(DomainError):
    message = gettext_lazy(
        "Every column of the table needs a name of its own, at most 100 characters long, and there may be "
        "200 of them at most."
    )


class PanelTooLarge(DomainError):
    message = gettext_lazy(
        "This panel is too large: at most 20,000 rows as CSV or XLSX, at most 200,000 as Parquet."
    )


class PanelHasMistakes(DomainError):
    """Nothing was taken over; `problems` says where the table is wrong."""

    message = gettext_lazy("The panel has mistakes; nothing of it was taken over.")

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """Which column holds what; names of columns as the file has them."""

    firm: str
    year: str
    joined: str
    outcomes: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (self.firm, self.year, self.joined, *self.outcomes, *self.covariates, *self.classes)

    def as_json(self) -> dict[str, Any]:
        return {
            "firm": self.firm,
            "year": self.year,
            "joined": self.joined,
            "outcomes": list(self.outcomes),
            "covariates": list(self.covariates),
            "classes": list(self.classes),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "PanelColumns":
        return cls(
            firm=told["firm"],
            year=told["year"],
            joined=told["joined"],
            outcomes=tuple(told["outcomes"]),
            covariates=tuple(told["covariates"]),
            classes=tuple(told["classes"]),
        )


@dataclass(frozen=True, slots=True)
class PanelRows:
    """A panel read and right: one entry for each row, missing values as None."""

    columns: PanelColumns
    firms: list[str]
    years: list[int]
    joined: list[int | None]
    numbers: dict[str, list[float | None]]
    classes: dict[str, list[str]]

    def summary(self) -> dict[str, int]:
        """What a page tells about the panel without naming anybody."""
        joined = dict(zip(self.firms, self.joined, strict=True))
        return {
            "rows": len(self.firms),
            "firms": len(joined),
            "members": sum(year is not None for year in joined.values()),
            "first_year": min(self.years),
            "last_year": max(self.years),
        }

    def panel(self, outcome: str, covariates: Sequence[str], classes: Sequence[str]) -> "Panel":
        """The arrays of a study of this outcome."""
        import numpy as np  # page processes do without

        from filiera.indicators.impact import NEVER, Panel

        firm_at = {name: number for number, name in enumerate(sorted(set(self.firms)))}
        first, last = min(self.years), max(self.years)
        shape = (len(firm_at), last - first + 1)
        rows = np.array([firm_at[name] for name in self.firms])
        years = np.array(self.years) - first
        joined = np.full(len(firm_at), NEVER, dtype=np.int64)
        joined[rows] = [NEVER if year is None else year for year in self.joined]
        numbers = np.full((*shape, 1 + len(covariates)), np.nan)
        for place, name in enumerate((outcome, *covariates)):
            numbers[rows, years, place] = [math.nan if v is None else v for v in self.numbers[name]]
        codes = np.full((*shape, len(classes)), -1, dtype=np.int64)
        for place, name in enumerate(classes):
            level_at = {level: code for code, level in enumerate(sorted(set(self.classes[name]) - {""}))}
            codes[rows, years, place] = [level_at.get(level, -1) for level in self.classes[name]]
        return Panel(
            first_year=first,
            joined=joined,
            outcome=numbers[:, :, 0],
            covariates=numbers[:, :, 1:],
            classes=codes,
            covariate_names=tuple(covariates),
            class_names=tuple(classes),
        )


def headings_of(content: bytes, name: str) -> list[str]:
    """The names of the columns of an uploaded file.

    Raises UnreadableTable, TableTooLarge, PanelTooLarge, ColumnsOfPanelWrong.
    """
    headings = _parquet_headings(content) if _is_parquet(content) else _lines(content, name)[0][1]
    names = [heading.strip() for heading in headings]
    is_wrong = "" in names or len(set(names)) < len(names) or len(names) > MOST_COLUMNS
    if is_wrong or any(len(heading) > LONGEST_NAME for heading in names):
        raise ColumnsOfPanelWrong
    return names


def guessed_columns(headings: Sequence[str]) -> dict[str, Any]:
    """Which columns probably hold what, by their names; somebody looks at it before it counts."""
    by_name = {heading.lower().strip(): heading for heading in headings}
    guess: dict[str, Any] = {
        field: next((by_name[name] for name in _USUAL[field] if name in by_name), "")
        for field in ("firm", "year", "joined")
    }
    guess["classes"] = [by_name[name] for name in _USUAL["classes"] if name in by_name]
    return guess


def read_panel(content: bytes, name: str, columns: PanelColumns) -> PanelRows:
    """Every row of the file, or every mistake in it.

    Raises UnreadableTable, TableTooLarge, PanelTooLarge, PanelHasMistakes.
    """
    numbers, cells = _cells(content, name, columns.all)
    reader = _Reader(numbers, cells)
    rows = PanelRows(
        columns=columns,
        firms=reader.firms(columns.firm),
        years=reader.years(columns.year),
        joined=reader.joined(columns.joined),
        numbers={
            name: reader.numbers(name) for name in dict.fromkeys((*columns.outcomes, *columns.covariates))
        },
        classes={name: reader.classes(name) for name in columns.classes},
    )
    reader.check_together(rows)
    if reader.problems:
        raise PanelHasMistakes(sorted(reader.problems, key=lambda problem: problem.row)[:MOST_PROBLEMS])
    return rows


class _Reader:
    """Reads column by column and remembers what was wrong, and in which row."""

    def __init__(self, numbers: Sequence[int], cells: Mapping[str, list[str]]) -> None:
        self.row_numbers, self.cells = numbers, cells
        self.problems: list[RowProblem] = []

    def firms(self, column: str) -> list[str]:
        for at, cell in enumerate(self.cells[column]):
            if not cell or len(cell) > LONGEST_NAME:
                self._refuse(at, column, cell, _("the firm, by a number or a code that stays the same"))
        return self.cells[column]

    def years(self, column: str) -> list[int]:
        return [self._year(at, column, cell) or 0 for at, cell in enumerate(self.cells[column])]

    def joined(self, column: str) -> list[int | None]:
        return [self._year(at, column, cell) if cell else None for at, cell in enumerate(self.cells[column])]

    def numbers(self, column: str) -> list[float | None]:
        return [
            self._number(at, column, cell) if cell else None for at, cell in enumerate(self.cells[column])
        ]

    def classes(self, column: str) -> list[str]:
        levels = set(self.cells[column]) - {""}
        if len(levels) > MOST_LEVELS:
            self._refuse(
                0,
                column,
                str(len(levels)),
                _("at most %(count)s different values, to compare within") % {"count": MOST_LEVELS},
            )
        return self.cells[column]

    def check_together(self, rows: PanelRows) -> None:
        if not rows.firms:
            self._refuse(0, rows.columns.firm, "", _("at least one row"))
            return
        known = [year for year in rows.years if year]
        if known and max(known) - min(known) >= MOST_YEARS:
            self._refuse(
                0, rows.columns.year, "", _("at most %(count)s years in all") % {"count": MOST_YEARS}
            )
        seen: set[tuple[str, int]] = set()
        joined: dict[str, int | None] = {}
        for at, (firm, year, since) in enumerate(zip(rows.firms, rows.years, rows.joined, strict=True)):
            if (firm, year) in seen and year:
                self._refuse(at, rows.columns.year, str(year), _("each year of a firm once"))
            seen.add((firm, year))
            if joined.setdefault(firm, since) != since:
                self._refuse(
                    at,
                    rows.columns.joined,
                    self.cells[rows.columns.joined][at],
                    _("the same year of joining in all rows of a firm"),
                )

    def _year(self, at: int, column: str, cell: str) -> int | None:
        text = cell.removesuffix(".0")
        if text.isascii() and text.isdigit() and _FIRST_YEAR <= int(text[:6]) <= _LAST_YEAR:
            return int(text)
        self._refuse(at, column, cell, _("a year such as 2019"))
        return None

    def _number(self, at: int, column: str, cell: str) -> float | None:
        text = cell.replace(",", ".") if "." not in cell and cell.count(",") == 1 else cell
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number) and "_" not in text:
            return number
        self._refuse(at, column, cell, _("a number such as 1234.5, without signs between thousands"))
        return None

    def _refuse(self, at: int, column: str, value: str, expected: str) -> None:
        number = self.row_numbers[at] if at < len(self.row_numbers) else 1
        self.problems.append(RowProblem(number, column, value[:100], expected))


def _is_parquet(content: bytes) -> bool:
    return content[:4] == b"PAR1"


def _lines(content: bytes, name: str) -> list[tuple[int, list[str]]]:
    lines = read_lines(content, name)
    if not lines:
        raise UnreadableTable
    return lines


def _cells(content: bytes, name: str, columns: Sequence[str]) -> tuple[Sequence[int], dict[str, list[str]]]:
    """The numbers of the rows as a spreadsheet shows them, and the cells of these columns."""
    if _is_parquet(content):
        return _parquet_cells(content, columns)
    (_first, headings), *lines = _lines(content, name)
    at = {heading.strip(): place for place, heading in enumerate(headings)}
    cells = {
        column: [line[at[column]] if at[column] < len(line) else "" for _number, line in lines]
        for column in columns
    }
    return [number for number, _line in lines], cells


def _parquet_headings(content: bytes) -> list[str]:
    import pyarrow as pa  # page processes do without
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableTable from error
    if file.metadata.num_rows > MOST_ROWS:
        raise PanelTooLarge
    return list(file.schema_arrow.names)


def _parquet_cells(content: bytes, columns: Sequence[str]) -> tuple[Sequence[int], dict[str, list[str]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    _parquet_headings(content)
    try:
        table = pq.read_table(io.BytesIO(content), columns=list(dict.fromkeys(columns)))
        cells = {name: [_written(cell) for cell in table[name].to_pylist()] for name in table.column_names}
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise UnreadableTable from error
    return range(2, table.num_rows + 2), cells


def _written(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
