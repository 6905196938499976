"""How much the database reads for a statement."""

import json
from typing import Any

from django.db import connection


def most_rows(statement: str) -> float:
    """The most rows that a step of its plan gives to the next one, as it is run."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
        [[told]] = cursor.fetchall()
    [plan] = json.loads(told) if isinstance(told, str) else told
    return _most(plan["Plan"])


def _most(step: dict[str, Any]) -> float:
    return max([step["Actual Rows"] * step["Actual Loops"], *map(_most, step.get("Plans", ()))])
