"""Tokens that pages give their streams: which topics, for whom, and in which session."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.push.topics import may_hear_all

_SALT = "filiera.push"
_MAX_AGE_S = 12 * 60 * 60


class TokenRefused(Exception):
    """The token is forged, too old, or its session has ended."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token says, once its signature was checked."""

    topics: tuple[str, ...]
    person_id: int | None
    session_mark: str


def issue_token(request: HttpRequest, topics: Iterable[str]) -> str:
    """A token for these topics; the page has already decided that its reader may hear them."""
    person_id = request.user.pk if request.user.is_authenticated else None
    mark = _mark(request.session.session_key or "") if person_id is not None else ""
    return signing.dumps({"t": sorted(set(topics)), "p": person_id, "s": mark}, salt=_SALT, compress=True)


def read_token(token: str) -> Ticket:
    """Raises TokenRefused."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=_SALT, max_age=_MAX_AGE_S)
    except signing.BadSignature as error:
        raise TokenRefused from error
    return Ticket(topics=tuple(said["t"]), person_id=said["p"], session_mark=said["s"])


def is_still_valid(ticket: Ticket) -> bool:
    """Whether the person is still active, signed in by that session, and may hear every topic."""
    if ticket.person_id is not None:
        if not get_user_model().objects.filter(pk=ticket.person_id, is_active=True).exists():
            return False
        sessions = UserSession.objects.filter(user=ticket.person_id).values_list("session_key", flat=True)
        if not any(constant_time_compare(_mark(session), ticket.session_mark) for session in sessions):
            return False
    return may_hear_all(ticket.person_id, ticket.topics)


def _mark(session_key: str) -> str:
    # The key itself would sign a stranger in who reads it in a log of addresses.
    return salted_hmac(_SALT, session_key).hexdigest()[:24]
