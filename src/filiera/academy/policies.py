"""Who may do what in an edition."""

from django.db.models import Q, QuerySet

from filiera.academy import permissions
from filiera.academy.models import Edition, EditionMember, EditionRole, Session, Speaker
from filiera.academy.permissions import speak_as
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation, Position, Role


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_view_desk(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_DRAFT)


def can_edit_programme(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_PROGRAMME)


def can_publish_programme(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.PUBLISH_PROGRAMME)


def can_run_day(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.RUN_DAY)


def can_edit_speakers(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_SPEAKERS)


def can_view_team(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_TEAM)


def can_edit_team(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_TEAM)


def can_edit_edition(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_EDITION)


def can_edit_checklist(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_CHECKLIST)


def can_speak_as(viewer: Viewer, speaker: Speaker) -> bool:
    """The holder of the speaker's link, the speaker's own account, and those who look after speakers."""
    is_own = viewer.person_id is not None and viewer.person_id == speaker.person_id
    return is_own or viewer.may(speak_as(speaker.pk)) or can_edit_speakers(viewer, speaker.edition)


def can_sign_up_talk(viewer: Viewer, session: Session) -> bool:
    """Participants of the edition, where the team opened the session for short talks."""
    return viewer.edition_id == session.edition_id and EditionRole.PARTICIPANT in viewer.edition_roles


def can_make_editions(viewer: Viewer, organisation: Organisation) -> bool:
    """Managers of the organisation that would run the edition, and who directs one of its editions."""
    if viewer.administering:
        return True
    return (
        viewer.person_id is not None
        and organisations_to_run(viewer.person_id).filter(pk=organisation.pk).exists()
    )


def organisations_to_run(person_id: int) -> QuerySet[Organisation]:
    """The organisations in whose name a person may start an edition."""
    managed = Position.objects.current().filter(person_id=person_id, role=Role.MANAGER)
    directed = EditionMember.objects.current().filter(person_id=person_id, role=EditionRole.DIRECTOR)
    return Organisation.objects.filter(
        Q(pk__in=managed.values("organisation")) | Q(pk__in=directed.values("edition__organiser"))
    )
