"""Figures of several poles together, from the facts: a firm that is a member of two counts once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction

from filiera.indicators.computing import Computed, Task, compute
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definitions, with_needed

_UNION = """
INSERT INTO indicators_scoperow (body, organisation, since_us, until_us)
SELECT %(whole)s, organisation, lower(span), upper(span) FROM (
    SELECT organisation, range_agg(int8range(since_us, until_us)) AS spans
    FROM indicators_scoperow WHERE body = ANY(%(bodies)s) GROUP BY organisation
) AS merged, unnest(spans) AS span
"""


def figures_together(
    bodies: Collection[int], codes: Sequence[str], period: Period, at: datetime
) -> dict[str, Computed]:
    """The figures that these bodies have as one, by code.

    What they declared each for themselves is not added up: nobody could say what it counts twice. The scope
    of the whole is written for the time of the statements and taken back.
    """
    if not bodies or not codes:
        return {}
    definitions = with_needed(codes, current_definitions())
    with transaction.atomic():
        kept = transaction.savepoint()
        with connection.cursor() as cursor:
            # No organisation has a negative number, and no other connection this one.
            cursor.execute("SELECT -pg_backend_pid()")
            [whole] = cursor.fetchone()
            cursor.execute(_UNION, {"whole": whole, "bodies": sorted(bodies)})
        task = Task(periods=(period,), at=at, bodies=(whole,))
        found = {figure.definition.code: figure for figure in compute(definitions, task, PostgresEngine())}
        transaction.savepoint_rollback(kept)
    return {code: found[code] for code in codes if code in found}
