"""Who may do what in an edition."""

from filiera.accounts.viewer import Viewer
from filiera.academy import permissions
from filiera.academy.models import Edition


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_view_desk(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_DRAFT)


def can_edit_programme(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_PROGRAMME)


def can_publish_programme(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.PUBLISH_PROGRAMME)


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
