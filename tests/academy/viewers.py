"""Those who look at an edition, as the middleware would make them, and their browsers."""

from django.test import Client

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer


def viewer_in(membership: EditionMember) -> Viewer:
    """The viewer that the middleware makes of this person at an address of the edition."""
    roles = frozenset({membership.role})
    return Viewer(
        person=membership.person,
        edition_id=membership.edition_id,
        edition_roles=roles,
        permissions=permissions_of(roles),
    )


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client
