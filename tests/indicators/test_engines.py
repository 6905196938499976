"""Engines agree to the last digit, on facts made by chance over every corner that they could differ in."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest

from filiera.accounts.viewer import SYSTEM
from filiera.indicators.actions.exporting import export_tables
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import read_packaged
from filiera.indicators.engines.files import DuckDBEngine, EngineMissing, SparkEngine
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.periods import parse_period
from filiera.ledger.actions import reverse
from filiera.ledger.kinds import all_kinds
from filiera.ledger.models import Fact
from tests.indicators.factories import NOW, made_fact
from tests.organisations.factories import MembershipFactory, OrganisationFactory, SuccessionFactory
from tests.reference.factories import S3PriorityFactory

pytestmark = pytest.mark.django_db
PERIODS = tuple(parse_period(str(year)) for year in range(2021, 2025))
NO_SPARK = "not run: needs the extra `spark` and Java 17"
# Of a few thousand rows Spark would spend its time on plans and on code that it compiles.
FEW_ROWS = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}
MONTHS = tuple(parse_period(f"2023-{month:02d}") for month in range(1, 13))


@pytest.fixture
def pyspark():
    """Asked for before the facts, which take seconds to make."""
    if find_spec("pyspark") is None:
        pytest.skip(NO_SPARK)


@pytest.fixture
def bodies():
    """A network of three clusters and nine firms, some in several, some for a time; thousands of facts."""
    chance = random.Random(7)
    network = OrganisationFactory(meta_cluster=True)
    clusters = [OrganisationFactory() for _number in range(3)]
    for cluster in clusters:
        MembershipFactory(cluster=network, member=cluster, start_on=date(2021, chance.randint(1, 12), 1))
    firms = [OrganisationFactory(company=True) for _number in range(9)]
    for firm in firms:
        for cluster in chance.sample(clusters, chance.randint(1, 3)):
            start = date(2020, 1, 1) + timedelta(days=chance.randint(0, 1500))
            end = start + timedelta(days=chance.randint(1, 900)) if chance.random() < 0.5 else None
            row = MembershipFactory(cluster=cluster, member=firm, start_on=start, end_on=end)
            for kind, day in (("membership.started", start), ("membership.ended", end)):
                if day is not None:
                    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
                    made_fact(kind, cluster, moment, counterpart=firm, subject_key=f"membership{row.pk}")
    # Two strategies that follow each other, so that a firm's priorities are not the same in every year.
    known = [
        S3PriorityFactory(strategy=f"S3 {start}", from_year=start, until_year=end)
        for start, end in ((2014, 2021), (2014, 2021), (2022, 2027), (2022, 2027))
    ]
    for organisation in [*firms[1:], *clusters]:
        organisation.s3_priorities.set(chance.sample(known, chance.randint(1, 3)))
    SuccessionFactory(from_organisation=clusters[2], to_organisation=clusters[1])
    everybody = [*firms, *clusters]
    kinds = [kind.code for kind in all_kinds() if not kind.code.startswith("membership.")]
    people = [UUID(int=chance.getrandbits(128), version=4) for _number in range(20)]
    for number in range(1500):
        kind = chance.choice(kinds)
        made_fact(
            kind,
            chance.choice(everybody),
            datetime(2020, 12, 1, tzinfo=UTC)
            + timedelta(microseconds=chance.randrange(4 * 365 * 86_400 * 10**6)),
            counterpart=chance.choice([None, *everybody]),
            person=chance.choice([None, *people]),
            quantity=Decimal(chance.randint(1, 99_999)) / 10_000,
            amount_eur=chance.choice([None, Decimal(chance.randint(1, 10**9)) / 100]),
            size_class=chance.choice(["", "micro", "small", "large"]),
            subject_key=f"{kind.split('.')[0]}{number % 300}" if chance.random() < 0.7 else f"own{number}",
        )
    for fact in chance.sample(list(Fact.objects.order_by("id")), 60):
        reverse(fact, by=SYSTEM, at=NOW)
    return (network, *clusters, *firms)


def computed_by(engine, bodies, periods=PERIODS, breakdown=""):
    task = Task(periods=periods, at=NOW, bodies=tuple(body.pk for body in bodies), breakdown=breakdown)
    found = compute(list(read_packaged().values()), task, engine)
    return {
        (each.definition.code, each.body, each.period.code, each.breakdown): (
            each.value,
            str(each.missing),
            each.digest,
        )
        for each in found
    }


def test_duckdb_agrees_with_postgresql(bodies, tmp_path: Path):
    export_tables(folder=tmp_path, by=SYSTEM)
    live, files = PostgresEngine(), DuckDBEngine(tmp_path, threads=1)

    for periods in (PERIODS, MONTHS):
        expected = computed_by(live, bodies, periods)
        assert computed_by(files, bodies, periods) == expected
    for breakdown in ("size_class", "member_type", "country", "region", "ecosystem", "s3_priority"):
        assert computed_by(files, bodies, PERIODS, breakdown) == computed_by(live, bodies, PERIODS, breakdown)
    by_priority = computed_by(live, bodies, PERIODS, "s3_priority")
    assert len({part for _code, _body, _period, part in by_priority}) == 5
    told = [value for value, _missing, _digest in expected.values()]
    assert sum(value not in (None, 0) for value in told) > 100


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_spark_agrees_with_postgresql(pyspark, bodies, tmp_path: Path):
    export_tables(folder=tmp_path, by=SYSTEM)
    try:
        spark = SparkEngine(tmp_path, master="local[1]", options=FEW_ROWS)
    except EngineMissing:
        pytest.skip(NO_SPARK)
    try:
        assert computed_by(spark, bodies) == computed_by(PostgresEngine(), bodies)
        by_priority = computed_by(spark, bodies, PERIODS, "s3_priority")
        assert by_priority == computed_by(PostgresEngine(), bodies, PERIODS, "s3_priority")
    finally:
        spark.stop()
