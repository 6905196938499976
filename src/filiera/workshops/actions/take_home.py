"""Writing down what one takes home."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops.models import TakeHome
from filiera.workshops.policies.editions import can_take_part


@transaction.atomic
def keep_take_home(*, edition: Edition, notes: str, for_board: str, by: Viewer, at: datetime) -> TakeHome:
    """Keep one's own notes and one's words to the board. Raises PermissionDenied."""
    if by.person is None or not can_take_part(by, edition):
        raise PermissionDenied
    written, _is_new = TakeHome.objects.update_or_create(
        edition=edition,
        person=by.person,
        defaults={"notes": notes, "for_board": for_board, "changed_at": at},
    )
    return written
