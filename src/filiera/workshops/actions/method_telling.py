"""Telling pages of a method what changed: the pointer to all, cards to their board, counts to the desk."""

from filiera.push.actions import publish_event
from filiera.workshops.models import MethodBoard, MethodRun


def board_topic(board: MethodBoard) -> str:
    return f"{board.run.topic}:{board.pk}"


def edition_topic(edition_id: int) -> str:
    """Heard by the list of all methods."""
    return f"method:{edition_id}"


def tell_step(run: MethodRun) -> None:
    for topic in (run.topic, edition_topic(run.edition_id)):
        publish_event(topic, {"what": "step"})


def tell_board(board: MethodBoard, *, is_hidden: bool = False) -> None:
    """Of what is hidden from the others only desk and screen hear that there is more."""
    if not is_hidden:
        publish_event(board_topic(board), {"what": "cards"})
    publish_event(board.run.counts_topic, {"what": "counts"})
