"""Figures as SDMX-CSV 2.0: one line for each figure, keyed by the structure that `structure.py` describes."""

import csv
import io
from collections.abc import Iterator, Sequence

from filiera.indicators.definition import Breakdown, PeriodKind
from filiera.indicators.engines.forming import Missing
from filiera.indicators.exports.rows import FigureRow

AGENCY, VERSION = "FILIERA", "1.0.0"
DATAFLOW = f"{AGENCY}:DF_FIGURES({VERSION})"
# Not broken down, not applicable, not told: the codes that the standard's guidelines reserve.
TOTAL, NOT_APPLICABLE, UNKNOWN = "_T", "_Z", "_U"

KEY = ("FREQ", "INDICATOR", "ORGANISATION", "REF_AREA")
BREAKDOWNS = tuple(breakdown.value.upper() for breakdown in Breakdown)
TIME, VALUE = "TIME_PERIOD", "OBS_VALUE"
ATTRIBUTES = (
    "UNIT_MEASURE",
    "OBS_STATUS",
    "DECIMALS",
    "DEFINITION_VERSION",
    "ORIGIN",
    "REASON",
    "DEMONSTRATION",
)
COLUMNS = ("STRUCTURE", "STRUCTURE_ID", "ACTION", *KEY, *BREAKDOWNS, TIME, VALUE, *ATTRIBUTES)

FREQUENCIES = {PeriodKind.YEAR: "A", PeriodKind.QUARTER: "Q", PeriodKind.MONTH: "M"}
NORMAL, PROVISIONAL, GENERIC = "A", "P", "O"
# Suppressed; exist but were not collected; cannot exist.
_SUPPRESSED, _NOT_COLLECTED, _CANNOT_EXIST = "Q", "L", "M"
_STATUS = {
    Missing.TOO_FEW: _SUPPRESSED,
    Missing.NOT_RECORDED: _NOT_COLLECTED,
    Missing.BEFORE_RECORDS: _NOT_COLLECTED,
    Missing.NOT_DECLARED: _NOT_COLLECTED,
    Missing.FUTURE: _CANNOT_EXIST,
    Missing.NO_CASES: _CANNOT_EXIST,
    Missing.NOTHING_TO_DIVIDE_BY: _CANNOT_EXIST,
    Missing.NOT_FOR_REGIONS: _CANNOT_EXIST,
    Missing.NOT_FOR_EDITIONS: _CANNOT_EXIST,
}


def sdmx_csv(rows: Sequence[FigureRow]) -> bytes:
    """UTF-8 without a mark before it: the first column's name is the format's own."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(list(_line(row)) for row in rows)
    return text.getvalue().encode()


def status_of(row: FigureRow) -> str:
    """How the observation is to be taken, by the codes of the standard's list of observation statuses."""
    if row.value is not None:
        return PROVISIONAL if row.is_open else NORMAL
    return _STATUS[Missing(row.missing)] if row.missing in _STATUS else GENERIC


def _line(row: FigureRow) -> Iterator[str]:
    yield from ("dataflow", DATAFLOW, "I")
    yield FREQUENCIES[row.period.kind]
    yield row.definition.code
    yield NOT_APPLICABLE if row.is_region else row.body
    yield row.body if row.is_region else NOT_APPLICABLE
    for breakdown in Breakdown:
        yield (row.part or UNKNOWN) if breakdown == row.dimension else TOTAL
    yield row.period.code
    yield "" if row.number is None else f"{row.number:f}"
    yield row.definition.unit.value.upper()
    yield status_of(row)
    yield str(row.definition.precision)
    yield str(row.definition.version)
    yield "DECLARED" if row.is_declared else "COMPUTED"
    yield "" if row.value is not None else row.missing.upper()
    yield "true" if row.is_made_up else "false"
