"""What figures cost: all of a Europe of 1,500 clusters at once, against SQL by hand, fresh and on a page.

Ten million generated facts, five yearly periods, the network and each cluster, every packaged indicator, by
DuckDB over Parquet. Run `python tests/figures/indicators/figure_engines.py [--facts N] [--json FILE]`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")

FACTS, SECONDS_TARGET, RATIO_TARGET, FRESH_TARGET_S, PAGE_TARGET_MS = 10_000_000, 60.0, 1.5, 2.0, 200.0
AT = datetime(2026, 6, 1, tzinfo=UTC)

# The same figures as one would write them for this one engine and these tables.
WITHIN = "JOIN scope s ON f.{side} = s.organisation AND f.at_us >= s.since_us AND f.at_us < s.until_us"
STANDING = "f.standing AND f.kind IN ({kinds}) AND f.at_us >= {start} AND f.at_us < {end}"
SIMPLE = (
    "SELECT s.body, {year} AS y, {value} FROM facts f " + WITHIN + " WHERE " + STANDING + " GROUP BY 1, 2"
)
EITHER = (
    "SELECT body, y, {value} FROM (SELECT s.body, f.fact, {year} AS y, {columns} FROM facts f "
    + WITHIN.format(side="organisation")
    + " WHERE "
    + STANDING
    + " UNION SELECT s.body, f.fact, {year} AS y, {columns} FROM facts f "
    + WITHIN.format(side="counterpart")
    + " WHERE "
    + STANDING
    + ") AS f GROUP BY 1, 2"
)
STOCK = """
SELECT s.body, p.y, count(DISTINCT f.counterpart) FROM facts f JOIN periods p ON f.at_us < p.end_us
JOIN scope s ON f.organisation = s.organisation AND s.since_us < p.end_us AND s.until_us >= p.end_us
WHERE f.standing AND f.kind = 'membership.started' AND f.counterpart_type = 'company' AND NOT EXISTS (
    SELECT 1 FROM facts e WHERE e.standing AND e.kind = 'membership.ended' AND e.organisation = f.organisation
    AND e.counterpart = f.counterpart AND e.at_us > f.at_us AND e.at_us < p.end_us)
GROUP BY 1, 2
"""
MEDIAN = """
WITH begun AS (
    SELECT subject, min(at_us) AS began FROM facts WHERE standing AND kind = 'measure.promised' GROUP BY 1
), done AS (
    SELECT organisation, subject, at_us,
        row_number() OVER (PARTITION BY subject ORDER BY at_us, fact) AS place
    FROM facts WHERE standing AND kind = 'measure.done' AND at_us < {end}
)
SELECT s.body, {year} AS y, quantile_disc(f.at_us - b.began, 0.5) FROM done f JOIN begun b USING (subject)
JOIN scope s ON f.organisation = s.organisation AND f.at_us >= s.since_us AND f.at_us < s.until_us
WHERE place = 1 AND f.at_us >= b.began AND f.at_us >= {start} GROUP BY 1, 2
"""
BY_HAND: dict[str, tuple[str, dict[str, str]]] = {
    "session_hours_held": (
        SIMPLE,
        {"side": "organisation", "kinds": "'session.held'", "value": "sum(f.quantity)"},
    ),
    "applications_submitted": (
        SIMPLE,
        {"side": "counterpart", "kinds": "'application.submitted'", "value": "count(*)"},
    ),
    "academy_participants": (
        SIMPLE,
        {"side": "counterpart", "kinds": "'place.confirmed'", "value": "count(DISTINCT f.person)"},
    ),
    "certificates_issued": (
        SIMPLE,
        {"side": "counterpart", "kinds": "'certificate.issued'", "value": "count(DISTINCT f.person)"},
    ),
    "academy_hours_in_person": (
        SIMPLE,
        {
            "side": "counterpart",
            "kinds": "'attendance.online', 'attendance.in_person'",
            "value": "sum(f.quantity) FILTER (WHERE f.kind = 'attendance.in_person'), sum(f.quantity)",
        },
    ),
    "members_joined": (
        SIMPLE,
        {
            "side": "organisation",
            "kinds": "'membership.started'",
            "value": "count(DISTINCT f.counterpart) FILTER (WHERE f.counterpart_type = 'company')",
        },
    ),
    "meetings_held": (EITHER, {"kinds": "'meeting.held'", "value": "count(*)", "columns": "1"}),
    "meetings_across_borders": (
        EITHER,
        {
            "kinds": "'meeting.held'",
            "columns": "f.organisation_country, f.counterpart_country",
            "value": "count(*) FILTER (WHERE organisation_country <> counterpart_country), count(*)",
        },
    ),
    "members_total": (STOCK, {}),
    "measures_done_time": (MEDIAN, {}),
}


def of_many(folder: Path) -> dict[str, Any]:
    """All packaged indicators for everybody at once."""
    import duckdb

    from filiera.indicators.computing import Task, compute
    from filiera.indicators.definition import read_packaged
    from filiera.indicators.engines.files import DuckDBEngine

    clusters = duckdb.sql(f"SELECT body FROM '{folder}/bodies.parquet' WHERE body < 1502").fetchall()
    definitions = list(read_packaged().values())
    task = Task(periods=periods(), at=AT, bodies=tuple(body for (body,) in clusters), is_everybody=True)
    engine = DuckDBEngine(folder)
    started = time.perf_counter()
    values = with_value = 0
    for figure in compute(definitions, task, engine):
        values += 1
        with_value += figure.value is not None
    seconds = time.perf_counter() - started
    return {"indicators": len(definitions), "values": values, "with_value": with_value, "seconds": seconds}


def against_hand(folder: Path) -> list[dict[str, Any]]:
    """Ten indicators through the compiler and by hand on the same connection settings; medians of three."""
    import duckdb

    from filiera.indicators.definition import Duration, Stock, read_packaged
    from filiera.indicators.engines.compiler import Shape, statement_of
    from filiera.indicators.engines.files import DuckDBEngine
    from filiera.indicators.engines.questions import Question
    from filiera.indicators.periods import microseconds

    hand = duckdb.connect(":memory:")
    hand.execute(f"CREATE VIEW facts AS SELECT * FROM read_parquet('{folder}/facts-*.parquet')")
    hand.execute(f"CREATE VIEW scope AS SELECT * FROM read_parquet('{folder}/scope.parquet')")
    ends = [microseconds(period.ends_at) for period in periods()]
    rows = " UNION ALL ".join(f"SELECT {at} AS y, {end} AS end_us" for at, end in enumerate(ends))
    hand.execute(f"CREATE VIEW periods AS {rows}")
    cases = " ".join(f"WHEN f.at_us < {end} THEN {at}" for at, end in enumerate(ends))
    common = {"year": f"CASE {cases} END", "start": microseconds(periods()[0].starts_at), "end": ends[-1]}
    engine, definitions = DuckDBEngine(folder), read_packaged()
    lines = []
    for code, (text, values) in BY_HAND.items():
        definition = definitions[code]
        written = text.format(**common, **values)
        compiled = statement_of(definition, Shape(), "duckdb")
        needs_earlier = isinstance(definition.measure, Stock | Duration)
        question = Question(definition.kinds, periods(), AT, needs_earlier=needs_earlier)
        by_hand, by_compiler, found, expected = [], [], 0, 0
        for _round in range(3):
            started = time.perf_counter()
            expected = len(hand.execute(written).fetchall())
            by_hand.append(time.perf_counter() - started)
            started = time.perf_counter()
            found = len(list(engine.rows(compiled, question)))
            by_compiler.append(time.perf_counter() - started)
        assert found == expected, (code, found, expected)
        one, other = statistics.median(by_hand), statistics.median(by_compiler)
        lines.append({"indicator": code, "by_hand_s": one, "compiled_s": other, "ratio": other / one})
    return lines


def on_the_platform() -> dict[str, Any]:
    """How soon a new fact is in its figure, and what a dashboard costs, on the live tables."""
    from tests.figures.figure_meetings_room import throwaway_database

    with throwaway_database():
        from django.test import Client
        from django.utils import timezone

        from filiera.accounts.viewer import SYSTEM
        from filiera.demo.organisations import load_organisations
        from filiera.demo.poles import load_poles
        from filiera.indicators import queries
        from filiera.indicators.actions.definitions import load_packaged
        from filiera.indicators.actions.refreshing import refresh_all, refresh_figures
        from filiera.indicators.periods import parse_period
        from filiera.ledger import actions as ledger
        from filiera.organisations.models import Membership, Organisation
        from filiera.reference.load import load_reference
        from tests.organisations.factories import PositionFactory

        at = timezone.now()
        load_reference()
        load_organisations(at)
        load_packaged(at)
        load_poles(at)
        mesap = Organisation.objects.get(slug="mesap")
        person = PositionFactory(manager=True, organisation=mesap).person
        started = time.perf_counter()
        refresh_all()
        everything = time.perf_counter() - started
        year = parse_period(str(at.year))
        other = Organisation.objects.get(slug="clever")
        fresh = []
        for number, subject in enumerate(Membership.objects.order_by("pk")[:12]):
            started = time.perf_counter()
            ledger.record(
                "meeting.held",
                subject=subject,
                organisation=mesap,
                counterpart=other,
                by=SYSTEM,
                at=timezone.now(),
            )
            refresh_figures()
            assert queries.figure(SYSTEM, "meetings_held", mesap, year).value == number + 1
            fresh.append(time.perf_counter() - started)
        client = Client()
        client.force_login(person)
        pages = {}
        for address in (
            "/o/mesap/indicators/",
            "/indicators/of/mesap/",
            "/o/mesap/indicators/members_total/2025/",
        ):
            client.get(address)
            took = []
            for _request in range(40):
                started = time.perf_counter()
                assert client.get(address).status_code == 200
                took.append((time.perf_counter() - started) * 1000)
            pages[address] = sorted(took)[37]
    return {
        "refresh_all_s": everything,
        "fresh_first_s": fresh[0],
        "fresh_p95_s": sorted(fresh[1:])[-1],
        "pages_p95_ms": pages,
    }


def periods() -> tuple[Any, ...]:
    from filiera.indicators.periods import parse_period

    return tuple(parse_period(str(year)) for year in range(2021, 2026))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=FACTS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--tables", type=Path, help="generated tables that are there already")
    chosen = parser.parse_args()
    import django

    django.setup()
    from filiera.demo.bulk_facts import BulkSize, make_bulk_tables

    with tempfile.TemporaryDirectory(prefix="filiera-bulk-") as made:
        folder = chosen.tables or Path(made)
        if not (folder / "scope.parquet").exists():
            make_bulk_tables(folder, BulkSize(chosen.facts))
        many = of_many(folder)
        lines = against_hand(folder)
    count, seconds = many["values"], many["seconds"]
    print(f"{chosen.facts:,} facts, {many['indicators']} indicators: {count:,} values in {seconds:.1f} s")
    print(f"{'':<26} {'by hand':>9} {'compiled':>9} {'ratio':>6}")
    for line in lines:
        took = f"{line['by_hand_s']:>7.2f} s {line['compiled_s']:>7.2f} s"
        print(f"{line['indicator']:<26} {took} {line['ratio']:>6.2f}")
    live = on_the_platform()
    print(f"all figures of the demonstration anew: {live['refresh_all_s']:.1f} s")
    print(f"a new fact: first {live['fresh_first_s']:.2f} s, then at most {live['fresh_p95_s']:.2f} s")
    for address, took in live["pages_p95_ms"].items():
        print(f"{address:<44} p95 {took:.0f} ms")
    total = sum(line["compiled_s"] for line in lines) / sum(line["by_hand_s"] for line in lines)
    met = {
        "seconds": many["seconds"] < SECONDS_TARGET,
        "ratio": total <= RATIO_TARGET,
        "fresh": max(live["fresh_first_s"], live["fresh_p95_s"]) < FRESH_TARGET_S,
        "pages": max(live["pages_p95_ms"].values()) < PAGE_TARGET_MS,
    }
    print(f"ratio over the ten together {total:.2f}; met: {met}")
    if chosen.json:
        told = {
            "facts": chosen.facts,
            "many": many,
            "by_hand": lines,
            "live": live,
            "met": met,
            "machine": platform.machine(),
        }
        chosen.json.write_text(json.dumps(told, indent=1))
    return 0 if all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
