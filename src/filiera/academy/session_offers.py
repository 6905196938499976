"""What rooms above the academy offer on the page of a session to those who belong to its edition."""

from collections.abc import Callable
from datetime import datetime

from filiera.accounts.viewer import Viewer

# Answers a finished fragment, or nothing.
SessionOffer = Callable[[Viewer, int, datetime], str]

_offers: dict[str, SessionOffer] = {}


def register(name: str, offer: SessionOffer) -> None:
    """Name what is asked for each session's page; called from `AppConfig.ready`."""
    _offers[name] = offer


def offers_for(viewer: Viewer, session_id: int, moment: datetime) -> list[str]:
    """The fragments for this viewer; nothing is asked for visitors, whose pages are kept for all."""
    if not viewer.edition_roles:
        return []
    return [offered for offer in _offers.values() if (offered := offer(viewer, session_id, moment))]
