"""The live tables: what was recorded a moment ago is in the figure."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from filiera.indicators.engines.compiler import Dialect
from filiera.indicators.engines.questions import Question, Row, as_rows
from filiera.indicators.engines.tables import BEGINNING_US, ENDLESS_US
from filiera.ledger.columns import FACT_COLUMNS, FACTS_WITH_ORGANISATIONS, STANDING, standing_until
from filiera.ledger.kinds import all_kinds

_COLUMNS = ", ".join(f"{column.expression} AS {column.name}" for column in FACT_COLUMNS)
PLACES = """
SELECT code AS body, code AS region FROM reference_region
UNION SELECT parent_id, code FROM reference_region WHERE parent_id IS NOT NULL
UNION SELECT above.parent_id, below.code FROM reference_region AS below
    JOIN reference_region AS above ON above.code = below.parent_id WHERE above.parent_id IS NOT NULL
"""
# A year begins and ends by the calendar of the figures.
PRIORITIES = """
SELECT chosen.organisation_id AS holder, priority.code AS s3_priority,
    (extract(epoch FROM make_date(priority.from_year, 1, 1)::timestamp AT TIME ZONE %(zone)s)
        * 1000000)::bigint AS from_us,
    (extract(epoch FROM make_date(priority.until_year + 1, 1, 1)::timestamp AT TIME ZONE %(zone)s)
        * 1000000)::bigint AS to_us
FROM organisations_organisation_s3_priorities AS chosen
JOIN reference_s3priority AS priority ON priority.code = chosen.s3priority_id
"""
EDITIONS = "SELECT subject, edition_id AS edition FROM indicators_subjectedition"


class PostgresEngine:
    """Runs statements on the platform's own database."""

    dialect: Dialect = "postgres"

    def __init__(self, *, is_gathered: bool = False, known_from: dict[int | str, int] | None = None) -> None:
        self._is_gathered = is_gathered
        self._known_from = known_from

    def rows(self, statement: str, question: Question) -> Iterator[Row]:
        values: dict[str, Any] = {
            "kinds": list(question.kinds),
            "bodies": None if question.bodies is None else list(question.bodies),
            "regions": None if question.regions is None else list(question.regions),
            "until": question.until_us,
            "since": question.since_us,
            "zone": settings.FIGURES_ZONE,
        }
        with connection.cursor() as cursor:
            cursor.execute(self._with_sources(statement, question), values)
            columns = [column.name for column in cursor.description or ()]
            yield from as_rows(columns, cursor.fetchall())

    def known_from(self, question: Question) -> dict[int | str, int]:
        if self._known_from is not None:
            return self._known_from
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

    def first_us(self, body: int) -> int | None:
        """The moment of the first gathered fact that counts for a body."""
        return (self._known_from or {}).get(body)

    def recorded_from(self) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(_RECORDED, {"kinds": [kind.code for kind in all_kinds()]})
            return dict(cursor.fetchall())

    def _with_sources(self, statement: str, question: Question) -> str:
        of_edition, editions = "NULL::bigint", ""
        if question.shape.breakdown == "edition":
            of_edition, editions = "edition", "LEFT JOIN editions USING (subject)"
        return f"""
WITH editions AS ({EDITIONS}),
facts AS (
    SELECT fact.*, ({question.period_case()})::smallint AS period, {of_edition} AS edition
    FROM ({_gathered(question) if self._is_gathered else _live(question)}) AS fact {editions}
),
scope AS (
    SELECT body, organisation, since_us, until_us
    FROM {"figure_scope" if self._is_gathered else "indicators_scoperow"}
    WHERE %(bodies)s::bigint[] IS NULL OR body = ANY(%(bodies)s)
),
places AS (
    SELECT * FROM ({PLACES}) AS place WHERE %(regions)s::text[] IS NULL OR body = ANY(%(regions)s)
),
{"priorities AS (" + PRIORITIES + ")," if question.needs_priorities else ""}
periods AS ({question.period_table()})
SELECT * FROM ({statement.replace("%", "%%")}) AS figures
"""


def _live(question: Question) -> str:
    earlier, first = "", None
    if not question.needs_earlier:
        earlier, first = f"AND fact.happened_at >= {_MOMENT % 'since'}", _year_of(question.since_us)
    return f"""
        SELECT {_COLUMNS} FROM {FACTS_WITH_ORGANISATIONS}
        WHERE fact.kind = ANY(%(kinds)s) AND fact.happened_at < {_MOMENT % "until"} {earlier}
            AND {standing_until(_year_of(question.until_us), first)}
    """


def _gathered(question: Question) -> str:
    earlier = "" if question.needs_earlier else "AND at_us >= %(since)s"
    return f"SELECT * FROM figure_facts WHERE kind = ANY(%(kinds)s) AND at_us < %(until)s {earlier}"


def _year_of(moment_us: int) -> int:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment_us)).year


@contextmanager
def gathered_engine(kinds: Iterable[str]) -> Iterator[PostgresEngine]:
    """An engine for the statements of many definitions in one transaction.

    Facts of these kinds are looked up once and laid side by side: planning over all partitions, and the
    join with both organisations, then cost once and not again for every statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOT_GATHERED)
        cursor.execute(_GATHERED_FACTS, {"kinds": sorted(kinds)})
        cursor.execute(_GATHERED_SCOPE)
        yield PostgresEngine(is_gathered=True)
        cursor.execute(_NOT_GATHERED)


@contextmanager
def edition_engine(edition: int, kinds: Iterable[str]) -> Iterator[PostgresEngine]:
    """An engine that sees the facts of one edition's records alone.

    The edition is its only body, and every organisation that these facts name counts for it.
    """
    values: dict[str, Any] = {
        "kinds": sorted(kinds),
        "edition": edition,
        "beginning": BEGINNING_US,
        "endless": ENDLESS_US,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOT_GATHERED)
        cursor.execute(_EDITION_FACTS, values)
        cursor.execute(_EDITION_SCOPE, values)
        cursor.execute("ANALYZE figure_facts, figure_scope")
        cursor.execute("SELECT min(at_us) FROM figure_facts")
        first = cursor.fetchall()[0][0]
        yield PostgresEngine(is_gathered=True, known_from={} if first is None else {edition: first})
        cursor.execute(_NOT_GATHERED)


_NOT_GATHERED = "DROP TABLE IF EXISTS pg_temp.figure_facts, pg_temp.figure_scope"
_GATHERED_FACTS = f"""
CREATE TEMPORARY TABLE figure_facts AS
    SELECT {_COLUMNS} FROM {FACTS_WITH_ORGANISATIONS} WHERE fact.kind = ANY(%(kinds)s) AND {STANDING}
"""
_GATHERED_SCOPE = """
CREATE INDEX ON figure_facts (kind);
ANALYZE figure_facts;
CREATE TEMPORARY TABLE figure_scope AS SELECT body, organisation, since_us, until_us FROM indicators_scoperow;
ANALYZE figure_scope;
"""
_EDITION_FACTS = f"""
CREATE TEMPORARY TABLE figure_facts AS
    SELECT {_COLUMNS} FROM {FACTS_WITH_ORGANISATIONS}
    JOIN indicators_subjectedition AS placed
        ON placed.subject_type = fact.subject_type AND placed.subject_key = fact.subject_key
    WHERE placed.edition_id = %(edition)s AND fact.kind = ANY(%(kinds)s) AND {STANDING}
"""
_EDITION_SCOPE = """
CREATE TEMPORARY TABLE figure_scope AS
    SELECT %(edition)s::bigint AS body, organisation,
        %(beginning)s::bigint AS since_us, %(endless)s::bigint AS until_us
    FROM (SELECT organisation FROM figure_facts UNION SELECT counterpart FROM figure_facts) AS named
    WHERE organisation IS NOT NULL
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
# The first of each kind by its index: a ledger of millions is not read for it. It is asked for in the order
# of that index, of a range that holds one kind alone: of equal kinds the planner would take the index by
# time, and read all of it where there is no such fact.
_RECORDED = """
SELECT split_part(kind, '.', 1), (extract(epoch FROM min(first_at)) * 1000000)::bigint FROM (
    SELECT kind, (
        SELECT happened_at FROM ledger_fact WHERE ledger_fact.kind BETWEEN known.kind AND known.kind
        ORDER BY ledger_fact.kind DESC, ledger_fact.happened_at LIMIT 1
    ) AS first_at
    FROM unnest(%(kinds)s::text[]) AS known (kind)
) AS firsts WHERE first_at IS NOT NULL GROUP BY 1
"""
_KNOWN_REGIONS = f"""
SELECT body, (min(extract(epoch FROM happened_at)) * 1000000)::bigint FROM ledger_fact
JOIN ({PLACES}) AS place ON place.region = ledger_fact.region_id
WHERE %(regions)s::text[] IS NULL OR body = ANY(%(regions)s)
GROUP BY body
"""
