"""What the page of a session says of the visits that are held in it."""

from datetime import datetime

from django.template.loader import render_to_string

from filiera.academy.session_offers import register
from filiera.accounts.viewer import Viewer
from filiera.meetings.queries.visits import offered_visits


def visit_offer(viewer: Viewer, session_id: int, moment: datetime) -> str:
    """Whether one has a place, or can wish for one; nothing where no visits are held."""
    if viewer.person_id is None:
        return ""
    offered = offered_visits(viewer, session_id, at=moment)
    return render_to_string("meetings/visits/_offer.html", {"offered": offered}) if offered else ""


def register_visit_offer() -> None:
    register("meetings.visits", visit_offer)
