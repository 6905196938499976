"""Checking oneself in by the code on the screen."""

from datetime import datetime
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, PartMode
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, PresenceMode, PresenceSource
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries.entry_codes import UnknownCode, participation_of_code
from filiera.admissions.queries.presence_lists import Target
from filiera.admissions.queries.self_check_in import is_hybrid, target_of_code
from filiera.shared import attempts
from filiera.shared.errors import DomainError

from .presence import Recorded, record_presence

WRONG_A_MINUTE = 6


class CodeNotOnScreen(DomainError):
    message = _("This is not the code on the screen now. It changes each minute: look again and type it.")
    field = "code"


class TooManyTries(DomainError):
    message = _("Too many wrong codes. Wait a minute, or ask the team to tick you in the list.")
    status = 429


def check_oneself_in(
    *, participation: Participation, code: str, is_online: bool, by: Viewer, at: datetime
) -> tuple[Target, Recorded]:
    """Record that somebody is at what shows this code now.

    In a hybrid part they say how they are there; elsewhere the part's mode tells.
    Raises PermissionDenied, TooManyTries, CodeNotOnScreen, and what `record_presence` refuses.
    """
    if not policies.can_check_oneself_in(by, participation):
        raise PermissionDenied
    counter = f"self:{participation.pk}"
    if attempts.attempts_so_far(counter, at=at) >= WRONG_A_MINUTE:
        raise TooManyTries
    target = target_of_code(participation.edition, code, at)
    if target is None:
        attempts.count_attempt(counter, at=at)
        raise CodeNotOnScreen
    part = target.session.part if target.session is not None else target.day.part  # type: ignore[union-attr]
    says_online = is_online if is_hybrid(target) else part.mode == PartMode.ONLINE
    recorded = record_presence(
        participation=participation,
        session=target.session,
        day=target.day,
        mode=PresenceMode.ONLINE if says_online else PresenceMode.IN_PERSON,
        source=PresenceSource.SELF,
        scan_id=uuid4(),
        checked_in_at=at,
        by=by,
        at=at,
    )
    return target, recorded


def participation_by_entry_code(*, edition: Edition, code: str, who: str, at: datetime) -> Participation:
    """The place of somebody without account who types the code of their badge; `who` is where they type.

    Raises TooManyTries, UnknownCode, CodeOfAnotherEdition, CodeRevoked.
    """
    counter = f"entry:{who}"
    if attempts.attempts_so_far(counter, at=at) >= WRONG_A_MINUTE:
        raise TooManyTries
    try:
        return participation_of_code(code, edition)
    except UnknownCode:
        attempts.count_attempt(counter, at=at)
        raise
