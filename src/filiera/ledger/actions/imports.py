"""Facts from elsewhere in a table: all of them or none, each leading back to the table it stood in.

Rows are read one after the other and put beside the ledger in a temporary table, so that a million of them
need no more memory than a thousand; only when all are right one statement records them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.queries import key_of
from filiera.accounts.viewer import Viewer
from filiera.ledger import policies
from filiera.ledger.actions.recording import subject_type
from filiera.ledger.fact_columns import FIELDS, FactColumns, as_they_are
from filiera.ledger.kinds import all_kinds, kind_of
from filiera.ledger.models import FactTable
from filiera.ledger.queries import organisations_within
from filiera.ledger.signals import tell_after_commit
from filiera.organisations.models import Organisation, SizeClass
from filiera.reference.models import Ecosystem, Region
from filiera.shared.errors import DomainError
from filiera.shared.tables import Row, RowProblem, stream_table

IMPORT_COLUMNS = FIELDS
MOST_PROBLEMS = 200
_ROWS_AT_ONCE = 5000
_MOST_NAMES = 50_000
_FIRST_YEAR = 1900
_MOST = Decimal(10) ** 12


class FactsHaveMistakes(DomainError):
    """Nothing was recorded; `problems` says where the table is wrong, up to the first `MOST_PROBLEMS`."""

    message = gettext_lazy("The table has mistakes; nothing was recorded.")

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class ImportAlreadyReversed(DomainError):
    message = gettext_lazy("This import has been taken back already. Import the table again instead.")


@dataclass(frozen=True, slots=True)
class FactsReport:
    """How many facts an import recorded, or on a dry run would record, and how many were there already."""

    recorded: int
    is_dry_run: bool
    rows: int = 0
    table: FactTable | None = None

    @property
    def there_already(self) -> int:
        return self.rows - self.recorded


def import_facts(
    *,
    content: bytes | Path | BinaryIO,
    filename: str,
    by: Viewer,
    at: datetime,
    dry_run: bool = False,
    organisation: Organisation | None = None,
    columns: FactColumns | None = None,
) -> FactsReport:
    """Record every row of a CSV or XLSX table as an imported fact.

    `columns` says which column holds what; without it they are called as in `IMPORT_COLUMNS`. Only kind,
    happened_on and organisation are needed. In the workspace of an organisation facts speak of it and of
    those that are or were its members. The same table imported again records nothing, nor does a row whose
    `key` stands already, in whatever table.
    Raises PermissionDenied, UnreadableTable, TableTooLarge, FactsHaveMistakes.
    """
    if not policies.can_import_facts(by, organisation):
        raise PermissionDenied
    file = _opened(content)
    try:
        with transaction.atomic():
            report = _imported(file, filename, by, at, organisation, columns)
            transaction.set_rollback(dry_run)
    finally:
        if isinstance(content, Path):
            file.close()
    return FactsReport(report.recorded, dry_run, report.rows, None if dry_run else report.table)


@transaction.atomic
def reverse_import(*, table: FactTable, by: Viewer, at: datetime) -> int:
    """Take an import back whole: every fact of it that still stands is reversed; how many.

    Raises PermissionDenied, ImportAlreadyReversed.
    """
    if not policies.can_import_facts(by, table.organisation):
        raise PermissionDenied
    table = FactTable.objects.select_for_update(of=("self",)).get(pk=table.pk)
    if table.reversed_at is not None:
        raise ImportAlreadyReversed
    table.reversed_at, table.reversed_by = at, by.person
    table.save(update_fields=["reversed_at", "reversed_by"])
    with connection.cursor() as cursor:
        cursor.execute(
            _REVERSE,
            {
                "at": at,
                "by": key_of(by.person) if by.person else None,
                "type": subject_type(table),
                "table": str(table.pk),
            },
        )
        count: int = cursor.rowcount
    tell_after_commit()
    return count


def _opened(content: bytes | Path | BinaryIO) -> BinaryIO:
    if isinstance(content, bytes):
        return BytesIO(content)
    return content.open("rb") if isinstance(content, Path) else content


def _imported(
    file: BinaryIO,
    filename: str,
    by: Viewer,
    at: datetime,
    organisation: Organisation | None,
    columns: FactColumns | None,
) -> FactsReport:
    digest = _digest_of(file)
    rows = stream_table(file, filename)
    reader = _Reader(at, organisation, columns)
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
    count = 0
    while portion := list(islice(rows, _ROWS_AT_ONCE)):
        count += len(portion)
        lines = reader.read(portion)
        if not reader.problems:
            _stage(lines)
        elif reader.lacks_columns or len(reader.problems) >= MOST_PROBLEMS:
            break
    if not count:
        reader.look_at_headings(())
    problems = reader.problems or _keys_twice(reader)
    if problems:
        raise FactsHaveMistakes(problems[:MOST_PROBLEMS])
    table, _created = FactTable.objects.get_or_create(
        sha256=digest,
        organisation=organisation,
        reversed_at=None,
        defaults={
            "name": filename[:200],
            "columns": reader.columns.as_json(),
            "row_count": count,
            "imported_at": at,
            "imported_by": by.person,
        },
    )
    return FactsReport(_record(table, by, at), False, count, table)


def _digest_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    file.seek(0)
    return digest.hexdigest()


def _stage(lines: Iterable[Sequence[Any]]) -> None:
    driver: Any = connection.connection
    with driver.cursor() as cursor, cursor.copy("COPY ledger_staged FROM STDIN") as copied:
        for line in lines:
            copied.write_row(line)


def _keys_twice(reader: "_Reader") -> list[RowProblem]:
    """Two rows of one table that have one key cannot both be it."""
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, [MOST_PROBLEMS])
        return [
            RowProblem(
                row,
                reader.columns.heading_of("key"),
                key,
                _("a key of its own; row %(row)s has it") % {"row": first},
            )
            for row, key, first in cursor.fetchall()
        ]


def _record(table: FactTable, by: Viewer, at: datetime) -> int:
    owner = "" if table.organisation is None else str(table.organisation.pk)
    reversed_tables = FactTable.objects.filter(organisation=table.organisation, reversed_at__isnull=False)
    values = {
        "at": at,
        "by": key_of(by.person) if by.person else None,
        "type": subject_type(table),
        "table": str(table.pk),
        "of_row": "\x1f".join([subject_type(table), str(table.pk), ""]),
        "of_key": "\x1f".join(["import", owner, ""]),
        # A key whose fact was taken back may come again, under the next number.
        "most": reversed_tables.count(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, values)
        count: int = cursor.rowcount
        cursor.execute("DROP TABLE ledger_staged")
    tell_after_commit()
    return count


class _Reader:
    """Reads portion by portion and remembers what was wrong."""

    def __init__(self, at: datetime, own: Organisation | None, columns: FactColumns | None) -> None:
        self.at = at
        self.problems: list[RowProblem] = []
        self.chosen = columns
        self.columns = columns or FactColumns({})
        self.is_first, self.lacks_columns = True, False
        self.kinds = {kind.code: kind_of(kind.code).unit for kind in all_kinds()}
        self.names: dict[str, _Named | None] = {}
        self.allowed = None if own is None else organisations_within(own)
        self.ecosystems = set(Ecosystem.objects.values_list("code", flat=True))
        self.regions = set(Region.objects.values_list("code", flat=True))
        self.sizes = set(SizeClass.values)

    def read(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The rows as they are staged; none where the table does not have the columns."""
        if self.is_first:
            self.is_first = False
            self.lacks_columns = not self.look_at_headings(rows[0].values)
        if self.lacks_columns:
            return []
        told = [self.columns.read(row) for row in rows]
        self._find(told)
        return [self._line(row) for row in told]

    def look_at_headings(self, headings: Iterable[str]) -> bool:
        """Whether the table has what is needed; what is missing or unknown is remembered."""
        known = list(headings)
        if self.chosen is None:
            self.columns = as_they_are(known)
        missing = self.columns.missing
        missing += [told for told in self.columns.of.values() if told and told not in known]
        if missing:
            expected = _("these columns, and at least one row")
            self.problems.append(RowProblem(1, ", ".join(missing), ", ".join(known), expected))
            return False
        if self.chosen is None:
            for unknown in sorted(column for column in known if column and column not in IMPORT_COLUMNS):
                expected = _("one of: %(names)s") % {"names": ", ".join(IMPORT_COLUMNS)}
                self.problems.append(RowProblem(1, unknown, unknown, expected))
        return True

    def _find(self, rows: Sequence[Row]) -> None:
        """Look the organisations of a portion up; what was looked up before is kept, up to a number."""
        if len(self.names) > _MOST_NAMES:
            self.names = {}
        slugs = {
            row[column] for row in rows for column in ("organisation", "counterpart")
        } - self.names.keys()
        slugs.discard("")
        self.names |= dict.fromkeys(slugs)
        found = Organisation.objects.filter(slug__in=[slug for slug in slugs if "\x00" not in slug])
        for key, slug, region, size in found.values_list("pk", "slug", "region_id", "size_class"):
            if self.allowed is None or key in self.allowed:
                self.names[slug] = _Named(key, region, size)

    def _line(self, row: Row) -> tuple[Any, ...]:
        if row["kind"] not in self.kinds:
            self._refuse(row, "kind", _("a kind of fact such as membership.started"))
        happened_at = self._day(row)
        organisation = self._organisation(row, "organisation", is_needed=True)
        counterpart = self._organisation(row, "counterpart")
        own = organisation or _Named(0, None, "")
        return (
            row.number,
            happened_at.year,
            row["kind"],
            happened_at,
            own.key,
            counterpart.key if counterpart else None,
            self._number(row, "quantity", 4) or Decimal(1),
            self.kinds.get(row["kind"], ""),
            self._number(row, "amount_eur", 2),
            self._code(row, "ecosystem", self.ecosystems) or None,
            self._code(row, "region", self.regions) or own.region,
            self._code(row, "size_class", self.sizes) or own.size_class,
            self._key(row),
        )

    def _refuse(self, row: Row, name: str, expected: str) -> None:
        heading = self.columns.heading_of(name)
        self.problems.append(RowProblem(row.number, heading, row[name][:200], expected))

    def _code(self, row: Row, name: str, known: set[str]) -> str:
        if row[name] and row[name] not in known:
            self._refuse(row, name, _("a known code, or nothing"))
        return row[name]

    def _key(self, row: Row) -> str | None:
        if len(row["key"]) > 200 or "\x00" in row["key"]:
            self._refuse(row, "key", _("at most 200 characters"))
        return row["key"] or None

    def _organisation(self, row: Row, name: str, *, is_needed: bool = False) -> "_Named | None":
        found = self.names.get(row[name])
        if found is None and (row[name] or is_needed):
            expected = (
                _("the last part of an organisation's address, such as mesap")
                if self.allowed is None
                else _("the last part of the address of your organisation, or of one that is or was a member")
            )
            self._refuse(row, name, expected)
        return found

    def _day(self, row: Row) -> datetime:
        day = _day_of(row["happened_on"])
        if day is not None and day.year < _FIRST_YEAR:
            # A year with a wrong digit would have figures formed for centuries.
            self._refuse(row, "happened_on", _("a day from %(year)s on") % {"year": _FIRST_YEAR})
            return self.at
        if day is None:
            self._refuse(row, "happened_on", _("a date such as 2024-01-31"))
            return self.at
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if moment > self.at:
            self._refuse(row, "happened_on", _("a day that has come"))
        return moment

    def _number(self, row: Row, name: str, places: int) -> Decimal | None:
        if not row[name]:
            return None
        try:
            number = Decimal(row[name].replace(",", "."))
        except InvalidOperation:
            number = Decimal(0)
        is_exact = number.is_finite() and 0 < number < _MOST and round(number, places) == number
        if not is_exact:
            expected = _("a number above 0 with at most %(places)s decimals") % {"places": places}
            self._refuse(row, name, expected)
            return None
        return number


@dataclass(frozen=True, slots=True)
class _Named:
    """What a fact takes from its organisation."""

    key: int
    region: str | None
    size_class: str


def _day_of(told: str) -> date | None:
    """A day as 2024-01-31, or as 31/01/2024 or 31.01.2024."""
    try:
        if len(told) == 10 and told[2] == told[5] and told[2] in "/.":
            return date(int(told[6:]), int(told[3:5]), int(told[:2]))
        return date.fromisoformat(told)
    except ValueError:
        return None


_STAGE = """
DROP TABLE IF EXISTS pg_temp.ledger_staged;
CREATE TEMPORARY TABLE ledger_staged (
    row integer, year smallint, kind text, happened_at timestamptz, organisation bigint, counterpart bigint,
    quantity numeric, unit text, amount numeric, ecosystem text, region text, size_class text, key text
) ON COMMIT DROP
"""
_TWICE = """
SELECT row, key, first FROM (
    SELECT row, key, min(row) OVER (PARTITION BY key) AS first FROM ledger_staged WHERE key IS NOT NULL
) AS keyed WHERE row > first ORDER BY row LIMIT %s
"""
_COLUMNS = """
    year, id, kind, happened_at, recorded_at, recorded_by, organisation_id, counterpart_id, person,
    subject_type, subject_key, quantity, unit, amount_eur, ecosystem_id, region_id, size_class, source,
    evidence_id, idempotency_key, reverses
"""
_DIGEST = "encode(sha256(convert_to({told}, 'UTF8')), 'hex')"
# A row with a key has the digest of the first number that no fact has; one that stands is there already.
_RECORD = f"""
WITH numbered AS (
    SELECT staged.*, taken.next, coalesce(taken.stands, false) AS stands
    FROM ledger_staged AS staged LEFT JOIN LATERAL (
        SELECT max(number) + 1 AS next, bool_or(NOT EXISTS (
            SELECT FROM ledger_fact AS reversal
            WHERE reversal.year = fact.year AND reversal.reverses = fact.id
        )) AS stands
        FROM generate_series(0, %(most)s) AS number JOIN ledger_fact AS fact
            ON fact.year = staged.year AND fact.kind = staged.kind AND fact.idempotency_key =
                {_DIGEST.format(told="%(of_key)s::text || staged.key || chr(31) || number")}
    ) AS taken ON staged.key IS NOT NULL
)
INSERT INTO ledger_fact ({_COLUMNS})
SELECT year, gen_random_uuid(), kind, happened_at, %(at)s, %(by)s::uuid, organisation, counterpart, NULL,
    %(type)s::text, %(table)s::text, quantity, unit, amount, ecosystem, region, size_class, 'imported',
    NULL, CASE WHEN key IS NULL THEN {_DIGEST.format(told="%(of_row)s::text || row")}
        ELSE {_DIGEST.format(told="%(of_key)s::text || key || chr(31) || coalesce(next, 0)")} END, NULL
FROM numbered WHERE NOT stands
ON CONFLICT DO NOTHING
"""  # noqa: S608
_REVERSE = f"""
INSERT INTO ledger_fact ({_COLUMNS})
SELECT fact.year, gen_random_uuid(), fact.kind, fact.happened_at, %(at)s, %(by)s::uuid,
    fact.organisation_id, fact.counterpart_id, fact.person, fact.subject_type, fact.subject_key,
    -fact.quantity, fact.unit, -fact.amount_eur, fact.ecosystem_id, fact.region_id, fact.size_class,
    fact.source, NULL, {_DIGEST.format(told="'reversal' || chr(31) || fact.id")}, fact.id
FROM ledger_fact AS fact
WHERE fact.subject_type = %(type)s AND fact.subject_key = %(table)s AND fact.reverses IS NULL
    AND NOT EXISTS (
        SELECT FROM ledger_fact AS reversal
        WHERE reversal.year = fact.year AND reversal.reverses = fact.id
    )
ON CONFLICT DO NOTHING
"""  # noqa: S608
