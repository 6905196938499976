"""Those who look, as the middleware would make them."""

from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Position
from filiera.organisations.permissions import permissions_of
from tests.accounts.factories import PersonFactory


def in_workspace(position: Position) -> Viewer:
    """The person in the workspace of the organisation of this position."""
    roles = frozenset({str(position.role)})
    return Viewer(
        person=position.person,
        organisation_id=position.organisation_id,
        organisation_roles=roles,
        permissions=permissions_of(roles),
    )


def administrator() -> Viewer:
    """Somebody inside an administrator's timed session."""
    return Viewer(person=PersonFactory(administrator=True), administering=True)
