"""What the holder of a link may do with a response; everything else is said by purposes."""

from uuid import UUID

from filiera.accounts.viewer import Viewer

_ANSWER_AS = "questionnaires.answer_as."


def answer_as(response_id: UUID) -> str:
    """What a higher app gives to whoever came by a link that it has checked."""
    return f"{_ANSWER_AS}{response_id}"


def responses_in_hand(viewer: Viewer) -> list[UUID]:
    return [UUID(name.removeprefix(_ANSWER_AS)) for name in viewer.permissions if name.startswith(_ANSWER_AS)]


def with_response(viewer: Viewer, response_id: UUID) -> Viewer:
    """The viewer with the response of the link in hand; for whoever has checked that link."""
    return viewer.but(permissions=viewer.permissions | {answer_as(response_id)})
