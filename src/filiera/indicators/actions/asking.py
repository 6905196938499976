"""Asking somebody of the team to declare a figure until a day."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.actions.declaration_mails import tell_owner
from filiera.indicators.models import DeclarationRequest
from filiera.indicators.periods import Period, PeriodNotBegun, day_of
from filiera.indicators.queries.definitions import current_definition
from filiera.indicators.queries.round_asked import people_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError


class OwnerNotOfTeam(DomainError):
    message = _("Only somebody of your team who may declare figures can be asked.")
    field = "owner"


class DayHasPassed(DomainError):
    message = _("This day has passed: choose a later one.")
    field = "due_on"


@transaction.atomic
def ask_for_declaration(
    *,
    organisation: Organisation,
    code: str,
    period: Period,
    owner: Person,
    due_on: date,
    by: Viewer,
    at: datetime,
    note: str = "",
    is_demonstration: bool = False,
) -> DeclarationRequest:
    """Make somebody of the team the owner of a figure of one period, and ask for it by mail.

    Asked again, the later owner and day hold. Raises PermissionDenied, UnknownIndicator, PeriodNotBegun,
    OwnerNotOfTeam, DayHasPassed.
    """
    if not policies.can_declare(by, organisation):
        raise PermissionDenied
    current_definition(code)
    if period.is_future(at):
        raise PeriodNotBegun
    if owner not in people_of([organisation.pk]).get(organisation.pk, []):
        raise OwnerNotOfTeam
    if due_on < day_of(at):
        raise DayHasPassed
    request, _is_new = DeclarationRequest.objects.update_or_create(
        organisation=organisation,
        code=code,
        start_on=period.start_on,
        until_on=period.until_on,
        defaults={
            "owner": owner,
            "due_on": due_on,
            "note": note,
            "is_demonstration": is_demonstration,
            "asked_by": by.person,
            "asked_at": at,
        },
    )
    tell_owner(request, at)
    return request
