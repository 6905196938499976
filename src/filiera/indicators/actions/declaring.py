"""Figures told by hand: declared with evidence, and counted once a second person has confirmed them."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.files.actions import store_upload
from filiera.files.models import StoredFile
from filiera.files.rules import MATERIALS
from filiera.indicators import policies
from filiera.indicators.actions.declaration_mails import tell_declarer, tell_second_people
from filiera.indicators.actions.declaration_owners import forget_settled_owners, reopen_link
from filiera.indicators.actions.refreshing import declared_later
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import Period, PeriodNotBegun
from filiera.indicators.queries.declaration_links import is_told_by
from filiera.indicators.queries.definitions import current_definition
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError

DECLARATION_POLICY = "indicators.declaration"


class ProofMissing(DomainError):
    message = _("A declared figure needs a file that proves it, or the address of a public source.")
    field = "upload"


class ConfirmedByTheSame(DomainError):
    message = _("Who declared a figure does not confirm it. Ask a second person of your team.")


class AlreadyConfirmed(DomainError):
    message = _("This figure has been confirmed before.")


class SentBack(DomainError):
    message = _("This declaration was sent back. Declare the figure anew.")


@transaction.atomic
def declare_figure(
    *,
    code: str,
    organisation: Organisation,
    period: Period,
    value: Decimal,
    by: Viewer,
    at: datetime,
    evidence: StoredFile | None = None,
    upload: "File[bytes] | None" = None,
    source_url: str = "",
    note: str = "",
    is_demonstration: bool = False,
) -> Declaration:
    """Tell a figure that is not counted here; it waits for a second person.

    Raises PermissionDenied and what `keep_declaration` raises.
    """
    if not policies.can_declare(by, organisation):
        raise PermissionDenied
    return keep_declaration(
        code=code,
        organisation=organisation,
        period=period,
        value=value,
        evidence=evidence,
        upload=upload,
        source_url=source_url,
        note=note,
        is_demonstration=is_demonstration,
        by=by,
        at=at,
    )


@transaction.atomic
def keep_declaration(
    *,
    code: str,
    organisation: Organisation,
    period: Period,
    value: Decimal,
    by: Viewer,
    at: datetime,
    evidence: StoredFile | None = None,
    upload: "File[bytes] | None" = None,
    source_url: str = "",
    note: str = "",
    is_demonstration: bool = False,
    outside_name: str = "",
    outside_mark: str = "",
) -> Declaration:
    """The declaration itself, by a person or by somebody outside who is known by name.

    Asks no policy: whoever calls it has asked its own.
    Raises UnknownIndicator, PeriodNotBegun, ProofMissing, and what store_upload raises.
    """
    current_definition(code)
    if period.is_future(at):
        raise PeriodNotBegun
    if upload is not None:
        evidence = store_upload(upload=upload, rules=MATERIALS, policy=DECLARATION_POLICY, by=by, at=at)
    if evidence is None and not source_url:
        raise ProofMissing
    declaration = Declaration.objects.create(
        code=code,
        organisation=organisation,
        start_on=period.start_on,
        until_on=period.until_on,
        value=value,
        note=note,
        evidence=evidence,
        source_url=source_url,
        is_demonstration=is_demonstration,
        declared_by=by.person,
        declared_name=outside_name,
        declared_mark=outside_mark,
        declared_at=at,
    )
    if not is_demonstration:
        tell_second_people(declaration, at)
    return declaration


@transaction.atomic
def confirm_declaration(*, declaration: Declaration, by: Viewer, at: datetime) -> Declaration:
    """Confirm as a second person what was declared; it stands in the place of what stood before.

    Raises PermissionDenied, AlreadyConfirmed, SentBack, ConfirmedByTheSame.
    """
    declaration = _waiting(declaration, by)
    Declaration.objects.standing().filter(
        code=declaration.code,
        organisation=declaration.organisation_id,
        start_on=declaration.start_on,
        until_on=declaration.until_on,
    ).update(replaced_by=declaration)
    declaration.confirmed_by, declaration.confirmed_at = by.person, at
    declaration.save(update_fields=["confirmed_by", "confirmed_at"])
    forget_settled_owners(DeclarationRequest.objects.of_figure(declaration))
    declared_later(declaration.organisation, at)
    return declaration


@transaction.atomic
def return_declaration(*, declaration: Declaration, because: str, by: Viewer, at: datetime) -> Declaration:
    """Send back as a second person what was declared, and say why; it never counts.

    Raises PermissionDenied, AlreadyConfirmed, SentBack, ConfirmedByTheSame.
    """
    declaration = _waiting(declaration, by)
    declaration.returned_by, declaration.returned_at = by.person, at
    declaration.returned_because = because
    declaration.save(update_fields=["returned_by", "returned_at", "returned_because"])
    tell_declarer(declaration, reopen_link(declaration, at), at)
    return declaration


def _waiting(declaration: Declaration, by: Viewer) -> Declaration:
    if not policies.can_declare(by, declaration.organisation):
        raise PermissionDenied
    # All that was declared of the figure is held, so that two people never confirm two at the same moment.
    of_figure = Declaration.objects.filter(
        code=declaration.code,
        organisation=declaration.organisation_id,
        start_on=declaration.start_on,
        until_on=declaration.until_on,
    )
    locked = of_figure.select_for_update(of=("self",)).select_related("organisation", "declared_by")
    declaration = next(row for row in locked.order_by("pk") if row.pk == declaration.pk)
    if declaration.confirmed_at is not None:
        raise AlreadyConfirmed
    if declaration.returned_at is not None:
        raise SentBack
    if by.person is not None and is_told_by(declaration, by.person):
        raise ConfirmedByTheSame
    return declaration
