"""Asking somebody to declare a figure until a day, and asking no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.declaration_mails import forget_mails_to_owner, tell_owner
from filiera.indicators.models import DeclarationRequest
from filiera.indicators.periods import Period, PeriodNotBegun, day_of
from filiera.indicators.queries.declaration_links import link_end
from filiera.indicators.queries.definitions import current_definition
from filiera.indicators.queries.round_asked import people_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed


class OwnerNotOfTeam(DomainError):
    message = _("Only somebody of your team who may declare figures can be asked.")
    field = "owner"


class DayHasPassed(DomainError):
    message = _("This day has passed: choose a later one.")
    field = "due_on"


@dataclass(frozen=True, slots=True)
class OutsideOwner:
    """Somebody without a place in the team, such as the accountant: tells the figure by the mail's link."""

    name: str
    email: str
    language: str


@transaction.atomic
def ask_for_declaration(
    *,
    organisation: Organisation,
    code: str,
    period: Period,
    owner: Person | OutsideOwner,
    due_on: date,
    by: Viewer,
    at: datetime,
    note: str = "",
    is_demonstration: bool = False,
) -> DeclarationRequest:
    """Make somebody the owner of a figure of one period, and ask for it by a mail with a link to the form.

    Asked again, the later owner and day hold, and the link before ends. Raises PermissionDenied,
    UnknownIndicator, PeriodNotBegun, OwnerNotOfTeam, DayHasPassed.
    """
    if not policies.can_declare(by, organisation):
        raise PermissionDenied
    current_definition(code)
    if period.is_future(at):
        raise PeriodNotBegun
    team = people_of([organisation.pk]).get(organisation.pk, [])
    if isinstance(owner, OutsideOwner):
        owner = _of_team(owner.email, team) or owner
    elif owner not in team:
        raise OwnerNotOfTeam
    if due_on < day_of(at):
        raise DayHasPassed
    figure: dict[str, Any] = {
        "organisation": organisation,
        "code": code,
        "start_on": period.start_on,
        "until_on": period.until_on,
    }
    for former in DeclarationRequest.objects.select_for_update().filter(**figure):
        forget_mails_to_owner(former)
    request, _is_new = DeclarationRequest.objects.update_or_create(
        **figure,
        defaults={
            **_owner_columns(owner),
            "link_seed": fresh_seed(),
            "link_ends_on": link_end(due_on, at),
            "due_on": due_on,
            "note": note,
            "is_demonstration": is_demonstration,
            "asked_by": by.person,
            "asked_at": at,
        },
    )
    tell_owner(request, at)
    return request


@transaction.atomic
def withdraw_request(*, request: DeclarationRequest, by: Viewer, at: datetime) -> None:
    """Ask no more for a figure: the link ends, and an address from outside is kept no longer.

    Raises PermissionDenied.
    """
    if not policies.can_declare(by, request.organisation):
        raise PermissionDenied
    for locked in DeclarationRequest.objects.select_for_update().filter(pk=request.pk):
        forget_mails_to_owner(locked)
        locked.delete()


def _of_team(email: str, team: Sequence[Person]) -> Person | None:
    """Whoever of the team has this address: under another name they could confirm what they told."""
    own = EmailAddress.objects.filter(user__in=team, email__iexact=email).values_list("user_id", flat=True)
    known = set(own)
    return next(
        (person for person in team if person.pk in known or person.email.lower() == email.lower()), None
    )


def _owner_columns(owner: Person | OutsideOwner) -> dict[str, Any]:
    if isinstance(owner, OutsideOwner):
        return {
            "owner": None,
            "owner_name": owner.name,
            "owner_email": owner.email,
            "owner_language": owner.language,
        }
    return {"owner": owner, "owner_name": "", "owner_email": "", "owner_language": ""}
