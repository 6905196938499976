"""What the owner of a figure does by the link of the mail: tell it, or say that others are to be asked."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.declaration_mails import tell_asker
from filiera.indicators.actions.declaration_owners import forget_owner
from filiera.indicators.actions.declaring import keep_declaration
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.queries.declaration_links import LinkState, has_owner, link_state, mark_of
from filiera.shared.errors import DomainError


class FigureToldAlready(DomainError):
    message = _("This figure has been told already; a second person confirms it.")


class LinkIsOver(DomainError):
    message = _("The time to tell it by this link is over. Ask for a new one.")


@transaction.atomic
def tell_figure(
    *,
    request: DeclarationRequest,
    value: Decimal,
    by: Viewer,
    at: datetime,
    upload: "File[bytes] | None" = None,
    source_url: str = "",
    note: str = "",
) -> Declaration:
    """Tell by the link the figure that one is asked for; it waits for a second person.

    Raises PermissionDenied, FigureToldAlready, LinkIsOver, and what `keep_declaration` raises.
    """
    request = _open(request, by, at)
    return keep_declaration(
        code=request.code,
        organisation=request.organisation,
        period=request.period,
        value=value,
        upload=upload,
        source_url=source_url,
        note=note,
        is_demonstration=request.is_demonstration,
        outside_name=request.owner_name,
        outside_mark=mark_of(request.owner_email) if request.is_outside else "",
        by=by,
        at=at,
    )


@transaction.atomic
def decline_request(*, request: DeclarationRequest, by: Viewer, at: datetime) -> None:
    """Say by the link that one is not the one to ask: whoever asked hears of it, name and address go.

    Raises PermissionDenied, FigureToldAlready, LinkIsOver.
    """
    request = _open(request, by, at)
    tell_asker(request, at)
    forget_owner(request)


def _open(request: DeclarationRequest, by: Viewer, at: datetime) -> DeclarationRequest:
    # Held, so that one link is used once, and not while it is asked anew.
    rows = DeclarationRequest.objects.select_for_update(of=("self",)).select_related("organisation", "owner")
    locked = rows.filter(pk=request.pk).first()
    if locked is None or not policies.can_tell_figure(by, locked) or not has_owner(locked):
        raise PermissionDenied
    state = link_state(locked, at)
    if state == LinkState.TOLD:
        raise FigureToldAlready
    if state == LinkState.OVER:
        raise LinkIsOver
    return locked
