"""Figures as CSV for machines and as XLSX for people, who find every definition on a sheet beside them."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filiera.indicators.definition import Breakdown, Definition
from filiera.indicators.exports.rows import FigureRow
from filiera.indicators.words import measure_words
from filiera.shared.tables import Cell, Sheet, as_csv, as_workbook
from filiera.texts.languages import translated

# Stable names: other programs read them.
COLUMNS = (
    "indicator",
    "organisation",
    "period",
    "breakdown",
    "part",
    "value",
    "unit",
    "reason",
    "definition_version",
    "facts",
    "declared",
    "running",
    "demonstration",
    "computed_at",
    "address",
)


def figures_csv(rows: Sequence[FigureRow]) -> bytes:
    """One line for each figure, with codes instead of words."""
    return as_csv(COLUMNS, (_coded(row) for row in rows))


def figures_xlsx(rows: Sequence[FigureRow]) -> bytes:
    """Three sheets: figures, their definitions, and how to read both."""
    return as_workbook([figures_sheet(rows), definitions_sheet(rows), _reading_sheet()])


def figures_sheet(rows: Sequence[FigureRow]) -> Sheet:
    """One row for each figure, in the page's language; numbers are numbers."""
    header = (
        _("Indicator"),
        _("Code"),
        _("Organisation or region"),
        _("Period"),
        _("Broken down by"),
        _("Part"),
        pgettext("figure", "Value"),
        _("Unit"),
        _("Why there is no value"),
        _("Version of the definition"),
        _("Facts"),
        _("Declared"),
        _("Still running"),
        _("Demonstration"),
        _("Computed (UTC)"),
        _("Definition, records and history"),
    )
    widths = (44, 26, 34, 12, 16, 22, 14, 18, 26, 10, 10, 10, 12, 14, 20, 60)
    return Sheet(_("Figures"), header, (_worded(row) for row in rows), widths)


def definitions_sheet(rows: Iterable[FigureRow]) -> Sheet:
    """What each figure means, and how it is measured; every definition once."""
    known = {row.definition.code: row.definition for row in rows}
    header = (
        _("Code"),
        _("Version of the definition"),
        _("Indicator"),
        _("What it says"),
        _("Measured as"),
        _("Unit"),
        _("Decimals"),
        _("Stage of the logic model"),
        _("Which direction is better"),
        _("Breaks down by"),
        _("Told from this many cases on"),
        _("Label and other schemes"),
    )
    widths = (26, 10, 44, 70, 60, 18, 10, 16, 20, 30, 12, 60)
    return Sheet(_("Definitions"), header, [_defined(known[code], known) for code in sorted(known)], widths)


def _reading_sheet() -> Sheet:
    notes = (
        _("Every figure is computed from facts of the ledger, or declared with evidence and marked so."),
        _("Where there is no value the reason stands beside it. No value is not 0."),
        _("A figure that is still running counts what has happened until it was computed."),
        _("The address of a figure leads to its definition, its records and its history."),
        _("What is marked demonstration counts people and firms that were made up."),
        _("Figures of a network or region are computed from facts, each counted once; they are not sums."),
    )
    return Sheet(_("How to read this"), (_("How to read this"),), [(note,) for note in notes], (110,))


def _coded(row: FigureRow) -> Sequence[Cell]:
    return (
        row.definition.code,
        row.body,
        row.period.code,
        row.dimension,
        row.part,
        row.number,
        row.definition.unit.value,
        row.missing,
        row.definition.version,
        row.facts,
        "yes" if row.is_declared else "no",
        "yes" if row.is_open else "no",
        "yes" if row.is_made_up else "no",
        row.computed_at,
        row.address,
    )


def _worded(row: FigureRow) -> Sequence[Cell]:
    return (
        translated(row.definition.names),
        row.definition.code,
        row.body_name,
        row.period.code,
        str(Breakdown(row.dimension).label) if row.dimension else "",
        row.part_name,
        row.number,
        str(row.definition.unit.label),
        row.reason,
        row.definition.version,
        row.facts,
        _("yes") if row.is_declared else _("no"),
        _("yes") if row.is_open else _("no"),
        _("yes") if row.is_made_up else _("no"),
        row.computed_at,
        row.address,
    )


def _defined(definition: Definition, known: Mapping[str, Definition]) -> Sequence[Cell]:
    serves = [_("label %(code)s") % {"code": label.code} for label in definition.labels]
    serves += [
        f"{scheme.scheme}: {scheme.indicator} {scheme.source}".strip() for scheme in definition.schemes
    ]
    return (
        definition.code,
        definition.version,
        translated(definition.names),
        translated(definition.descriptions),
        measure_words(definition, known),
        str(definition.unit.label),
        definition.precision,
        str(definition.stage.label),
        str(definition.better.label),
        ", ".join(str(breakdown.label) for breakdown in definition.breakdowns),
        definition.minimum_group or None,
        "; ".join(serves),
    )
