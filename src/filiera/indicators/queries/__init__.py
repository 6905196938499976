"""Figures and what stands behind them: the interface that pages and the rooms above rely on."""

from .bodies import has_made_up_members
from .definitions import UnknownIndicator, current_definition, current_definitions, current_versions
from .editions import (
    EditionAnswers,
    EditionFigure,
    edition_breakdown,
    edition_breakdowns,
    edition_facts,
    edition_figure,
    edition_figures,
    edition_parts,
    edition_records,
    edition_series,
)
from .explaining import explain
from .figures import (
    Figure,
    FigureNotFound,
    History,
    breakdown_of,
    figure,
    figures_of,
    history_of,
    not_computed,
    region_figures,
    region_series,
    series_of,
)
from .many import computed_series, figures_of_many
from .records import Records, facts_behind, records_of

__all__ = [
    "EditionAnswers",
    "EditionFigure",
    "Figure",
    "FigureNotFound",
    "History",
    "Records",
    "UnknownIndicator",
    "breakdown_of",
    "computed_series",
    "current_definition",
    "current_definitions",
    "current_versions",
    "edition_breakdown",
    "edition_breakdowns",
    "edition_facts",
    "edition_figure",
    "edition_figures",
    "edition_parts",
    "edition_records",
    "edition_series",
    "explain",
    "facts_behind",
    "figure",
    "figures_of",
    "figures_of_many",
    "has_made_up_members",
    "history_of",
    "not_computed",
    "records_of",
    "region_figures",
    "region_series",
    "series_of",
]
