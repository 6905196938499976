"""Who may read, make and declare figures."""

from filiera.accounts.viewer import Viewer
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation


def can_view_figures(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.INDICATORS_VIEW)


def can_edit_definitions(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.INDICATORS_EDIT)


def can_declare(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.FIGURES_DECLARE)


def _holds(viewer: Viewer, organisation: Organisation, permission: Permission) -> bool:
    return viewer.may(permission) and (viewer.administering or viewer.organisation_id == organisation.pk)
