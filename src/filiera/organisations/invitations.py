"""Into a team by a link sent by mail."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts import invitations
from filiera.accounts.models import Invitation, Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.organisations import policies
from filiera.organisations.actions.team import AlreadyInTeam, add_position
from filiera.organisations.models import Organisation, Role
from filiera.organisations.queries import ORGANISATION_TEAM


def register() -> None:
    invitations.register(
        invitations.InvitationPurpose(
            code=ORGANISATION_TEAM,
            title=gettext_lazy("A place in an organisation's team"),
            describe=_describe,
            accept=_accept,
            may_invite=_may_invite,
        )
    )


def _describe(invitation: Invitation) -> str:
    organisation = Organisation.objects.get(pk=invitation.data["organisation"])
    return _("You join the team of %(organisation)s as %(role)s.") % {
        "organisation": organisation.name,
        "role": str(Role(invitation.data["role"]).label).lower(),
    }


def _accept(invitation: Invitation, person: Person, at: datetime) -> str:
    organisation = Organisation.objects.get(pk=invitation.data["organisation"])
    # Who is in the team already keeps their role; the link still leads there.
    with suppress(AlreadyInTeam):
        add_position(
            person=person,
            organisation=organisation,
            role=invitation.data["role"],
            title=invitation.data.get("title", ""),
            by=SYSTEM,
            at=at,
        )
    return reverse("organisations:workspace", args=[organisation.slug])


def _may_invite(viewer: Viewer, data: Mapping[str, Any]) -> bool:
    organisation = Organisation.objects.filter(pk=data.get("organisation") or 0).first()
    if organisation is None or data.get("role") not in Role.values:
        return False
    return policies.can_edit_team(viewer, organisation)
