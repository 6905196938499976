"""What becomes of organisations: closed, merged, split, continued under another name."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.organisations import policies
from filiera.organisations.actions.memberships import DateInFuture
from filiera.organisations.models import Organisation, OrganisationRevision, Precision, Succession
from filiera.shared.errors import DomainError


class ClosedBeforeFounded(DomainError):
    message = _("The organisation was founded after this day.")


class SuccessionOfItself(DomainError):
    message = _("An organisation cannot follow itself.")


class SuccessionRecorded(DomainError):
    message = _("What became of this organisation is already recorded.")


@transaction.atomic
def record_succession(
    *,
    kind: str,
    from_organisation: Organisation,
    to_organisation: Organisation,
    happened_on: date,
    by: Viewer,
    at: datetime,
    precision: str = Precision.DAY,
    source_url: str = "",
    source_note: Mapping[str, str] | None = None,
) -> Succession:
    """Record what an organisation became; the earlier one is closed on that day.

    Raises PermissionDenied, SuccessionOfItself, DateInFuture, ClosedBeforeFounded, SuccessionRecorded.
    """
    if not policies.can_record_history(by):
        raise PermissionDenied
    if from_organisation.pk == to_organisation.pk:
        raise SuccessionOfItself
    close_organisation(
        organisation=from_organisation, closed_on=happened_on, precision=precision, by=by, at=at
    )
    try:
        with transaction.atomic():
            return Succession.objects.create(
                kind=kind,
                from_organisation=from_organisation,
                to_organisation=to_organisation,
                happened_on=happened_on,
                precision=precision,
                source_url=source_url,
                source_note=dict(source_note or {}),
            )
    except IntegrityError as error:
        raise SuccessionRecorded from error


@transaction.atomic
def close_organisation(
    *,
    organisation: Organisation,
    closed_on: date,
    by: Viewer,
    at: datetime,
    precision: str = Precision.DAY,
) -> Organisation:
    """Say that an organisation no longer exists; its page and its past stay.

    Raises PermissionDenied, DateInFuture, ClosedBeforeFounded.
    """
    if not policies.can_record_history(by):
        raise PermissionDenied
    if closed_on > at.astimezone(UTC).date():
        raise DateInFuture
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if locked.founded_on and closed_on < locked.founded_on:
        raise ClosedBeforeFounded
    changed = {"closed_on": [locked.closed_on, closed_on]}
    locked.closed_on, locked.closed_precision = closed_on, precision
    locked.save(update_fields=["closed_on", "closed_precision"])
    OrganisationRevision.objects.create(organisation=locked, changed=changed, by=by.person, at=at)
    return locked
