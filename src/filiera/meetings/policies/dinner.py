"""Who learns what the kitchen needs."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.policies.places import can_view_days

from . import can_seat_dinner


def can_view_kitchen_list(viewer: Viewer, edition: Edition) -> bool:
    """Counts that name nobody: the kitchen, the host, the team."""
    return can_view_days(viewer, edition) or can_seat_dinner(viewer, edition)


def can_see_dinners(viewer: Viewer, edition: Edition) -> bool:
    return can_seat_dinner(viewer, edition) or can_view_kitchen_list(viewer, edition)
