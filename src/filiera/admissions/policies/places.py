"""Who may do what with the places of an edition."""

from filiera.academy.models import Edition
from filiera.academy.permissions import EDIT_PROGRAMME
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions
from filiera.admissions.models import Participation
from filiera.admissions.permissions import act_for


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_view_participants(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_PARTICIPANTS)


def can_edit_participants(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_PARTICIPANTS)


def can_edit_sign_up(viewer: Viewer, edition: Edition) -> bool:
    """Those who build the programme, and the desk."""
    return _may(viewer, edition, EDIT_PROGRAMME) or can_edit_participants(viewer, edition)


def can_view_sign_ups(viewer: Viewer, edition: Edition) -> bool:
    return can_view_participants(viewer, edition) or can_edit_sign_up(viewer, edition)


def can_view_sensitive(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_SENSITIVE)


def can_view_days(viewer: Viewer, edition: Edition) -> bool:
    """Counts of who comes and who eats what; they name nobody."""
    return can_view_participants(viewer, edition) or _may(viewer, edition, permissions.VIEW_DIETS)


def can_offer_places(viewer: Viewer, edition: Edition) -> bool:
    """The desk, and whoever sends the decisions of a selection."""
    return can_edit_participants(viewer, edition) or _may(viewer, edition, permissions.SEND_DECISIONS)


def can_act_for(viewer: Viewer, participation: Participation) -> bool:
    """The holder of the place's link, and the person whose place it is."""
    is_own = viewer.person_id is not None and viewer.person_id == participation.person_id
    return is_own or viewer.may(act_for(participation.pk))


def can_answer_for(viewer: Viewer, participation: Participation) -> bool:
    """Those, and the desk, which is told by telephone."""
    return can_act_for(viewer, participation) or can_edit_participants(viewer, participation.edition)
