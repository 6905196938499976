"""Figures as files: CSV, XLSX with the definitions beside them, and SDMX-CSV 2.0 with its structure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from filiera.shared.tables import CSV_TYPE, XLSX_TYPE

from .rows import FigureRow, rows_of
from .sdmx import sdmx_csv
from .tables import figures_csv, figures_xlsx

__all__ = ["FORMATS", "FigureRow", "FileFormat", "rows_of"]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One kind of file: what it is called and how it is written."""

    extension: str
    content_type: str
    write: Callable[[Sequence[FigureRow]], bytes]


FORMATS = {
    "csv": FileFormat("csv", CSV_TYPE, figures_csv),
    "xlsx": FileFormat("xlsx", XLSX_TYPE, figures_xlsx),
    # The media type that the format's specification names.
    "sdmx-csv": FileFormat("csv", "application/vnd.sdmx.data+csv;version=2.0.0", sdmx_csv),
}
