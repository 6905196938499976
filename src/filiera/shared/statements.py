"""Questions to the database that are put into SQL once: at every page, writing them would cost more."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

Statement = tuple[str, tuple[Any, ...]]


def first_row(statement: Statement, values: Mapping[Any, Any]) -> tuple[Any, ...] | None:
    """The first row of the answer; `values` says by what each parameter of the statement is replaced."""
    sql, parameters = statement
    # The backend of this platform can have the server plan a statement once; any other asks as usual.
    open_cursor = getattr(connection, "planned_cursor", connection.cursor)
    with open_cursor() as cursor:
        cursor.execute(sql, [values.get(each, each) for each in parameters])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
