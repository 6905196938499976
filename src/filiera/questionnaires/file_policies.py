"""Who may read a file that somebody sent as an answer; asked again at each reading."""

from filiera.accounts.viewer import Viewer
from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.questionnaires import policies, wall
from filiera.questionnaires.actions.answering import FILE_POLICY
from filiera.questionnaires.models import Answer, Audience
from filiera.questionnaires.purposes import is_registered, purpose_of
from filiera.shared.viewing import Onlooker


def can_read_answer(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """The respondent; of a submitted response also the audience of its question."""
    with wall.opened_for_jobs():
        found = Answer.objects.filter(file=stored_file).select_related("response", "questionnaire").first()
    if found is None or not isinstance(viewer, Viewer) or not is_registered(found.questionnaire.purpose):
        return False
    if policies.is_own(viewer, found.response):
        return True
    # A file's address names no workspace, so the roles of the viewer are asked for here.
    purpose = purpose_of(found.questionnaire.purpose)
    viewer = purpose.seen_from(viewer, found.questionnaire.workspace)
    return found.response.is_submitted and policies.can_read(
        viewer, found.questionnaire, Audience(found.audience)
    )


def register_file_policies() -> None:
    files.register(FILE_POLICY, can_read_answer)
