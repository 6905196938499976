"""Facts from elsewhere in a table: all of them or none, each leading back to the table it stood in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.queries import key_of
from filiera.accounts.viewer import Viewer
from filiera.ledger import policies
from filiera.ledger.actions.recording import idempotency_key, subject_type
from filiera.ledger.kinds import all_kinds, kind_of
from filiera.ledger.models import Fact, FactTable, Source
from filiera.ledger.signals import tell_after_commit
from filiera.organisations.models import Organisation, SizeClass
from filiera.reference.models import Ecosystem, Region
from filiera.shared.errors import DomainError
from filiera.shared.tables import Row, RowProblem, read_table

IMPORT_COLUMNS = (
    "kind", "happened_on", "organisation", "counterpart", "quantity", "amount_eur", "ecosystem", "region",
    "size_class",
)  # fmt: skip
_MOST = Decimal(10) ** 12


class FactsHaveMistakes(DomainError):
    """Nothing was recorded; `problems` says where the table is wrong."""

    message = gettext_lazy("The table has mistakes; nothing was recorded.")

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class FactsReport:
    """How many facts an import recorded, or on a dry run would record; a table counts once."""

    recorded: int
    is_dry_run: bool


def import_facts(
    *, content: bytes, filename: str, by: Viewer, at: datetime, dry_run: bool = False
) -> FactsReport:
    """Record every row of a CSV or XLSX table with the columns of `IMPORT_COLUMNS` as an imported fact.

    Only kind, happened_on and organisation are needed. The same table imported again records nothing.
    Raises PermissionDenied, UnreadableTable, TableTooLarge, FactsHaveMistakes.
    """
    if not policies.can_import_facts(by):
        raise PermissionDenied
    rows = read_table(content, filename)
    reader = _Reader(at)
    facts = reader.read(rows)
    if reader.problems:
        raise FactsHaveMistakes(reader.problems)
    with transaction.atomic():
        table, _created = FactTable.objects.get_or_create(
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={
                "name": filename[:200],
                "row_count": len(rows),
                "imported_at": at,
                "imported_by": by.person,
            },
        )
        recorder = key_of(by.person) if by.person else None
        before = _count(table)
        Fact.objects.bulk_create(
            [_of_table(fact, table, row.number, recorder) for fact, row in zip(facts, rows, strict=True)],
            ignore_conflicts=True,
            batch_size=500,
        )
        recorded = _count(table) - before
        tell_after_commit()
        transaction.set_rollback(dry_run)
    return FactsReport(recorded, dry_run)


def _of_table(fact: Fact, table: FactTable, row: int, recorder: UUID | None) -> Fact:
    fact.subject_type, fact.subject_key = subject_type(table), str(table.pk)
    fact.idempotency_key = idempotency_key(table, str(row))
    fact.recorded_by = recorder
    return fact


def _count(table: FactTable) -> int:
    return Fact.objects.filter(subject_type=subject_type(table), subject_key=str(table.pk)).count()


class _Reader:
    """Reads row by row and remembers what was wrong."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.problems: list[RowProblem] = []
        self.kinds = {kind.code for kind in all_kinds()}
        self.organisations: dict[str, Organisation] = {}
        self.ecosystems = set(Ecosystem.objects.values_list("code", flat=True))
        self.regions = set(Region.objects.values_list("code", flat=True))

    def read(self, rows: Sequence[Row]) -> list[Fact]:
        columns = rows[0].values if rows else {}
        missing = [name for name in IMPORT_COLUMNS[:3] if name not in columns]
        if missing:
            self.problems.append(
                RowProblem(
                    1, ", ".join(missing), ", ".join(columns), _("these columns, and at least one row")
                )
            )
            return []
        for unknown in sorted(column for column in columns if column and column not in IMPORT_COLUMNS):
            expected = _("one of: %(names)s") % {"names": ", ".join(IMPORT_COLUMNS)}
            self.problems.append(RowProblem(1, unknown, unknown, expected))
        slugs = {row[column] for row in rows for column in ("organisation", "counterpart") if row[column]}
        found = Organisation.objects.filter(slug__in=slugs)
        self.organisations = {organisation.slug: organisation for organisation in found}
        return [self._fact(row) for row in rows]

    def _fact(self, row: Row) -> Fact:
        kind = self._one_of(row, "kind", self.kinds, _("a kind of fact such as membership.started"))
        happened_at = self._day(row)
        organisation = self._organisation(row, "organisation", is_needed=True)
        own_region = organisation.region_id if organisation else None
        own_size = organisation.size_class if organisation else ""
        return Fact(
            year=happened_at.year,
            id=uuid4(),
            kind=kind,
            happened_at=happened_at,
            recorded_at=self.at,
            organisation=organisation,
            counterpart=self._organisation(row, "counterpart"),
            quantity=self._number(row, "quantity", 4) or Decimal(1),
            unit=kind_of(kind).unit if kind in self.kinds else "",
            amount_eur=self._number(row, "amount_eur", 2),
            ecosystem_id=self._code(row, "ecosystem", self.ecosystems) or None,
            region_id=self._code(row, "region", self.regions) or own_region,
            size_class=self._code(row, "size_class", set(SizeClass.values)) or own_size,
            source=Source.IMPORTED,
        )

    def _refuse(self, row: Row, column: str, expected: str) -> None:
        self.problems.append(RowProblem(row.number, column, row[column][:200], expected))

    def _one_of(self, row: Row, column: str, known: set[str], expected: str) -> str:
        if row[column] not in known:
            self._refuse(row, column, expected)
        return row[column]

    def _code(self, row: Row, column: str, known: set[str]) -> str:
        return self._one_of(row, column, known, _("a known code, or nothing")) if row[column] else ""

    def _organisation(self, row: Row, column: str, *, is_needed: bool = False) -> Organisation | None:
        found = self.organisations.get(row[column])
        if found is None and (row[column] or is_needed):
            self._refuse(row, column, _("the last part of an organisation's address, such as mesap"))
        return found

    def _day(self, row: Row) -> datetime:
        try:
            day = date.fromisoformat(row["happened_on"])
        except ValueError:
            self._refuse(row, "happened_on", _("a date such as 2024-01-31"))
            return self.at
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if moment > self.at:
            self._refuse(row, "happened_on", _("a day that has come"))
        return moment

    def _number(self, row: Row, column: str, places: int) -> Decimal | None:
        if not row[column]:
            return None
        try:
            number = Decimal(row[column].replace(",", "."))
        except InvalidOperation:
            number = Decimal(0)
        is_exact = number.is_finite() and 0 < number < _MOST and round(number, places) == number
        if not is_exact:
            expected = _("a number above 0 with at most %(places)s decimals") % {"places": places}
            self._refuse(row, column, expected)
            return None
        return number
