"""What the roles of an edition allow, whatever the resource."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops import permissions


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_take_part(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.TAKE_PART)


def can_form_groups(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.FORM_GROUPS)


def can_lead(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.LEAD)


def can_view_follow_up(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_FOLLOW_UP)
