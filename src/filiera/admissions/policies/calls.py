"""Who may write a call, apply to it, and read and review what came in."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions
from filiera.admissions.models import Application, Review


def may_in(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)


def can_edit_call(viewer: Viewer, edition: Edition) -> bool:
    return may_in(viewer, edition, permissions.EDIT_CALL)


def can_view_applications(viewer: Viewer, edition: Edition) -> bool:
    return may_in(viewer, edition, permissions.VIEW_APPLICATIONS)


def can_apply(viewer: Viewer) -> bool:
    """Everybody with an account; whether the call takes applications is for the action to say."""
    return viewer.is_known


def can_edit_application(viewer: Viewer, application: Application) -> bool:
    """Only whoever filed it: the candidate reads it, the team never writes in somebody's name."""
    return viewer.person_id is not None and viewer.person_id == application.filed_by_id


def can_review(viewer: Viewer, edition: Edition) -> bool:
    return may_in(viewer, edition, permissions.REVIEW)


def can_give_review(viewer: Viewer, review: Review) -> bool:
    """Only the reviewer it was given to, as long as they are one."""
    is_own = viewer.person_id is not None and viewer.person_id == review.reviewer_id
    return is_own and can_review(viewer, review.application.call.edition)


def can_discuss(viewer: Viewer, application: Application) -> bool:
    """Those who select; a reviewer after having given their own score."""
    edition = application.call.edition
    if can_view_applications(viewer, edition):
        return True
    if viewer.person_id is None or not can_review(viewer, edition):
        return False
    return Review.objects.given().filter(application=application, reviewer_id=viewer.person_id).exists()
