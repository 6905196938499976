"""Who may read what participants hand in; asked again at each reading."""

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.admissions.actions.tasks import HAND_IN_POLICY
from filiera.admissions.models import HandIn
from filiera.admissions.permissions import COACH, EDIT_TASKS, MEET_PARTICIPANTS
from filiera.files import policies
from filiera.files.models import StoredFile
from filiera.shared.viewing import Onlooker


def can_read_hand_in(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Its author and the coaches of the edition; its people where the author opened it for the debrief."""
    given = HandIn.objects.filter(file=stored_file).select_related("participation", "task").first()
    if given is None or viewer.person_id is None:
        return viewer.administering
    if viewer.administering or viewer.person_id == given.participation.person_id:
        return True
    # A file's address names no edition, so the roles of the viewer are asked for here.
    roles = EditionMember.objects.current().filter(
        edition_id=given.task.edition_id, person_id=viewer.person_id
    )
    held = permissions_of(frozenset(roles.values_list("role", flat=True)))
    if COACH in held or EDIT_TASKS in held:
        return True
    return given.is_shared and MEET_PARTICIPANTS in held


def register_file_policies() -> None:
    policies.register(HAND_IN_POLICY, can_read_hand_in)
