"""Who may bring what an edition worked out into which organisation."""

from django.db.models import QuerySet

from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation, Position
from filiera.organisations.permissions import ROLES, permissions_of
from filiera.workshops.permissions import EDIT_PLANS


def homes_of(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations whose plan somebody may write: the address of an edition names none of them."""
    roles = [role for role in ROLES if EDIT_PLANS in permissions_of({role})]
    positions = Position.objects.current().filter(person_id=viewer.person_id or 0, role__in=roles)
    return Organisation.objects.filter(pk__in=positions.values("organisation"))


def can_bring_home(viewer: Viewer, organisation: Organisation) -> bool:
    return viewer.person_id is not None and homes_of(viewer).filter(pk=organisation.pk).exists()
