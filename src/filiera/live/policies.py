"""Who may moderate, and who may raise a voice."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.live.models import Channel
from filiera.live.permissions import MODERATE, answer_in


def can_moderate(viewer: Viewer, edition: Edition) -> bool:
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(MODERATE)


def can_take_part(viewer: Viewer, channel: Channel) -> bool:
    """Whoever has the code, or in a channel for members those who belong to the edition."""
    if not channel.members_only:
        return True
    return viewer.edition_id == channel.edition_id and bool(viewer.edition_roles)


def can_answer(viewer: Viewer, channel: Channel) -> bool:
    """Moderators, and whoever holds a speaker's link to the channel's open questions."""
    return can_moderate(viewer, channel.edition) or viewer.may(answer_in(channel.pk))
