"""Millions of generated facts as the exported tables hold them, for measuring what figures cost.

python -m filiera.demo.bulk_facts --facts 1000000 --to FOLDER

They go into a folder of their own and never into a ledger: `filiera indicators compute --tables FOLDER
--engine duckdb` reads them there. Everything follows from the seed.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filiera.indicators.engines.tables import BEGINNING_US, ENDLESS_US

FIRST_YEAR, YEARS = 2021, 5
NETWORK = 1
_DAY_US = 86_400_000_000
# Kinds and their share of what is not membership; which side is a cluster follows from the kind.
KINDS = (
    ("meeting.held", 26), ("attendance.online", 18), ("attendance.in_person", 14),
    ("application.submitted", 8), ("place.confirmed", 6), ("certificate.issued", 5), ("session.held", 5),
    ("group.worked_in", 5), ("agreement.advanced", 4), ("measure.promised", 3), ("measure.done", 2),
    ("challenge.solved", 2), ("feedback.given", 2),
)  # fmt: skip


@dataclass(frozen=True)
class BulkSize:
    """How much is made."""

    facts: int = 1_000_000
    clusters: int = 1_500
    firms: int = 200_000
    seed: int = 2026


def make_bulk_tables(folder: Path, size: BulkSize) -> None:
    """Write facts, scope, places, editions, priorities and bodies of a generated network into a folder."""
    import duckdb  # only who makes millions of facts needs it

    folder.mkdir(parents=True, exist_ok=True)
    base = duckdb.connect(":memory:")
    base.execute("SET preserve_insertion_order = false")
    names = {
        "first_firm": size.clusters + 2,
        "firms": size.firms,
        "clusters": size.clusters,
        "seed": size.seed,
        "start": _us(FIRST_YEAR),
        "span": _us(FIRST_YEAR + YEARS) - _us(FIRST_YEAR),
        "day": _DAY_US,
        "beginning": BEGINNING_US,
        "endless": ENDLESS_US,
        "network": NETWORK,
    }
    base.execute(_MEMBERSHIPS.format(**names))
    base.execute(_SCOPE.format(**names))
    base.execute(_KINDS.format(values=", ".join(_thresholds())))
    memberships = base.execute("SELECT count(*) FROM member_facts").fetchone()
    assert memberships is not None
    base.execute(_FACTS.format(**names, count=max(size.facts - memberships[0], 0)))
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
        file = folder / f"facts-{year}.parquet"
        base.execute(
            f"COPY (SELECT * EXCLUDE (year) FROM facts WHERE year = {year} ORDER BY kind, at_us)"  # noqa: S608
            f" TO '{file}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 200000)"
        )
    for table in ("scope", "places", "editions", "priorities", "bodies"):
        base.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")


def _us(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


def _thresholds() -> list[str]:
    rows, reached = [], 0
    for kind, share in KINDS:
        rows.append(f"('{kind}', {reached}, {reached + share})")
        reached += share
    return rows


# One in ten firms is in two clusters, one in a hundred in three; all its memberships have one span, so that
# its span in the network is the same.
_MEMBERSHIPS = """
CREATE TABLE firms AS SELECT
    {first_firm} + n AS firm,
    CASE WHEN hash(n, {seed}, 1) % 3 = 0 THEN {start} + (hash(n, {seed}, 2) % {span})::BIGINT
        ELSE {start} + (hash(n, {seed}, 2) % 700)::BIGINT * {day} END // {day} * {day} AS since_us,
    CASE WHEN hash(n, {seed}, 3) % 5 = 0 THEN 1 ELSE 0 END AS leaves,
    1 + (hash(n, {seed}, 4) % 100 < 10)::INT + (hash(n, {seed}, 5) % 100 < 1)::INT AS clusters,
    ['micro', 'small', 'small', 'medium', 'large'][1 + (hash(n, {seed}, 6) % 5)::INT] AS size_class,
    ['IT', 'IT', 'DE', 'FR', 'ES', 'PL'][1 + (hash(n, {seed}, 7) % 6)::INT] AS country
FROM range({firms}) AS r(n);
CREATE TABLE memberships AS SELECT
    firm, 2 + ((hash(firm, {seed}, 8) + k * 331) % {clusters})::BIGINT AS cluster, since_us,
    CASE WHEN leaves = 1 THEN since_us + (90 + hash(firm, 9) % 600)::BIGINT * {day} END AS until_us,
    size_class, country
FROM firms, range(3) AS r(k) WHERE k < clusters;
CREATE TABLE member_facts AS
SELECT 'membership.started' AS kind, since_us AS at_us, cluster, firm, size_class, country FROM memberships
UNION ALL SELECT 'membership.ended', until_us, cluster, firm, size_class, country FROM memberships
    WHERE until_us < {start} + {span};
"""
_SCOPE = """
CREATE TABLE scope AS
SELECT cluster::BIGINT AS body, firm::BIGINT AS organisation, since_us::BIGINT AS since_us,
    coalesce(until_us, {endless})::BIGINT AS until_us FROM memberships
UNION SELECT {network}, firm, since_us, coalesce(until_us, {endless}) FROM memberships
UNION ALL SELECT n, n, {beginning}, {endless} FROM range(1, {first_firm}) AS r(n)
UNION ALL SELECT {network}, n, {beginning}, {endless} FROM range(2, {first_firm}) AS r(n);
CREATE TABLE places AS SELECT 'ITC1' AS body, 'ITC1' AS region;
CREATE TABLE editions AS SELECT 0::BIGINT AS subject, 0::BIGINT AS edition WHERE false;
CREATE TABLE priorities AS
SELECT firm::BIGINT AS holder, 'bulk-' || (hash(firm, {seed}, 31) % 6 + k) % 6 AS s3_priority,
    {start}::BIGINT AS from_us, ({start} + {span})::BIGINT AS to_us
FROM firms, range(2) AS r(k) WHERE k = 0 OR hash(firm, {seed}, 32) % 3 = 0;
CREATE TABLE bodies AS SELECT n AS body, 'bulk-' || n AS slug FROM range(1, {first_firm}) AS r(n);
"""
_KINDS = "CREATE TABLE kinds AS SELECT * FROM (VALUES {values}) AS v(kind, low, high)"
_FACTS = """
CREATE TABLE facts AS
WITH drawn AS (
    SELECT n, (SELECT 1) AS one, (hash(n, {seed}, 11) % 100)::INT AS dice,
        {start} + (hash(n, {seed}, 12) % {span})::BIGINT AS at_us,
        {first_firm} + (hash(n, {seed}, 13) % {firms})::BIGINT AS firm,
        {first_firm} + (hash(n, {seed}, 14) % {firms})::BIGINT AS partner,
        2 + (hash(n, {seed}, 15) % {clusters})::BIGINT AS cluster
    FROM range({count}) AS r(n)
),
done AS (
    SELECT n, kind, at_us, cluster, firm, partner FROM drawn JOIN kinds ON dice >= low AND dice < high
),
everything AS (
    SELECT n, kind, at_us,
        CASE WHEN kind IN ('session.held', 'feedback.given') THEN cluster ELSE firm END AS organisation,
        CASE WHEN kind IN ('meeting.held', 'agreement.advanced') THEN partner ELSE cluster END AS counterpart,
        'small' AS size_class, 'IT' AS organisation_country,
        CASE WHEN n % 4 = 0 THEN 'DE' ELSE 'IT' END AS counterpart_country,
        'company' AS organisation_type
    FROM done
    UNION ALL
    SELECT -row_number() OVER (), kind, at_us, cluster, firm, size_class, 'IT', country, 'cluster'
    FROM member_facts
)
SELECT
    (hash(n, {seed}, 21) >> 4)::BIGINT AS fact,
    (hash(n, {seed}, 22) & 4294967295)::BIGINT AS mark,
    kind, at_us::BIGINT AS at_us, organisation::BIGINT AS organisation, counterpart::BIGINT AS counterpart,
    CASE WHEN kind IN ('session.held', 'meeting.held', 'feedback.given') THEN NULL
        ELSE (hash(n % 400000, {seed}, 23) >> 4)::BIGINT END AS person,
    CASE WHEN kind IN ('measure.promised', 'measure.done') THEN (hash(n % 500000, 24) >> 4)::BIGINT
        ELSE (hash(n, {seed}, 25) >> 4)::BIGINT END AS subject,
    (1 + (hash(n, {seed}, 26) % 80000)::DECIMAL(16, 4) / 10000)::DECIMAL(16, 4) AS quantity,
    NULL::DECIMAL(16, 2) AS amount, NULL::VARCHAR AS ecosystem, NULL::VARCHAR AS region,
    size_class, 'platform' AS source, organisation_type, organisation_country,
    CASE WHEN kind LIKE 'membership.%' THEN 'company' ELSE 'cluster' END AS counterpart_type,
    counterpart_country, hash(n, {seed}, 27) % 100 <> 0 AS standing,
    year(make_timestamp(at_us::BIGINT)) AS year
FROM everything
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=BulkSize.facts)
    parser.add_argument("--clusters", type=int, default=BulkSize.clusters)
    parser.add_argument("--firms", type=int, default=BulkSize.firms)
    parser.add_argument("--to", type=Path, required=True)
    chosen = parser.parse_args()
    make_bulk_tables(chosen.to, BulkSize(chosen.facts, chosen.clusters, chosen.firms))


if __name__ == "__main__":
    main()
