"""Bringing figures of past years along: a table is uploaded, declared whole, and confirmed whole."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.files.actions import discard_file, store_upload
from filiera.indicators import policies
from filiera.indicators.actions.declaring import AlreadyConfirmed, ConfirmedByTheSame
from filiera.indicators.actions.refreshing import declared_later
from filiera.indicators.history_files import (
    HISTORY_FILES,
    HistoryTable,
    figures_in,
    read_history,
)
from filiera.indicators.models import Declaration, HistoryUpload
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.starter import STARTER_CODES, guessed_series
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError

if TYPE_CHECKING:
    from django.core.files.base import File

HISTORY_POLICY = "indicators.history"


class NothingChosen(DomainError):
    message = _("Choose for at least one indicator where it stands in the table.")


class SeriesUnknown(DomainError):
    message = _("The table has no such line or column.")


class SeriesTwice(DomainError):
    message = _("One line or column cannot be two indicators.")


class HistoryAlreadyDeclared(DomainError):
    message = _("This table has been declared. Upload it again to change something.")


class HistoryIsProof(DomainError):
    message = _("Figures of this table have been confirmed one by one; it proves them and stays.")


class HistoryNotDeclared(DomainError):
    message = _("Nothing of this table has been declared yet.")


@transaction.atomic
def upload_history(
    *, organisation: Organisation, upload: "File[bytes]", by: Viewer, at: datetime
) -> HistoryUpload:
    """Keep a table of figures over years, with a guess which series is which of the eight.

    Raises PermissionDenied, UnreadableTable, TableTooLarge, HistoryUnreadable, and what store_upload raises.
    """
    if not policies.can_declare(by, organisation):
        raise PermissionDenied
    stored = store_upload(upload=upload, rules=HISTORY_FILES, policy=HISTORY_POLICY, by=by, at=at)
    made = HistoryUpload(
        organisation=organisation, name=stored.name, file=stored, uploaded_at=at, uploaded_by=by.person
    )
    made.chosen = guessed_series(table_of(made).series, current_definitions())
    made.save()
    return made


@transaction.atomic
def declare_history(
    *, history: HistoryUpload, chosen: Mapping[str, str], by: Viewer, at: datetime, dry_run: bool = False
) -> int:
    """Declare every figure of the chosen series, or say how many that would be: all of them or none.

    They count once a second person has confirmed the table.
    Raises PermissionDenied, HistoryAlreadyDeclared, NothingChosen, SeriesUnknown, SeriesTwice,
    HistoryHasMistakes.
    """
    history = _locked(history, by)
    if history.declared_at is not None:
        raise HistoryAlreadyDeclared
    table, definitions = table_of(history), current_definitions()
    if not chosen:
        raise NothingChosen
    if set(chosen) - set(STARTER_CODES) or set(chosen.values()) - set(table.series):
        raise SeriesUnknown
    if len(set(chosen.values())) < len(chosen):
        raise SeriesTwice
    told = figures_in(table, chosen, definitions, at)
    if not told:
        raise NothingChosen
    if dry_run:
        return len(told)
    Declaration.objects.bulk_create(
        Declaration(
            code=each.code,
            organisation=history.organisation,
            start_on=each.period.start_on,
            until_on=each.period.until_on,
            value=each.value,
            note=history.name,
            evidence=history.file,
            declared_by=by.person,
            declared_at=at,
        )
        for each in told
    )
    history.chosen, history.figures = dict(chosen), len(told)
    history.uploaded_by, history.declared_at = by.person, at
    history.save(update_fields=["chosen", "figures", "uploaded_by", "declared_at"])
    return len(told)


@transaction.atomic
def confirm_history(*, history: HistoryUpload, by: Viewer, at: datetime) -> int:
    """Confirm as a second person all that was declared from a table; how many figures stand by it.

    Raises PermissionDenied, HistoryNotDeclared, AlreadyConfirmed, ConfirmedByTheSame.
    """
    history = _locked(history, by)
    if history.declared_at is None:
        raise HistoryNotDeclared
    if history.confirmed_at is not None:
        raise AlreadyConfirmed
    if by.person_id is not None and by.person_id == history.uploaded_by_id:
        raise ConfirmedByTheSame
    waiting = list(Declaration.objects.waiting().select_for_update().filter(evidence=history.file))
    for declaration in waiting:
        Declaration.objects.standing().filter(
            code=declaration.code,
            organisation=declaration.organisation_id,
            start_on=declaration.start_on,
            until_on=declaration.until_on,
        ).update(replaced_by=declaration)
        declaration.confirmed_by, declaration.confirmed_at = by.person, at
        declaration.save(update_fields=["confirmed_by", "confirmed_at"])
    history.confirmed_by, history.confirmed_at = by.person, at
    history.save(update_fields=["confirmed_by", "confirmed_at"])
    declared_later(history.organisation, at)
    return len(waiting)


@transaction.atomic
def delete_history(*, history: HistoryUpload, by: Viewer, at: datetime) -> None:
    """Throw a table away as long as it is not confirmed, and what was declared from it.

    Raises PermissionDenied, AlreadyConfirmed, HistoryIsProof.
    """
    history = _locked(history, by)
    if history.confirmed_at is not None:
        raise AlreadyConfirmed
    declared = Declaration.objects.filter(evidence=history.file)
    if declared.filter(confirmed_at__isnull=False).exists():
        raise HistoryIsProof
    declared.delete()
    file = history.file
    history.delete()
    discard_file(stored_file=file)


def table_of(history: HistoryUpload) -> HistoryTable:
    """What stands in the table."""
    with default_storage.open(history.file.path) as file:
        return read_history(file.read(), history.name)


def _locked(history: HistoryUpload, by: Viewer) -> HistoryUpload:
    if not policies.can_declare(by, history.organisation):
        raise PermissionDenied
    rows = HistoryUpload.objects.select_for_update(of=("self",)).select_related("organisation", "file")
    return rows.get(pk=history.pk)
