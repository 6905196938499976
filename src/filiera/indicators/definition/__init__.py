"""What an indicator is: its words, its unit, and how it is measured; read from YAML and checked."""

from .measures import (
    Change,
    Composite,
    Declared,
    Duration,
    Filters,
    Mean,
    Measure,
    Median,
    Part,
    Ratio,
    Score,
    Share,
    Stock,
    Tally,
)
from .problems import DefinitionHasMistakes, Problem
from .reading import read_definition
from .sets import check_together, read_packaged
from .shape import Better, Breakdown, Definition, Label, PeriodKind, Scheme, Side, Stage, Unit

__all__ = [
    "Better",
    "Breakdown",
    "Change",
    "Composite",
    "Declared",
    "Definition",
    "DefinitionHasMistakes",
    "Duration",
    "Filters",
    "Label",
    "Mean",
    "Measure",
    "Median",
    "Part",
    "PeriodKind",
    "Problem",
    "Ratio",
    "Scheme",
    "Score",
    "Share",
    "Side",
    "Stage",
    "Stock",
    "Tally",
    "Unit",
    "check_together",
    "read_definition",
    "read_packaged",
]
