"""Opening and closing the places where a room speaks."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import Viewer
from filiera.live import policies
from filiera.live.actions.telling import tell
from filiera.live.models import Channel, Poll, PollState
from filiera.shared.errors import DomainError

# Without what is mistaken for something else from the back of a hall.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH = 6


class SessionElsewhere(DomainError):
    message = _("This session belongs to another edition.")
    field = "session"


@transaction.atomic
def make_channel(
    *,
    edition: Edition,
    title: Mapping[str, str],
    session: Session | None,
    is_moderated: bool,
    allows_anonymous: bool,
    members_only: bool,
    by: Viewer,
    at: datetime,
) -> Channel:
    """Make a channel with a code of its own; it opens when somebody opens it.

    Raises PermissionDenied, SessionElsewhere.
    """
    if not policies.can_moderate(by, edition):
        raise PermissionDenied
    if session is not None and session.edition_id != edition.pk:
        raise SessionElsewhere
    return Channel.objects.create(
        edition=edition,
        session=session,
        title=dict(title),
        code=_fresh_code(),
        is_moderated=is_moderated,
        allows_anonymous=allows_anonymous,
        members_only=members_only,
        created_at=at,
    )


@transaction.atomic
def open_channel(*, channel: Channel, by: Viewer, at: datetime) -> Channel:
    """Let the room in, also again after closing. Raises PermissionDenied."""
    channel = _own(channel, by)
    channel.opened_at, channel.closed_at = channel.opened_at or at, None
    channel.save(update_fields=["opened_at", "closed_at"])
    tell(channel, "questions")
    return channel


@transaction.atomic
def close_channel(*, channel: Channel, by: Viewer, at: datetime) -> Channel:
    """Take no more questions, votes and answers; a poll that is open closes too. Raises PermissionDenied."""
    channel = _own(channel, by)
    if channel.is_open:
        channel.closed_at = at
        channel.save(update_fields=["closed_at"])
        Poll.objects.filter(channel=channel, state=PollState.OPEN).update(state=PollState.CLOSED)
        tell(channel, "questions")
    return channel


def _own(channel: Channel, by: Viewer) -> Channel:
    if not policies.can_moderate(by, channel.edition):
        raise PermissionDenied
    return Channel.objects.select_for_update().get(pk=channel.pk)


def _fresh_code() -> str:
    while True:
        code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
        if not Channel.objects.filter(code=code).exists():
            return code
