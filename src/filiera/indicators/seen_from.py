"""A person as a workspace would see them, where no address names the workspace: at files and in mails."""

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation, Position
from filiera.organisations.permissions import permissions_of


def seen_from(organisation: Organisation, person: Person) -> Viewer:
    """With the permissions of the roles that the person has there today."""
    roles = Position.objects.current().filter(organisation=organisation, person=person)
    return Viewer(
        person=person,
        organisation_id=organisation.pk,
        permissions=permissions_of(list(roles.values_list("role", flat=True))),
    )
