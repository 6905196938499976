"""How much the database reads for a statement."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection


def most_rows(statement: str) -> float:
    """The most rows that a step of its plan gives to the next one, as it is run."""
    return max(step["Actual Rows"] * step["Actual Loops"] for step in _steps(statement))


def most_left_out(statement: str) -> float:
    """The most rows that a step of its plan reads in vain, as it is run."""
    return max(step.get("Rows Removed by Filter", 0) * step["Actual Loops"] for step in _steps(statement))


def _steps(statement: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        [[told]] = cursor.fetchall()
    [plan] = json.loads(told) if isinstance(told, str) else told
    return list(_all_of(plan["Plan"]))


def _all_of(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for below in step.get("Plans", ()):
        yield from _all_of(below)
