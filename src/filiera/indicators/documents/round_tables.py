"""The report of a round, and its firms, as rows for a spreadsheet."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from filiera.indicators.models import CollectionFirm
from filiera.indicators.periods import day_of
from filiera.indicators.queries.round_report import Cell, ReportLine, RoundReport
from filiera.shared import tables

Table = tuple[list[str], list[list[tables.Cell]]]


def report_rows(report: RoundReport) -> Table:
    """One row for each figure and pole, the whole first; numbers are numbers, with why there is none."""
    header = [
        _("Figure"),
        _("Code"),
        _("Period"),
        _("Of"),
        _("Value"),
        _("Unit"),
        _("Why no value"),
        _("Declared"),
        _("Firms that answered"),
        _("Firms asked"),
        _("Accepted on"),
    ]
    rows = [row for line in (*report.figures, *report.answers) for row in _rows(report, line)]
    return header, rows


def _rows(report: RoundReport, line: ReportLine) -> Iterator[list[tables.Cell]]:
    whole = [(_("all poles together"), line.whole, report.round.frozen_at)] if line.whole else []
    cells = [
        (pole.part.organisation.name_here, cell, pole.part.accepted_at)
        for pole, cell in zip(report.poles, line.cells, strict=True)
    ]
    for name, cell, accepted_at in (*whole, *cells):
        yield [
            line.name,
            line.code,
            report.round.period.code,
            name,
            None if cell.value is None else float(cell.value),
            line.unit,
            "" if cell.value is not None else cell.words,
            _("yes") if cell.is_declared else "",
            _count(cell, "answers"),
            _count(cell, "asked"),
            day_of(accepted_at) if accepted_at else None,
        ]


def _count(cell: Cell, name: str) -> int | None:
    told = getattr(cell, name)
    return int(told) if told is not None else None


def firm_rows(firms: Sequence[CollectionFirm]) -> Table:
    """The table of addresses to fill in and bring back; the keys of columns stay in English for that."""
    header = ["key", "name", "email", "language", "answered"]
    rows: list[list[tables.Cell]] = [
        [
            firm.organisation.slug,
            firm.organisation.name,
            firm.email,
            firm.language,
            day_of(firm.answered_at) if firm.answered_at else None,
        ]
        for firm in firms
    ]
    return header, rows
