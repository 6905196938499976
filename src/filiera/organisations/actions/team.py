"""Who works in an organisation's team, and in which role."""

from datetime import UTC, date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.actions import Invited, invite
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.organisations import policies
from filiera.organisations.models import Organisation, Position, Role
from filiera.organisations.queries import ORGANISATION_TEAM
from filiera.shared.errors import DomainError


class AlreadyInTeam(DomainError):
    message = _("This person is already in the team.")


class LastManager(DomainError):
    message = _("A team needs a manager. Name another one first.")


class PositionEnded(DomainError):
    message = _("This person has already left the team.")


@transaction.atomic
def add_position(
    *,
    person: Person,
    organisation: Organisation,
    role: str,
    by: Viewer,
    at: datetime,
    title: str = "",
    is_public: bool = False,
    from_date: date | None = None,
) -> Position:
    """Take a person into the team, from today or from the given day on.

    Raises PermissionDenied, AlreadyInTeam.
    """
    if not policies.can_edit_team(by, organisation):
        raise PermissionDenied
    try:
        with transaction.atomic():
            return Position.objects.create(
                person=person,
                organisation=organisation,
                role=role,
                title=title,
                is_public=is_public,
                from_date=from_date or at.astimezone(UTC).date(),
            )
    except IntegrityError as error:
        raise AlreadyInTeam from error


@transaction.atomic
def invite_to_team(
    *,
    organisation: Organisation,
    email: str,
    role: str,
    by: Viewer,
    at: datetime,
    language: str,
    title: str = "",
) -> Invited:
    """Send a one-time link that leads into the team.

    Raises PermissionDenied.
    """
    data = {"organisation": organisation.pk, "role": role, "title": title}
    return invite(purpose=ORGANISATION_TEAM, email=email, data=data, by=by, at=at, language=language)


@transaction.atomic
def change_position(
    *, position: Position, role: str, title: str, is_public: bool, by: Viewer, at: datetime
) -> Position:
    """Give somebody another role or title from today on; what they were until today stays known.

    Raises PermissionDenied, PositionEnded, LastManager.
    """
    if not policies.can_edit_team(by, position.organisation):
        raise PermissionDenied
    position = _locked_current(position, at)
    today = at.astimezone(UTC).date()
    if role == position.role or position.from_date == today:
        if role != Role.MANAGER:
            _keep_a_manager(position)
        position.role, position.title, position.is_public = role, title, is_public
        position.save(update_fields=["role", "title", "is_public"])
        return position
    _keep_a_manager(position)
    position.until_date = today
    position.save(update_fields=["until_date"])
    return Position.objects.create(
        person=position.person,
        organisation=position.organisation,
        role=role,
        title=title,
        is_public=is_public,
        from_date=today,
    )


@transaction.atomic
def end_position(*, position: Position, by: Viewer, at: datetime) -> Position:
    """Let somebody leave the team today.

    Raises PermissionDenied, PositionEnded, LastManager.
    """
    is_own = by.person_id is not None and by.person_id == position.person_id
    if not (is_own or policies.can_edit_team(by, position.organisation)):
        raise PermissionDenied
    position = _locked_current(position, at)
    _keep_a_manager(position)
    position.until_date = at.astimezone(UTC).date()
    position.save(update_fields=["until_date"])
    return position


def _locked_current(position: Position, at: datetime) -> Position:
    # The organisation is locked, so that two managers cannot both leave as the second to last.
    Organisation.objects.select_for_update().get(pk=position.organisation_id)
    position = Position.objects.select_related("organisation", "person").get(pk=position.pk)
    if position.until_date is not None and position.until_date <= at.astimezone(UTC).date():
        raise PositionEnded
    return position


def _keep_a_manager(position: Position) -> None:
    if position.role != Role.MANAGER:
        return
    managers = Position.objects.current().filter(organisation=position.organisation, role=Role.MANAGER)
    if not managers.exclude(pk=position.pk).exists():
        raise LastManager
