"""Who may write methods, lead them, and work at their boards."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops.models import BoardMember, MethodBoard, MethodCard

from .editions import can_lead, can_take_part
from .plans import is_in_group


def can_write_methods(viewer: Viewer, edition: Edition) -> bool:
    return can_lead(viewer, edition)


def can_lead_methods(viewer: Viewer, edition: Edition) -> bool:
    return can_lead(viewer, edition)


def can_join(viewer: Viewer, board: MethodBoard) -> bool:
    """Everybody of the edition where there is one circle; else those of the group and whoever leads."""
    if viewer.person_id is None or not can_take_part(viewer, board.run.edition):
        return False
    if board.is_for_all or can_lead(viewer, board.run.edition):
        return True
    return board.group is not None and is_in_group(viewer, board.group)


def works_at(viewer: Viewer, board: MethodBoard) -> bool:
    """Whether somebody has joined: only they write, group and vote."""
    if viewer.person_id is None or not can_take_part(viewer, board.run.edition):
        return False
    return BoardMember.objects.filter(board=board, person_id=viewer.person_id).exists()


def can_remove_card(viewer: Viewer, card: MethodCard) -> bool:
    """Whoever wrote it, and those who lead."""
    is_own = viewer.person_id is not None and viewer.person_id == card.author_id
    return is_own or can_lead(viewer, card.board.run.edition)


def can_carry_on(viewer: Viewer, board: MethodBoard) -> bool:
    """To make a measure or an idea of a card: the circle that wrote it, and those who lead."""
    return can_lead(viewer, board.run.edition) or works_at(viewer, board)
