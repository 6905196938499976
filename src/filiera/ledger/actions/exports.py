"""The ledger as Parquet, for engines that read files: one file a year, streamed, each taken over whole."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from filiera.accounts.viewer import Viewer
from filiera.ledger import policies
from filiera.ledger.columns import FACT_COLUMNS, FACTS_WITH_ORGANISATIONS, STANDING

_ROWS_IN_GROUP = 200_000
_BYTES_IN_BLOCK = 8 << 20
Progress = Callable[[int], None]


@transaction.atomic
def export_facts(*, folder: Path, by: Viewer, progress: Progress = lambda rows: None) -> int:
    """Write every fact into `facts-<year>.parquet` of a folder; how many there are.

    `standing` says that a fact was neither reversed nor reverses another. Within a file facts are sorted by
    kind and time, so that a reader of one kind skips the rest. In a transaction that repeats its reads all
    files are of one moment.
    Raises PermissionDenied.
    """
    if not policies.can_view_whole_ledger(by):
        raise PermissionDenied
    folder.mkdir(parents=True, exist_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT year FROM ledger_fact ORDER BY year")
        years = [year for (year,) in cursor.fetchall()]
    written = 0
    for year in years:
        written = _export_year(folder, year, written, progress)
    for file in folder.glob("facts-*.parquet"):
        if file.stem.removeprefix("facts-") not in {str(year) for year in years}:
            file.unlink()
    return written


def _export_year(folder: Path, year: int, written: int, progress: Progress) -> int:
    import pyarrow.parquet  # only those who export need it

    file = folder / f"facts-{year}.parquet"
    unfinished = file.with_suffix(".unfinished")
    schema = fact_schema()
    with pyarrow.parquet.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        for batch in _batches(year, schema):
            writer.write_table(batch, row_group_size=_ROWS_IN_GROUP)
            written += batch.num_rows
            progress(written)
    unfinished.replace(file)
    return written


def fact_schema() -> Any:
    """The columns of the files, as Arrow names them."""
    import pyarrow

    types = {
        "int64": pyarrow.int64(),
        "string": pyarrow.string(),
        "decimal(16, 4)": pyarrow.decimal128(16, 4),
        "decimal(16, 2)": pyarrow.decimal128(16, 2),
    }
    fields = [(column.name, types[column.arrow_type]) for column in FACT_COLUMNS]
    return pyarrow.schema([*fields, ("standing", pyarrow.bool_())])


def _batches(year: int, schema: Any) -> Iterator[Any]:
    import pyarrow
    import pyarrow.csv

    columns = ", ".join(f"{column.expression} AS {column.name}" for column in FACT_COLUMNS)
    rows = (
        f"SELECT {columns}, ({STANDING}) AS standing FROM {FACTS_WITH_ORGANISATIONS}"  # noqa: S608
        f" WHERE fact.year = {int(year)} ORDER BY fact.kind, fact.happened_at, fact.id"
    )
    driver: Any = connection.connection
    with driver.cursor() as cursor, cursor.copy(f"COPY ({rows}) TO STDOUT (FORMAT csv)") as copied:
        reader = pyarrow.csv.open_csv(
            # Whole blocks: the server sends a row at a time, and each answer to a read becomes a batch.
            pyarrow.PythonFile(io.BufferedReader(_Stream(copied), _BYTES_IN_BLOCK), mode="r"),
            read_options=pyarrow.csv.ReadOptions(column_names=schema.names, block_size=_BYTES_IN_BLOCK),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=schema,
                true_values=["t"],
                false_values=["f"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        waiting: list[Any] = []
        for batch in reader:
            waiting.append(batch)
            if sum(part.num_rows for part in waiting) >= _ROWS_IN_GROUP:
                yield pyarrow.Table.from_batches(waiting, schema)
                waiting = []
        yield pyarrow.Table.from_batches(waiting, schema)


class _Stream(io.RawIOBase):
    """The answer of a COPY as a file to read from."""

    def __init__(self, copied: Any) -> None:
        self._parts = iter(copied)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = bytes(part)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
