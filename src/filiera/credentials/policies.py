"""Who may do what with awards and certificates."""

from django.conf import settings

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.credentials import permissions
from filiera.credentials.badges.issuer import is_public


def can_view_certificates(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.VIEW_CERTIFICATES)


def can_edit_awards(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_AWARDS)


def can_issue(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.ISSUE_CERTIFICATES)


def is_demonstration(edition: Edition) -> bool:
    """What is issued here is marked as made up."""
    return edition.is_demonstration or bool(settings.DEMONSTRATION)


def badges_can_be_signed() -> bool:
    """Strangers must be able to fetch the issuer's key safely; only a demonstration may do without."""
    return is_public() or bool(settings.DEMONSTRATION)


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)
