"""Who belongs to an edition; the only door by which roles are given and ended."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy import policies
from filiera.academy.models import Edition, EditionMember, EditionRole
from filiera.accounts import invitations
from filiera.accounts.actions import invite
from filiera.accounts.models import Invitation, Person
from filiera.accounts.viewer import Viewer
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation
from filiera.texts.languages import DEFAULT_LANGUAGE, translated

from .errors import DraftError
from .steps import lock_edition

TEAM_INVITATION = "academy.team"


class AlreadyInRole(DraftError):
    message = gettext_lazy("This person already has this role.")
    field = "email"


class LastDirector(DraftError):
    message = gettext_lazy("An edition needs a director. Name another one first.")


@transaction.atomic
def give_role(
    *,
    edition: Edition,
    person: Person,
    role: str,
    organisation: Organisation | None,
    by: Viewer,
    at: datetime,
) -> EditionMember:
    """Let a person belong to an edition in a role, from now on.

    Raises PermissionDenied, AlreadyInRole.
    """
    if not policies.can_edit_team(by, edition):
        raise PermissionDenied
    return put_into_role(edition=edition, person=person, role=role, organisation=organisation, at=at)


def put_into_role(
    *, edition: Edition, person: Person, role: str, organisation: Organisation | None, at: datetime
) -> EditionMember:
    """Asks no policy: for actions that have asked their own (an accepted invitation, a new edition)."""
    lock_edition(edition)
    current = EditionMember.objects.current().filter(edition=edition, person=person, role=role)
    if current.exists():
        raise AlreadyInRole
    return EditionMember.objects.create(
        edition=edition, person=person, role=role, organisation=organisation, since=at
    )


@transaction.atomic
def invite_member(
    *,
    edition: Edition,
    email: str,
    role: str,
    organisation: Organisation | None,
    by: Viewer,
    at: datetime,
    language: str = DEFAULT_LANGUAGE,
) -> EditionMember | Invitation:
    """Bring somebody in by mail: with an account at once, else by a link that makes one.

    Raises PermissionDenied, AlreadyInRole.
    """
    if not policies.can_edit_team(by, edition):
        raise PermissionDenied
    person = Person.objects.filter(email=email.lower(), is_active=True).first()
    if person is None:
        data = {
            "edition": edition.pk,
            "role": role,
            "organisation": organisation.pk if organisation is not None else None,
        }
        invited = invite(purpose=TEAM_INVITATION, email=email, by=by, at=at, language=language, data=data)
        return invited.invitation
    member = give_role(edition=edition, person=person, role=role, organisation=organisation, by=by, at=at)
    queue_mail(
        key=f"academy.team:{member.pk}",
        to=person,
        template="academy/desk/mail/team_role.txt",
        context={"edition": edition, "member": member},
        language=person.language or language,
        at=at,
    )
    return member


@transaction.atomic
def end_role(*, member: EditionMember, by: Viewer, at: datetime) -> EditionMember:
    """End a role from now on; who had it and when stays known.

    Raises PermissionDenied, LastDirector.
    """
    if not policies.can_edit_team(by, member.edition):
        raise PermissionDenied
    lock_edition(member.edition)
    directors = EditionMember.objects.current().filter(edition=member.edition, role=EditionRole.DIRECTOR)
    if member.role == EditionRole.DIRECTOR and not directors.exclude(pk=member.pk).exists():
        raise LastDirector
    member.until = at
    member.save(update_fields=["until"])
    return member


def take_out_of_role(*, edition: Edition, person: Person, role: str, at: datetime) -> int:
    """End a role that somebody holds, if they hold it. Asks no policy: see `put_into_role`."""
    lock_edition(edition)
    current = EditionMember.objects.current().filter(edition=edition, person=person, role=role)
    # A clock that was set back must not end a role before it began.
    return current.update(until=Greatest("since", Value(at)))


def _describe(invitation: Invitation) -> str:
    edition = Edition.objects.get(pk=invitation.data["edition"])
    return _("You join the team of %(edition)s as %(role)s.") % {
        "edition": translated(edition.name),
        "role": EditionRole(invitation.data["role"]).label,
    }


def _accept(invitation: Invitation, person: Person, at: datetime) -> str:
    edition = Edition.objects.get(pk=invitation.data["edition"])
    role = invitation.data["role"]
    organisation = Organisation.objects.filter(pk=invitation.data["organisation"] or 0).first()
    if not EditionMember.objects.current().filter(edition=edition, person=person, role=role).exists():
        put_into_role(edition=edition, person=person, role=role, organisation=organisation, at=at)
    return reverse("academy:edition", args=[edition.slug])


def _may_invite(viewer: Viewer, data: Any) -> bool:
    edition = Edition.objects.filter(pk=data.get("edition", 0)).first()
    return edition is not None and policies.can_edit_team(viewer, edition)


def register_invitation() -> None:
    invitations.register(
        invitations.InvitationPurpose(
            code=TEAM_INVITATION,
            title=gettext_lazy("Team of an academy"),
            describe=_describe,
            accept=_accept,
            may_invite=_may_invite,
        )
    )
