"""The links by which the owner of a measure says how far it is, without an account."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from filiera.accounts.viewer import Viewer
from filiera.shared.links import link_token, row_of
from filiera.workshops.models import FollowUp, MeasureState
from filiera.workshops.permissions import answer_for

_SALT = "filiera.workshops.follow-up-link"
ANSWERS = (MeasureState.DONE, MeasureState.UNDER_WAY, MeasureState.BLOCKED, MeasureState.DROPPED)


def token_of(follow_up: FollowUp) -> str:
    """Worthless without the platform's key; speaks of one asking of one measure and of nothing else."""
    return link_token(_SALT, follow_up.pk, follow_up.link_seed)


def address_of(follow_up: FollowUp, state: str) -> str:
    path = reverse("workshops:follow_up_answer", args=[token_of(follow_up), state])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def follow_up_of(token: str) -> FollowUp | None:
    """The asking whose link this is, whether it still serves or not."""
    asked = FollowUp.objects.filter(asked_at__isnull=False).select_related(
        "measure__plan__edition",
        "measure__plan__organisation",
        "measure__owner__person",
        "measure__owner_person",
        "measure__cluster",
    )
    return row_of(token, asked, token_of)


def serves(follow_up: FollowUp, at: datetime) -> bool:
    return follow_up.answered_at is None and follow_up.expires_at is not None and at < follow_up.expires_at


def viewer_by_link(follow_up: FollowUp) -> Viewer:
    """Whoever holds the link: may say how far this measure is and nothing else."""
    return Viewer(person=None, permissions=frozenset({answer_for(follow_up.pk)}))
