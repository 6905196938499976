"""The live tables: what was recorded a moment ago is in the figure."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from filiera.indicators.engines.compiler import Dialect
from filiera.indicators.engines.questions import Question, Row, as_rows
from filiera.ledger.columns import FACT_COLUMNS, FACTS_WITH_ORGANISATIONS, STANDING
from filiera.ledger.kinds import all_kinds

_COLUMNS = ", ".join(f"{column.expression} AS {column.name}" for column in FACT_COLUMNS)
PLACES = """
SELECT code AS body, code AS region FROM reference_region
UNION SELECT parent_id, code FROM reference_region WHERE parent_id IS NOT NULL
UNION SELECT above.parent_id, below.code FROM reference_region AS below
    JOIN reference_region AS above ON above.code = below.parent_id WHERE above.parent_id IS NOT NULL
"""
EDITIONS = "SELECT subject, edition_id AS edition FROM indicators_subjectedition"


class PostgresEngine:
    """Runs statements on the platform's own database."""

    dialect: Dialect = "postgres"

    def rows(self, statement: str, question: Question) -> Iterator[Row]:
        values: dict[str, Any] = {
            "kinds": list(question.kinds),
            "bodies": None if question.bodies is None else list(question.bodies),
            "regions": None if question.regions is None else list(question.regions),
            "until": question.until_us,
            "since": question.since_us,
        }
        with connection.cursor() as cursor:
            cursor.execute(self._with_sources(statement, question), values)
            columns = [column.name for column in cursor.description or ()]
            yield from as_rows(columns, cursor.fetchall())

    def known_from(self, question: Question) -> dict[int | str, int]:
        told = _KNOWN_REGIONS if question.shape.bodies == "region" else _KNOWN_BODIES
        with connection.cursor() as cursor:
            cursor.execute(
                told,
                {
                    "bodies": None if question.bodies is None else list(question.bodies),
                    "regions": None if question.regions is None else list(question.regions),
                },
            )
            return dict(cursor.fetchall())

    def recorded_from(self) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(_RECORDED, {"kinds": [kind.code for kind in all_kinds()]})
            return dict(cursor.fetchall())

    def _with_sources(self, statement: str, question: Question) -> str:
        earlier = "" if question.needs_earlier else f"AND fact.happened_at >= {_MOMENT % 'since'}"
        of_edition, editions = "NULL::bigint", ""
        if question.shape.breakdown == "edition":
            of_edition, editions = "edition", "LEFT JOIN editions USING (subject)"
        return f"""
WITH editions AS ({EDITIONS}),
facts AS (
    SELECT fact.*, ({question.period_case()})::smallint AS period, {of_edition} AS edition
    FROM (
        SELECT {_COLUMNS} FROM {FACTS_WITH_ORGANISATIONS}
        WHERE fact.kind = ANY(%(kinds)s) AND fact.happened_at < {_MOMENT % "until"} {earlier} AND {STANDING}
    ) AS fact {editions}
),
scope AS (
    SELECT body, organisation, since_us, until_us FROM indicators_scoperow
    WHERE %(bodies)s::bigint[] IS NULL OR body = ANY(%(bodies)s)
),
places AS (
    SELECT * FROM ({PLACES}) AS place WHERE %(regions)s::text[] IS NULL OR body = ANY(%(regions)s)
),
periods AS ({question.period_table()})
SELECT * FROM ({statement.replace("%", "%%")}) AS figures
"""


_MOMENT = "'epoch'::timestamptz + %%(%s)s * interval '1 microsecond'"
_ASKED = """
    %(bodies)s::bigint[] IS NULL
    OR {side} IN (SELECT organisation FROM indicators_scoperow WHERE body = ANY(%(bodies)s))
"""
_FIRST = f"""
    SELECT organisation, (extract(epoch FROM min(first_at)) * 1000000)::bigint AS first_us FROM (
        SELECT organisation_id AS organisation, min(happened_at) AS first_at
        FROM ledger_fact WHERE {_ASKED.format(side="organisation_id")} GROUP BY 1
        UNION ALL
        SELECT counterpart_id, min(happened_at)
        FROM ledger_fact WHERE {_ASKED.format(side="counterpart_id")} GROUP BY 1
    ) AS sides GROUP BY 1
"""
_KNOWN_BODIES = f"""
SELECT body, min(greatest(first_us, since_us)) FROM ({_FIRST}) AS firsts
JOIN indicators_scoperow AS scope USING (organisation)
WHERE first_us < until_us AND (%(bodies)s::bigint[] IS NULL OR body = ANY(%(bodies)s))
GROUP BY body
"""
# The first of each kind by its index: a ledger of millions is not read for it.
_RECORDED = """
SELECT split_part(kind, '.', 1), (extract(epoch FROM min(first_at)) * 1000000)::bigint FROM (
    SELECT kind, (SELECT min(happened_at) FROM ledger_fact WHERE ledger_fact.kind = known.kind) AS first_at
    FROM unnest(%(kinds)s::text[]) AS known (kind)
) AS firsts WHERE first_at IS NOT NULL GROUP BY 1
"""
_KNOWN_REGIONS = f"""
SELECT body, (min(extract(epoch FROM happened_at)) * 1000000)::bigint FROM ledger_fact
JOIN ({PLACES}) AS place ON place.region = ledger_fact.region_id
WHERE %(regions)s::text[] IS NULL OR body = ANY(%(regions)s)
GROUP BY body
"""
