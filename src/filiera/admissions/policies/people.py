"""Who may meet, write to, set tasks for and coach the people of an edition."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions
from filiera.admissions.models import Participation


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_meet_participants(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.MEET_PARTICIPANTS)


def can_send_mails(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.SEND_MAILS)


def can_edit_tasks(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_TASKS)


def can_coach(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.COACH)


def can_see_hand_ins(viewer: Viewer, edition: Edition) -> bool:
    return can_coach(viewer, edition) or can_edit_tasks(viewer, edition)


def can_view_results(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_RESULTS)


def can_edit_practical_notes(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_PARTICIPANTS)


def belongs_to(viewer: Viewer, edition: Edition) -> bool:
    """Whether somebody holds any role in the edition."""
    return viewer.administering or (viewer.edition_id == edition.pk and bool(viewer.edition_roles))


def can_list(viewer: Viewer, participation: Participation) -> bool:
    """Only the person of the place: nobody is put into a list by others."""
    return viewer.person_id is not None and viewer.person_id == participation.person_id


def can_hand_in(viewer: Viewer, participation: Participation) -> bool:
    return viewer.person_id is not None and viewer.person_id == participation.person_id


def can_edit_competences(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_FORMS)
