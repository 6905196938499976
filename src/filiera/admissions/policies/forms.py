"""Who builds the forms of an edition, who reads what surveys brought."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import EDIT_FORMS, VIEW_APPLICATIONS, VIEW_PARTICIPANTS, VIEW_RESULTS

_ANY = (EDIT_FORMS, VIEW_RESULTS, VIEW_APPLICATIONS, VIEW_PARTICIPANTS)


def can_see_forms(viewer: Viewer, edition: Edition) -> bool:
    """Whoever builds one or reads the answers of one; each form then asks its own purpose."""
    is_here = viewer.administering or viewer.edition_id == edition.pk
    return is_here and any(viewer.may(permission) for permission in _ANY)


def can_edit_forms(viewer: Viewer, edition: Edition) -> bool:
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(EDIT_FORMS)
