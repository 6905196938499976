"""Who may look at the selection, choose, and tell the applicants."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_view_selection(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_APPLICATIONS)


def can_select(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.SELECT)


def can_send_decisions(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.SEND_DECISIONS)
