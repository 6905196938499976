"""Engines that read the Parquet export: the same statements over files."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from filiera.indicators.engines.compiler import Dialect
from filiera.indicators.engines.questions import Engine, Question, Row, as_rows
from filiera.ledger.columns import FACT_COLUMNS
from filiera.shared.errors import DomainError


class EngineMissing(DomainError):
    message = _("Apache Spark is not installed here: it needs the extra `spark` and Java 17.")


TABLES = ("facts", "scope", "places", "editions", "priorities")
_COLUMNS = ", ".join(column.name for column in FACT_COLUMNS)


class FileSources:
    """The text around a statement where tables are files, registered under the names `file_…`."""

    def statement(self, statement: str, question: Question) -> str:
        earlier = "" if question.needs_earlier else f"AND at_us >= {question.since_us}"
        of_edition, editions = "CAST(NULL AS BIGINT)", ""
        if question.shape.breakdown == "edition":
            of_edition, editions = "edition", "LEFT JOIN file_editions USING (subject)"
        kinds = ", ".join(f"'{kind}'" for kind in question.kinds)
        return f"""
WITH facts AS (
    SELECT fact.*, CAST({question.period_case()} AS SMALLINT) AS period, {of_edition} AS edition
    FROM (
        SELECT {_COLUMNS} FROM file_facts
        WHERE standing AND kind IN ({kinds}) AND at_us < {question.until_us} {earlier}
    ) AS fact {editions}
),
scope AS (SELECT * FROM file_scope {_asked("body", question.bodies)}),
places AS (SELECT * FROM file_places {_asked("body", question.regions)}),
{"priorities AS (SELECT * FROM file_priorities)," if question.needs_priorities else ""}
periods AS ({question.period_table()})
SELECT * FROM ({statement}) AS figures
"""

    recorded = "SELECT split_part(kind, '.', 1), min(at_us) FROM file_facts GROUP BY 1"

    def known_from(self, question: Question) -> str:
        if question.shape.bodies == "region":
            return f"""
SELECT body, min(at_us) FROM file_facts JOIN file_places ON file_places.region = file_facts.region
{_asked("body", question.regions)} GROUP BY body
"""
        return f"""
SELECT body, min(greatest(first_us, since_us)) FROM (
    SELECT organisation, min(at_us) AS first_us FROM (
        SELECT organisation, at_us FROM file_facts UNION ALL SELECT counterpart, at_us FROM file_facts
    ) AS sides WHERE organisation IS NOT NULL GROUP BY organisation
) AS firsts JOIN file_scope USING (organisation)
WHERE first_us < until_us {_asked("body", question.bodies, "AND")} GROUP BY body
"""


def _asked(column: str, values: Iterable[int | str] | None, word: str = "WHERE") -> str:
    if values is None:
        return ""
    told = ", ".join(str(value) if isinstance(value, int) else f"'{value}'" for value in values)
    return f"{word} {column} IN ({told or 'NULL'})"


class DuckDBEngine:
    """Runs statements on files by DuckDB, in this process; nothing is fetched from outside."""

    dialect: Dialect = "duckdb"

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        import duckdb  # only those who compute on files need it

        config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        if threads is not None:
            config["threads"] = str(threads)
        self._connection = duckdb.connect(":memory:", config=config)
        self._sources = FileSources()
        for table in TABLES:
            pattern = str(folder / (f"{table}-*.parquet" if table == "facts" else f"{table}.parquet"))
            quoted = pattern.replace("'", "''")
            self._connection.execute(f"CREATE VIEW file_{table} AS SELECT * FROM read_parquet('{quoted}')")

    def rows(self, statement: str, question: Question) -> Iterator[Row]:
        found = self._connection.execute(self._sources.statement(statement, question))
        columns = [column[0] for column in found.description]
        while portion := found.fetchmany(50_000):
            yield from as_rows(columns, portion)

    def known_from(self, question: Question) -> dict[int | str, int]:
        return dict(self._connection.execute(self._sources.known_from(question)).fetchall())

    def recorded_from(self) -> dict[str, int]:
        return dict(self._connection.execute(self._sources.recorded).fetchall())


class SparkEngine:
    """Runs statements on the same files by Apache Spark; its master is named by the environment."""

    dialect: Dialect = "pyspark"

    def __init__(
        self, folder: Path, master: str = "local[*]", options: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        try:
            from pyspark.sql import SparkSession  # the optional extra
        except ImportError as error:
            raise EngineMissing from error
        builder = (
            SparkSession.builder.appName("filiera")
            .master(master)
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "8")
        )
        for name, value in options.items():
            builder = builder.config(name, value)
        try:
            self._session = builder.getOrCreate()
        except Exception as error:  # Java is missing, or too old: told by errors of many kinds
            raise EngineMissing from error
        self._session.sparkContext.setLogLevel("ERROR")
        self._sources = FileSources()
        for table in TABLES:
            pattern = folder / (f"{table}-*.parquet" if table == "facts" else f"{table}.parquet")
            self._session.read.parquet(str(pattern)).createOrReplaceTempView(f"file_{table}")

    def rows(self, statement: str, question: Question) -> Iterator[Row]:
        found = self._session.sql(self._sources.statement(statement, question))
        yield from as_rows(found.columns, (tuple(row) for row in found.collect()))

    def known_from(self, question: Question) -> dict[int | str, int]:
        found = self._session.sql(self._sources.known_from(question)).collect()
        return {row[0]: row[1] for row in found}

    def recorded_from(self) -> dict[str, int]:
        return {row[0]: row[1] for row in self._session.sql(self._sources.recorded).collect()}

    def stop(self) -> None:
        self._session.stop()


def engine_on(name: str, folder: Path) -> Engine:
    """The engine of this name over the files of a folder.

    Raises EngineMissing.
    """
    return SparkEngine(folder) if name == "spark" else DuckDBEngine(folder)
