"""Who may do what with a questionnaire: the purpose it serves decides."""

from filiera.accounts.viewer import Viewer

from .models import Audience, Questionnaire, Response
from .permissions import responses_in_hand
from .purposes import is_registered, purpose_of


def can_edit(viewer: Viewer, questionnaire: Questionnaire) -> bool:
    return can_edit_in(viewer, questionnaire.purpose, questionnaire.workspace)


def can_edit_in(viewer: Viewer, purpose: str, workspace: str) -> bool:
    """Whether the viewer may make and change questionnaires of this purpose and workspace."""
    if not is_registered(purpose):
        return False
    return viewer.administering or workspace in purpose_of(purpose).edited_in(viewer)


def can_answer(viewer: Viewer, questionnaire: Questionnaire, about: str = "") -> bool:
    """Whether the questionnaire is open and its purpose lets the viewer answer."""
    return (
        questionnaire.is_open
        and is_registered(questionnaire.purpose)
        and purpose_of(questionnaire.purpose).may_answer(viewer, questionnaire, about)
    )


def can_read(viewer: Viewer, questionnaire: Questionnaire, audience: Audience) -> bool:
    """Whether the viewer belongs to an audience; to the sensitive one no administrator does by default."""
    if not is_registered(questionnaire.purpose):
        return False
    if viewer.administering and audience != Audience.SENSITIVE:
        return True
    return questionnaire.workspace in purpose_of(questionnaire.purpose).read_in(viewer, audience)


def is_own(viewer: Viewer, response: Response) -> bool:
    """The person who answered, or the holder of the response's link."""
    is_person = viewer.person_id is not None and viewer.person_id == response.person_id
    return is_person or response.pk in responses_in_hand(viewer)
