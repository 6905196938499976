"""The places of a session, on the session's own page."""

from datetime import datetime

from django.template.loader import render_to_string

from filiera.academy.session_offers import register
from filiera.accounts.viewer import Viewer
from filiera.admissions.queries.session_places import offered_session


def session_place_offer(viewer: Viewer, session_id: int, moment: datetime) -> str:
    """How many places are left, and the way to take one; nothing for who cannot."""
    if viewer.person_id is None:
        return ""
    offered = offered_session(viewer, session_id)
    return render_to_string("admissions/_session_place.html", {"offered": offered}) if offered else ""


def register_session_offer() -> None:
    register("admissions", session_place_offer)
