"""Who may do what with meetings, visits and dinner tables."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.meetings import permissions


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_wish(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.WISH)


def can_plan_meetings(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.PLAN_MEETINGS)


def can_draw_visits(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.DRAW_VISITS)


def can_view_visitors(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_VISITORS)


def can_seat_dinner(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.SEAT_DINNER)


def can_see_visits(viewer: Viewer, edition: Edition) -> bool:
    """The team that draws, and the host who receives."""
    return can_draw_visits(viewer, edition) or can_view_visitors(viewer, edition)


def belongs_to(viewer: Viewer, edition: Edition) -> bool:
    """Whether somebody holds any role in the edition."""
    return viewer.administering or (viewer.edition_id == edition.pk and bool(viewer.edition_roles))
