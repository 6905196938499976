"""Which step an editor may take back or do again."""

from filiera.academy.models import Edition, EditStep
from filiera.accounts.viewer import Viewer

REACH = 20
"""So many of one's last steps can be taken back."""


def next_undo(edition: Edition, viewer: Viewer) -> EditStep | None:
    """The viewer's last step that still stands, if it is among the last twenty."""
    standing = [step for step in _last_steps(edition, viewer) if step.undone_at is None]
    return standing[0] if standing else None


def next_redo(edition: Edition, viewer: Viewer) -> EditStep | None:
    """The step taken back last: the oldest of the undone ones, which are always the newest."""
    undone = [step for step in _last_steps(edition, viewer) if step.undone_at is not None]
    return undone[-1] if undone else None


def undo_and_redo(edition: Edition, viewer: Viewer) -> tuple[EditStep | None, EditStep | None]:
    """What the two buttons of the editor would do, in one query."""
    steps = _last_steps(edition, viewer)
    standing = [step for step in steps if step.undone_at is None]
    undone = [step for step in steps if step.undone_at is not None]
    return (standing[0] if standing else None, undone[-1] if undone else None)


def _last_steps(edition: Edition, viewer: Viewer) -> list[EditStep]:
    return list(
        EditStep.objects.filter(edition=edition, made_by_id=viewer.person_id)
        .defer("before", "after")
        .order_by("-pk")[:REACH]
    )
