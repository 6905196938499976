"""Presence from the file of a video tool: read, reviewed by somebody, recorded all at once or not at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.models import Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.attendance_files import FIELDS, is_complete, read_attendance
from filiera.admissions.models import Participation, PresenceImport, PresenceMode, PresenceSource
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries.presence_matching import matching_of
from filiera.shared.errors import DomainError

from .presence import record_presence, undo_presence

KEEP_FOR = timedelta(days=7)


class SessionHasNoTime(DomainError):
    message = _("This session has no time yet, so nobody can have been there. Give it one first.")


class ColumnsMissing(DomainError):
    message = _("Say which column holds the name, and which the minutes or both times.")


class NamesUndecided(DomainError):
    message = _("Some names are only alike. Decide first who they are, then record.")


class ImportIsClosed(DomainError):
    message = _("This file was recorded or set aside already. Upload it again to change what it said.")


@transaction.atomic
def upload_attendance(
    *, session: Session, content: bytes, file_name: str, by: Viewer, at: datetime
) -> PresenceImport:
    """Read a file and keep its rows for the review; nothing is recorded yet.

    Raises PermissionDenied, SessionHasNoTime, UnreadableTable, TableTooLarge, NoAttendees.
    """
    if not policies.can_import_presence(by, session.edition):
        raise PermissionDenied
    if session.during is None:
        raise SessionHasNoTime
    table = read_attendance(content, file_name)
    return PresenceImport.objects.create(
        edition=session.edition,
        session=session,
        file_name=file_name[:200],
        headings=table.headings,
        rows=table.rows,
        mapping=table.mapping,
        uploaded_by=by.person,
        uploaded_at=at,
    )


@transaction.atomic
def map_columns(
    *, presence_import: PresenceImport, mapping: Mapping[str, int], by: Viewer, at: datetime
) -> PresenceImport:
    """Say which column holds what, where the file is of no tool that we know.

    Raises PermissionDenied, ImportIsClosed, ColumnsMissing.
    """
    presence_import = _open(presence_import, by)
    kept = {
        field: at_column
        for field, at_column in mapping.items()
        if field in FIELDS and 0 <= at_column < len(presence_import.headings)
    }
    if not is_complete(kept):
        raise ColumnsMissing
    presence_import.mapping = kept
    presence_import.save(update_fields=["mapping"])
    return presence_import


@transaction.atomic
def decide_names(
    *, presence_import: PresenceImport, decisions: Mapping[str, int], by: Viewer, at: datetime
) -> PresenceImport:
    """Say who a name is: a participation of the edition, or 0 for nobody of it.

    Raises PermissionDenied, ImportIsClosed.
    """
    presence_import = _open(presence_import, by)
    presence_import.decisions = {**presence_import.decisions, **decisions}
    presence_import.save(update_fields=["decisions"])
    return presence_import


@transaction.atomic
def record_import(*, presence_import: PresenceImport, by: Viewer, at: datetime) -> PresenceImport:
    """Record the presences of the file, all or none; who was imported before with other minutes is corrected.

    Presences seen at a door or ticked by hand stay as they are. The rows of the file are deleted.
    Raises PermissionDenied, ImportIsClosed, ColumnsMissing, NamesUndecided, and what `record_presence` does.
    """
    presence_import = _open(presence_import, by)
    if not is_complete(presence_import.mapping):
        raise ColumnsMissing
    matching = matching_of(presence_import)
    if matching.doubtful:
        raise NamesUndecided
    places = Participation.objects.select_related("edition").in_bulk(
        [planned.participation for planned in matching.planned]
    )
    recorded = 0
    for planned in matching.planned:
        if planned.what not in ("new", "changed"):
            continue
        if planned.presence is not None:
            undo_presence(presence=planned.presence, by=by, at=at)
        record_presence(
            participation=places[planned.participation],
            session=presence_import.session,
            mode=PresenceMode.ONLINE,
            source=PresenceSource.IMPORT,
            minutes=planned.minutes,
            scan_id=uuid4(),
            checked_in_at=planned.first_at,
            by=by,
            at=at,
        )
        recorded += 1
    _close(presence_import, at, recorded)
    return presence_import


@transaction.atomic
def set_import_aside(*, presence_import: PresenceImport, by: Viewer, at: datetime) -> PresenceImport:
    """Record nothing of a file, and delete its rows.

    Raises PermissionDenied, ImportIsClosed.
    """
    presence_import = _open(presence_import, by)
    _close(presence_import, at, None)
    return presence_import


def _open(presence_import: PresenceImport, by: Viewer) -> PresenceImport:
    if not policies.can_import_presence(by, presence_import.edition):
        raise PermissionDenied
    locked = (
        PresenceImport.objects.select_for_update(of=("self",))
        .select_related("edition", "session__part", "session__edition")
        .get(pk=presence_import.pk)
    )
    if locked.closed_at is not None:
        raise ImportIsClosed
    return locked


def _close(presence_import: PresenceImport, at: datetime, recorded: int | None) -> None:
    presence_import.closed_at, presence_import.recorded = at, recorded
    # Names of people who are none of ours stood in them.
    presence_import.rows, presence_import.decisions = [], {}
    presence_import.save(update_fields=["closed_at", "recorded", "rows", "decisions"])


def forget_old_imports(*, at: datetime) -> int:
    """Delete the rows of files that nobody recorded within a week; how many files."""
    return PresenceImport.objects.filter(closed_at__isnull=True, uploaded_at__lt=at - KEEP_FOR).update(
        closed_at=at, rows=[], decisions={}
    )


@app.periodic(cron="17 3 * * *")
@app.task(name="admissions.forget_old_imports", queueing_lock="admissions.forget_old_imports")
def forget_old_imports_daily(timestamp: int) -> None:
    forget_old_imports(at=datetime.fromtimestamp(timestamp, tz=UTC))
