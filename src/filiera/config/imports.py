"""`filiera import`: the same actions as on the pages, with each mistake on a line of its own."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from filiera.config.database import running_database
from filiera.config.errors import CannotRun
from filiera.config.installation import Installation
from filiera.config.terminal import say, tell
from filiera.shared.loading import loading

if TYPE_CHECKING:
    from filiera.academy.models import Edition
    from filiera.accounts.viewer import Viewer
    from filiera.ledger.fact_columns import FactColumns
    from filiera.organisations.models import Organisation
    from filiera.shared.tables import RowProblem

_LARGEST_BYTES = 50_000_000


@dataclass(frozen=True)
class ImportRequest:
    """What was asked for on the command line."""

    what: str
    file: Path
    edition: str | None = None
    email: str | None = None
    is_dry_run: bool = False
    table: str | None = None
    source: str | None = None
    source_date: str | None = None
    licence: str | None = None
    organisation: str | None = None
    mapping: str | None = None
    is_reversal: bool = False


def import_file(installation: Installation, request: ImportRequest) -> None:
    """All rows or none.

    Raises CannotRun; the mistakes stand on standard error before it.
    """
    # Facts are read row by row, however many there are.
    content = b"" if request.what == "facts" else _content_of(request.file)
    with running_database(installation):
        with loading():
            django.setup()
        from filiera.shared.errors import DomainError  # its message is translated: needs Django

        try:
            told = _IMPORTS[request.what](content, request)
        except PermissionDenied as error:
            raise CannotRun(f"{request.email} may not do that.") from error
        except OSError as error:
            raise CannotRun(f"{request.file}: {error.strerror}") from error
        except DomainError as error:
            for problem in getattr(error, "problems", ()):
                say(_in_one_line(problem))
            raise CannotRun(f"{request.file}: {error}") from error
    tell(f"{told} (dry run: nothing was changed)" if request.is_dry_run else told)


def _content_of(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise CannotRun(f"{file} is larger than {_LARGEST_BYTES // 1_000_000} MB.")
        return file.read_bytes()
    except OSError as error:
        raise CannotRun(f"{file}: {error.strerror}") from error


def _in_one_line(problem: "RowProblem") -> str:
    return f"row {problem.row}, {problem.column}: {problem.value!r}, expected {problem.expected}"


def _programme(content: bytes, request: ImportRequest) -> str:
    from filiera.academy.actions.programme_import import import_programme  # needs Django's apps

    edition = _edition(request)
    report = import_programme(
        edition=edition,
        content=content,
        name=request.file.name,
        dry_run=request.is_dry_run,
        by=_viewer(request, f"/academy/{edition.slug}/"),
        at=timezone.now(),
    )
    return (
        f"{len(report.sessions)} sessions, {len(report.new_rooms)} rooms, {len(report.new_speakers)} speakers"
    )


def _participants(content: bytes, request: ImportRequest) -> str:
    from filiera.admissions.actions.people_imports import import_people  # needs Django's apps
    from filiera.admissions.imports.people import guessed_mapping, read_people_table
    from filiera.admissions.queries.people_imports import remembered_mapping

    edition = _edition(request)
    table = read_people_table(content, request.file.name)
    report = import_people(
        edition=edition,
        table=table,
        mapping=guessed_mapping(table.headings, remembered_mapping(edition)),
        is_confirmed=False,
        dry_run=request.is_dry_run,
        by=_viewer(request, f"/academy/{edition.slug}/"),
        at=timezone.now(),
    )
    for change in report.changed:
        fields = "; ".join(f"{label}: {before!r} to {after!r}" for label, before, after in change.fields)
        tell(f"{change.name}: {fields}")
    for name in report.missing:
        tell(f"{name} has a place and is not in the file")
    return (
        f"{len(report.new)} new, {len(report.changed)} changed, {report.unchanged} unchanged, "
        f"{len(report.missing)} missing in the file"
    )


def _edition(request: ImportRequest) -> "Edition":
    from filiera.academy.models import Edition  # needs Django's apps

    if request.edition is None:
        raise CannotRun(f"Say with --edition which edition the {request.what} belong to.")
    edition = Edition.objects.filter(slug=request.edition).first()
    if edition is None:
        raise CannotRun(f"There is no edition {request.edition!r}.")
    return edition


def _organisations(content: bytes, request: ImportRequest) -> str:
    from filiera.organisations.actions.imports import import_organisations  # needs Django's apps

    report = import_organisations(
        content=content,
        filename=request.file.name,
        by=_viewer(request, "/"),
        at=timezone.now(),
        dry_run=request.is_dry_run,
    )
    return (
        f"{len(report.created)} new organisations, {len(report.updated)} updated, "
        f"{report.memberships} memberships"
    )


def _facts(content: bytes, request: ImportRequest) -> str:
    from filiera.ledger.actions import import_facts  # needs Django's apps

    if request.is_reversal:
        return _facts_back(request)
    organisation = _organisation(request)
    report = import_facts(
        content=request.file,
        filename=request.file.name,
        by=_fact_viewer(request),
        at=timezone.now(),
        dry_run=request.is_dry_run,
        organisation=organisation,
        columns=_fact_columns(request, organisation),
    )
    return f"{report.recorded} facts" + (
        f", {report.there_already} there already" if report.there_already else ""
    )


def _facts_back(request: ImportRequest) -> str:
    from filiera.ledger.actions import reverse_import  # needs Django's apps
    from filiera.ledger.models import FactTable

    with request.file.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    tables = FactTable.objects.filter(sha256=digest, organisation=_organisation(request))
    table = tables.order_by("reversed_at", "-pk").filter(reversed_at=None).first() or tables.last()
    if table is None:
        raise CannotRun(f"{request.file} was never imported.")
    if request.is_dry_run:
        return f"the import of {table.name} with {table.row_count} rows would be taken back"
    return f"{reverse_import(table=table, by=_fact_viewer(request), at=timezone.now())} facts taken back"


def _fact_viewer(request: ImportRequest) -> "Viewer":
    return _viewer(request, f"/o/{request.organisation}/" if request.organisation else "/")


def _fact_columns(request: ImportRequest, organisation: "Organisation | None") -> "FactColumns | None":
    from filiera.ledger.fact_columns import columns_from  # needs Django's apps
    from filiera.ledger.models import FactMapping

    if request.mapping is None:
        return None
    kept = FactMapping.objects.filter(organisation=organisation, name=request.mapping).first()
    if kept is None:
        raise CannotRun(
            f"There is no choice of columns kept as {request.mapping!r}: say --organisation, too."
        )
    return columns_from(kept.columns)


def _organisation(request: ImportRequest) -> "Organisation | None":
    from filiera.organisations.models import Organisation  # needs Django's apps

    if request.organisation is None:
        return None
    found = Organisation.objects.filter(slug=request.organisation).first()
    if found is None:
        raise CannotRun(f"There is no organisation {request.organisation!r}.")
    return found


def _reference(content: bytes, request: ImportRequest) -> str:
    from filiera.accounts.viewer import SYSTEM  # needs Django's apps
    from filiera.reference.load import TableSource, load_table

    if not (request.table and request.source and request.source_date and request.licence):
        raise CannotRun("Say with --table, --source, --date and --licence what the file is.")
    try:
        source_date = date.fromisoformat(request.source_date)
    except ValueError as error:
        raise CannotRun(f"{request.source_date!r} is not a date such as 2026-01-31.") from error
    table = load_table(
        request.table,
        content,
        request.file.name,
        source=TableSource(source=request.source, source_date=source_date, licence=request.licence),
        by=SYSTEM,
        at=timezone.now(),
        dry_run=request.is_dry_run,
    )
    return f"{table.row_count} rows of {table.name}"


def _viewer(request: ImportRequest, path: str) -> "Viewer":
    from filiera.accounts.models import Person  # needs Django's apps
    from filiera.accounts.viewer import SYSTEM
    from filiera.config.viewers import viewer_at

    if request.email is None:
        return SYSTEM
    person = Person.objects.filter(email=request.email.lower()).first()
    if person is None:
        raise CannotRun(f"Nobody has the address {request.email}.")
    return viewer_at(person, path)


_IMPORTS: dict[str, Callable[[bytes, ImportRequest], str]] = {
    "programme": _programme,
    "participants": _participants,
    "organisations": _organisations,
    "facts": _facts,
    "reference": _reference,
}
