"""Loading official tables: those in the package at every start, newer files when an operator has them.

A file is taken whole or not at all; every mistake in it is told with its row and column.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from importlib import resources

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.reference.models import (
    Activity,
    Country,
    Ecosystem,
    EcosystemActivity,
    EcosystemMappingVersion,
    Language,
    Region,
    S3Priority,
    SourceTable,
)
from filiera.shared.errors import DomainError
from filiera.shared.tables import Row, RowProblem, read_table


class UnknownReferenceTable(DomainError):
    message = gettext_lazy("There is no reference table of this name.")


class TableHasMistakes(DomainError):
    """Nothing was loaded; `problems` says where the file is wrong."""

    message = gettext_lazy("The table has mistakes; nothing was changed.")

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class TableSource:
    """What is said about a table under every figure that uses it."""

    source: str
    source_date: date
    licence: str
    source_url: str = ""
    title: Mapping[str, str] | None = None


def load_reference(at: datetime | None = None) -> list[str]:
    """Load the packaged tables that are missing or older than the package; the names of those loaded.

    A newer file that an operator has loaded stays.
    """
    loaded_at = at or timezone.now()
    present = {table.name: table for table in SourceTable.objects.all()}
    loaded = []
    for name, source in packaged_sources().items():
        content = (_packaged / f"{name}.csv").read_bytes()
        table = present.get(name)
        if table and (table.digest == _digest(content) or table.source_date > source.source_date):
            continue
        load_table(name, content, f"{name}.csv", source=source, by=SYSTEM, at=loaded_at)
        loaded.append(name)
    return loaded


def load_table(
    name: str,
    content: bytes,
    filename: str,
    *,
    source: TableSource,
    by: Viewer,
    at: datetime,
    dry_run: bool = False,
) -> SourceTable:
    """Take over a table with the columns of the packaged one of that name, all of it or nothing.

    Rows that the new file no longer has stay, because older records point to them.
    Raises PermissionDenied, UnknownReferenceTable, UnreadableTable, TableTooLarge, TableHasMistakes.
    """
    if not by.administering:
        raise PermissionDenied
    if name not in _LOADERS:
        raise UnknownReferenceTable
    with transaction.atomic():
        table = _take_over(name, content, filename, source, at)
        transaction.set_rollback(dry_run)
    return table


def _take_over(name: str, content: bytes, filename: str, source: TableSource, at: datetime) -> SourceTable:
    rows = read_table(content, filename)
    sheet = Sheet(rows)
    _LOADERS[name](sheet)
    if not rows:
        sheet.refuse(Row(2, {}), "", _("at least one row"))
    if sheet.problems:
        raise TableHasMistakes(sorted(sheet.problems, key=lambda problem: problem.row))
    former = SourceTable.objects.filter(name=name).first()
    table, _created = SourceTable.objects.update_or_create(
        name=name,
        defaults={
            "title": dict(source.title) if source.title else (former.title if former else {"en": name}),
            "source": source.source,
            "source_url": source.source_url,
            "source_date": source.source_date,
            "licence": source.licence,
            "row_count": len(rows),
            "digest": _digest(content),
            "loaded_at": at,
        },
    )
    return table


def packaged_sources() -> dict[str, TableSource]:
    """The tables in the package in the order in which they need each other."""
    listed = (_packaged / "sources.csv").read_text(encoding="utf-8")
    return {
        row["name"]: TableSource(
            source=row["source"],
            source_date=date.fromisoformat(row["source_date"]),
            licence=row["licence"],
            source_url=row["source_url"],
            title={"en": row["title_en"], "it": row["title_it"]},
        )
        for row in csv.DictReader(listed.splitlines())
    }


class Sheet:
    """The rows of a file while they are read, and what was found wrong in them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.problems: list[RowProblem] = []

    def refuse(self, row: Row, column: str, expected: str) -> None:
        self.problems.append(RowProblem(row.number, column, row[column][:200], expected))

    def text(self, row: Row, column: str, longest: int = 300) -> str:
        value = row[column]
        if not value or len(value) > longest:
            self.refuse(row, column, _("a text of at most %(longest)s characters") % {"longest": longest})
        return value

    def names(self, row: Row, prefix: str = "name") -> dict[str, str]:
        """Every column `name_<language>`; English at least must be there."""
        start = f"{prefix}_"
        names = {
            column[len(start) :]: value
            for column, value in row.values.items()
            if column.startswith(start) and len(column) == len(start) + 2 and value
        }
        if "en" not in names:
            self.refuse(row, f"{prefix}_en", _("a name in English"))
        return names

    def yes(self, row: Row, column: str) -> bool:
        return self.one_of(row, column, ("yes", "no")) == "yes"

    def one_of(self, row: Row, column: str, known: Iterable[str]) -> str:
        choices = tuple(known)
        if row[column] not in choices:
            shown = ", ".join(choices[:12]) + (" …" if len(choices) > 12 else "")
            self.refuse(row, column, _("one of: %(choices)s") % {"choices": shown})
        return row[column]

    def number(self, row: Row, column: str, largest: int = 9999) -> int:
        value = row[column]
        if not (value.isascii() and value.isdigit() and int(value) <= largest):
            self.refuse(row, column, _("a whole number from 0 to %(largest)s") % {"largest": largest})
            return 0
        return int(value)

    def day(self, row: Row, column: str) -> date:
        try:
            return date.fromisoformat(row[column])
        except ValueError:
            self.refuse(row, column, _("a date such as 2024-01-31"))
            return date.min

    def share(self, row: Row, column: str) -> Decimal | None:
        if not row[column]:
            return None
        try:
            share = Decimal(row[column])
        except InvalidOperation:
            share = Decimal(0)
        if not 0 < share <= 1:
            self.refuse(row, column, _("a share above 0 and up to 1, or nothing"))
            return None
        return share

    def once(self, row: Row, seen: set[tuple[str, ...]], *columns: str) -> None:
        key = tuple(row[column] for column in columns)
        if key in seen:
            self.refuse(row, columns[-1], _("each row once"))
        seen.add(key)


def _store(
    sheet: Sheet, objects: Sequence[models.Model], *, key: Sequence[str], update: Sequence[str]
) -> None:
    if sheet.problems or not objects:
        return
    type(objects[0])._default_manager.bulk_create(
        objects, update_conflicts=True, unique_fields=list(key), update_fields=list(update), batch_size=500
    )


def _countries(sheet: Sheet) -> None:
    seen: set[tuple[str, ...]] = set()
    objects = []
    for row in sheet.rows:
        sheet.once(row, seen, "code")
        objects.append(
            Country(
                code=_code(sheet, row, "code", 2),
                alpha3=_code(sheet, row, "alpha3", 3),
                eurostat_code=row["eurostat_code"][:2],
                in_eu=sheet.yes(row, "in_eu"),
                in_efta=sheet.yes(row, "in_efta"),
                is_candidate=sheet.yes(row, "is_candidate"),
                names=sheet.names(row),
            )
        )
    _store(
        sheet,
        objects,
        key=["code"],
        update=["alpha3", "eurostat_code", "in_eu", "in_efta", "is_candidate", "names"],
    )


def _languages(sheet: Sheet) -> None:
    seen: set[tuple[str, ...]] = set()
    objects = []
    for row in sheet.rows:
        sheet.once(row, seen, "code")
        objects.append(
            Language(
                code=sheet.text(row, "code", 3),
                native_name=sheet.text(row, "native_name", 80),
                is_official_in_eu=sheet.yes(row, "is_official_in_eu"),
                names=sheet.names(row),
            )
        )
    _store(sheet, objects, key=["code"], update=["native_name", "is_official_in_eu", "names"])


def _regions(sheet: Sheet) -> None:
    countries = set(Country.objects.values_list("code", flat=True))
    seen: set[tuple[str, ...]] = set()
    objects = []
    for row in sorted(sheet.rows, key=lambda row: row["level"]):
        sheet.once(row, seen, "code")
        level = sheet.number(row, "level", 2)
        if level and (row["parent"],) not in seen:
            sheet.refuse(row, "parent", _("the code of a region one level above, in the same file"))
        if row["country"] not in countries:
            sheet.refuse(row, "country", _("the code of a known country"))
        objects.append(
            Region(
                code=sheet.text(row, "code", 5),
                level=level,
                country_id=row["country"],
                parent_id=row["parent"] if level else None,
                name=sheet.text(row, "name", 200),
                name_latin=sheet.text(row, "name_latin", 200),
                nuts_version=sheet.number(row, "nuts_version"),
            )
        )
    _store(
        sheet,
        objects,
        key=["code"],
        update=["level", "country", "parent", "name", "name_latin", "nuts_version"],
    )


def _activities(sheet: Sheet) -> None:
    seen: set[tuple[str, ...]] = set()
    for row in sheet.rows:
        sheet.once(row, seen, "revision", "code")
        sheet.text(row, "code", 5)
        sheet.text(row, "revision", 20)
        sheet.one_of(row, "level", Activity.Level.values)
        sheet.names(row)
    if sheet.problems:
        return
    sections = [row for row in sheet.rows if row["level"] == Activity.Level.SECTION]
    _store(sheet, [_activity(sheet, row, None) for row in sections], key=_ACTIVITY_KEY, update=["names"])
    parents = {
        (activity.revision, activity.code): activity.pk
        for activity in Activity.objects.filter(level=Activity.Level.SECTION)
    }
    divisions = []
    for row in sheet.rows:
        if row["level"] == Activity.Level.DIVISION:
            parent = parents.get((row["revision"], row["parent"]))
            if parent is None:
                sheet.refuse(row, "parent", _("the letter of a section of the same revision"))
            divisions.append(_activity(sheet, row, parent))
    _store(sheet, divisions, key=_ACTIVITY_KEY, update=["names", "parent"])


_ACTIVITY_KEY = ("revision", "code")


def _activity(sheet: Sheet, row: Row, parent: int | None) -> Activity:
    return Activity(
        code=row["code"],
        revision=row["revision"],
        level=row["level"],
        parent_id=parent,
        names=sheet.names(row),
    )


def _ecosystems(sheet: Sheet) -> None:
    seen: set[tuple[str, ...]] = set()
    objects = []
    for row in sheet.rows:
        sheet.once(row, seen, "code")
        objects.append(
            Ecosystem(
                code=sheet.text(row, "code", 4),
                position=sheet.number(row, "position", 99),
                names=sheet.names(row),
                aliases=[alias.strip() for alias in row["aliases"].split("|") if alias.strip()],
            )
        )
    _store(sheet, objects, key=["code"], update=["position", "names", "aliases"])


def _ecosystem_mappings(sheet: Sheet) -> None:
    objects = [
        EcosystemMappingVersion(
            code=sheet.text(row, "code", 40),
            status=sheet.one_of(row, "status", EcosystemMappingVersion.Status.values),
            title=sheet.names(row, "title"),
            note=sheet.names(row, "note"),
            source=sheet.text(row, "source"),
            made_on=sheet.day(row, "made_on"),
            is_current=sheet.yes(row, "is_current"),
        )
        for row in sheet.rows
    ]
    current = [row for row in sheet.rows if row["is_current"] == "yes"]
    for row in current[1:]:
        sheet.refuse(row, "is_current", _("one current version"))
    if current and not sheet.problems:
        EcosystemMappingVersion.objects.update(is_current=False)
    _store(
        sheet, objects, key=["code"], update=["status", "title", "note", "source", "made_on", "is_current"]
    )


def _ecosystem_activities(sheet: Sheet) -> None:
    versions = set(EcosystemMappingVersion.objects.values_list("code", flat=True))
    ecosystems = set(Ecosystem.objects.values_list("code", flat=True))
    activities = {(activity.revision, activity.code): activity.pk for activity in Activity.objects.all()}
    seen: set[tuple[str, ...]] = set()
    objects = []
    for row in sheet.rows:
        sheet.once(row, seen, "version", "ecosystem", "revision", "activity")
        activity = activities.get((row["revision"], row["activity"]))
        if activity is None:
            sheet.refuse(row, "activity", _("a known activity of that revision"))
            continue
        objects.append(
            EcosystemActivity(
                version_id=sheet.one_of(row, "version", sorted(versions)),
                ecosystem_id=sheet.one_of(row, "ecosystem", sorted(ecosystems)),
                activity_id=activity,
                weight=sheet.share(row, "weight"),
                note=row["note"][:200],
            )
        )
    if not sheet.problems:
        # A version is what its file says, so what the file no longer says leaves it.
        EcosystemActivity.objects.filter(version__in={row["version"] for row in sheet.rows}).delete()
    _store(sheet, objects, key=["version", "ecosystem", "activity"], update=["weight", "note"])


_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_S3_PRIORITY_UPDATE = (
    "strategy", "kind", "region", "from_year", "until_year", "position", "names", "source_url",
)  # fmt: skip


def _s3_priorities(sheet: Sheet) -> None:
    regions = set(Region.objects.values_list("code", flat=True))
    seen: set[tuple[str, ...]] = set()
    objects = []
    for row in sheet.rows:
        sheet.once(row, seen, "code")
        if row["region"] not in regions:
            sheet.refuse(row, "region", _("the code of a known region"))
        from_year = sheet.number(row, "from_year", _LAST_YEAR)
        until_year = sheet.number(row, "until_year", _LAST_YEAR)
        if not _FIRST_YEAR <= from_year <= until_year:
            sheet.refuse(row, "until_year", _("a period such as 2021 to 2027"))
        objects.append(
            S3Priority(
                code=sheet.text(row, "code", 40),
                strategy=sheet.text(row, "strategy", 80),
                kind=sheet.one_of(row, "kind", S3Priority.Kind.values),
                region_id=row["region"],
                from_year=from_year,
                until_year=until_year,
                position=sheet.number(row, "position", 999),
                names=sheet.names(row),
                source_url=sheet.text(row, "source_url", 500),
            )
        )
    _store(
        sheet,
        objects,
        key=["code"],
        update=_S3_PRIORITY_UPDATE,
    )


def _code(sheet: Sheet, row: Row, column: str, length: int) -> str:
    value = row[column]
    if not (len(value) == length and value.isascii() and value.isalpha() and value.isupper()):
        sheet.refuse(row, column, _("%(length)s capital letters") % {"length": length})
    return value


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_packaged = resources.files("filiera.reference") / "data"

_LOADERS: dict[str, Callable[[Sheet], None]] = {
    "countries": _countries,
    "languages": _languages,
    "regions": _regions,
    "activities": _activities,
    "ecosystems": _ecosystems,
    "ecosystem_mappings": _ecosystem_mappings,
    "ecosystem_activities": _ecosystem_activities,
    "s3_priorities": _s3_priorities,
}
