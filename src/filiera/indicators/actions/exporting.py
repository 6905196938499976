"""What engines on files need beside the facts: scope, regions, editions, priorities, and the bodies."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from filiera.accounts.viewer import Viewer
from filiera.indicators.actions.scope import rebuild_scope
from filiera.indicators.engines.postgres import EDITIONS, PLACES, PRIORITIES
from filiera.indicators.queries.bodies import bodies_with_figures
from filiera.ledger.actions.exports import export_facts, fact_schema


@transaction.atomic
def export_tables(*, folder: Path, by: Viewer, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Write the ledger and what figures need beside it as Parquet into a folder; how many facts there are.

    Raises PermissionDenied.
    """
    facts = export_facts(folder=folder, by=by, progress=progress)
    rebuild_scope()
    _write(folder, "scope", "SELECT body, organisation, since_us, until_us FROM indicators_scoperow", "iiii")
    _write(folder, "places", f"SELECT body, region FROM ({PLACES}) AS place", "ss")  # noqa: S608
    _write(folder, "editions", EDITIONS, "ii")
    _write(folder, "priorities", PRIORITIES, "isii")
    write_bodies(folder, list(bodies_with_figures().values_list("pk", "slug")))
    if facts == 0:
        _write_no_facts(folder)
    return facts


def write_bodies(folder: Path, bodies: list[tuple[int, str]]) -> None:
    """The organisations that have figures, by number and slug."""
    import pyarrow
    import pyarrow.parquet

    numbers, slugs = [number for number, _slug in bodies], [slug for _number, slug in bodies]
    schema = pyarrow.schema([("body", pyarrow.int64()), ("slug", pyarrow.string())])
    pyarrow.parquet.write_table(pyarrow.table([numbers, slugs], schema=schema), folder / "bodies.parquet")


def _write(folder: Path, name: str, statement: str, types: str) -> None:
    import pyarrow
    import pyarrow.parquet

    with connection.cursor() as cursor:
        cursor.execute(statement, {"zone": settings.FIGURES_ZONE})
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    kinds = {"i": pyarrow.int64(), "s": pyarrow.string()}
    schema = pyarrow.schema([(column, kinds[kind]) for column, kind in zip(names, types, strict=True)])
    columns: list[Any] = [[row[place] for row in rows] for place in range(len(names))]
    pyarrow.parquet.write_table(pyarrow.table(columns, schema=schema), folder / f"{name}.parquet")


def _write_no_facts(folder: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(fact_schema().empty_table(), folder / "facts-0000.parquet")
