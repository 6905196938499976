"""Who may do what with one's own wishes and places at visits."""

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.admissions.policies.places import can_act_for

from . import can_draw_visits


def can_wish_as(viewer: Viewer, participation: Participation) -> bool:
    """The person of the place: nobody wishes for others."""
    return can_act_for(viewer, participation)


def can_give_back_for(viewer: Viewer, participation: Participation) -> bool:
    """The person, and the team, which is told by telephone."""
    return can_act_for(viewer, participation) or can_draw_visits(viewer, participation.edition)
