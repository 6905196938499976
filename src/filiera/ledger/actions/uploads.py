"""Tables of facts on the page: uploaded, their columns named and kept, recorded or thrown away."""

from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import Viewer
from filiera.files.actions import discard_file, store_upload
from filiera.files.policies import UPLOADER_ONLY
from filiera.files.rules import CSV, XLSX, UploadRules
from filiera.ledger import policies
from filiera.ledger.actions.imports import FactsReport, import_facts
from filiera.ledger.fact_columns import FactColumns
from filiera.ledger.models import FactMapping, FactUpload
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.tables import stream_table

if TYPE_CHECKING:
    from django.core.files.base import File

FACT_FILES = UploadRules((CSV, XLSX), max_bytes=20 * 1024 * 1024)
WAITS_FOR = timedelta(days=7)
_ROWS_SHOWN = 5


class TableIsEmpty(DomainError):
    message = _("The table has no row below its headings.")
    field = "file"


class UploadIsGone(DomainError):
    message = _("This table has been recorded or deleted meanwhile.")


class ColumnMissing(DomainError):
    message = _("Say for kind, day and organisation which column holds it, or what is the same in every row.")


@transaction.atomic
def upload_facts(
    *, organisation: Organisation, upload: "File[bytes]", by: Viewer, at: datetime
) -> FactUpload:
    """Keep a table until its columns are named.

    Raises PermissionDenied, UnreadableTable, TableTooLarge, TableIsEmpty, and what store_upload raises.
    """
    if not policies.can_import_facts(by, organisation):
        raise PermissionDenied
    stored = store_upload(upload=upload, rules=FACT_FILES, policy=UPLOADER_ONLY, by=by, at=at)
    with default_storage.open(stored.path) as file:
        first = list(islice(stream_table(cast(BinaryIO, file), stored.name), _ROWS_SHOWN))
    if not first:
        raise TableIsEmpty
    headings = [heading for heading in first[0].values if heading]
    return FactUpload.objects.create(
        organisation=organisation,
        name=stored.name,
        file=stored,
        headings=headings,
        first_rows=[[row[heading] for heading in headings] for row in first],
        uploaded_at=at,
        uploaded_by=by.person,
    )


@transaction.atomic
def record_upload(
    *,
    upload: FactUpload,
    columns: FactColumns,
    by: Viewer,
    at: datetime,
    dry_run: bool = False,
    keep_as: str = "",
) -> FactsReport:
    """Record all rows of an uploaded table, or say what that would do; the file is deleted then.

    `keep_as` names the mapping under which the columns are kept for the next table.
    Raises PermissionDenied, UploadIsGone, ColumnMissing, and what `import_facts` raises.
    """
    upload = _locked(upload, by)
    if columns.missing:
        raise ColumnMissing
    if keep_as:
        FactMapping.objects.update_or_create(
            organisation=upload.organisation,
            name=keep_as,
            defaults={"columns": columns.as_json(), "kept_at": at},
        )
    with default_storage.open(upload.file.path) as file:
        report = import_facts(
            content=cast(BinaryIO, file),
            filename=upload.name,
            by=by,
            at=at,
            dry_run=dry_run,
            organisation=upload.organisation,
            columns=columns,
        )
    if not dry_run:
        _discard(upload)
    return report


@transaction.atomic
def delete_upload(*, upload: FactUpload, by: Viewer, at: datetime) -> None:
    """Throw a table away before anything was recorded. Raises PermissionDenied, UploadIsGone."""
    _discard(_locked(upload, by))


def _locked(upload: FactUpload, by: Viewer) -> FactUpload:
    """One hand at a time: recorded twice it would find its file gone."""
    if not policies.can_import_facts(by, upload.organisation):
        raise PermissionDenied
    rows = FactUpload.objects.select_for_update(of=("self",)).select_related("organisation", "file")
    found = rows.filter(pk=upload.pk).first()
    if found is None:
        raise UploadIsGone
    return found


def _discard(upload: FactUpload) -> None:
    file = upload.file
    upload.delete()
    discard_file(stored_file=file)


@app.periodic(cron="25 4 * * *")
@app.task(name="ledger.discard_old_uploads", queueing_lock="ledger.discard_old_uploads")
def discard_old_uploads(timestamp: int) -> None:
    """A table whose columns nobody has named within a week is thrown away."""
    for upload in FactUpload.objects.filter(uploaded_at__lt=timezone.now() - WAITS_FOR):
        with transaction.atomic():
            _discard(upload)
