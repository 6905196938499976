"""Who may do what with an organisation: by a role in its workspace, or inside an administrator's session."""

from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Membership, Organisation
from filiera.organisations.permissions import Permission, speak_for


def can_open_workspace(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.ORGANISATION_VIEW)


def can_edit(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.ORGANISATION_EDIT)


def can_edit_team(viewer: Viewer, organisation: Organisation) -> bool:
    return _holds(viewer, organisation, Permission.TEAM_EDIT)


def can_edit_members(viewer: Viewer, organisation: Organisation) -> bool:
    return organisation.takes_members and _holds(viewer, organisation, Permission.MEMBERS_EDIT)


def can_end_membership(viewer: Viewer, membership: Membership) -> bool:
    """A cluster ends it, and a member may leave."""
    sides = (membership.cluster, membership.member)
    return any(_holds(viewer, side, Permission.MEMBERS_EDIT) for side in sides)


def can_create(viewer: Viewer) -> bool:
    """An administrator, and whoever keeps the members of a cluster in its own workspace."""
    return viewer.may(Permission.MEMBERS_EDIT)


def can_record_history(viewer: Viewer) -> bool:
    """Successions, closing and imports speak for organisations that may have no team."""
    return viewer.administering


def _holds(viewer: Viewer, organisation: Organisation, permission: Permission) -> bool:
    return viewer.may(permission) and (viewer.administering or viewer.organisation_id == organisation.pk)


def can_see_agreements(viewer: Viewer, organisation: Organisation) -> bool:
    return can_open_workspace(viewer, organisation)


def can_speak_for(viewer: Viewer, organisation: Organisation) -> bool:
    """Those who edit it in its workspace, and whoever stood for it where an agreement began."""
    return _holds(viewer, organisation, Permission.ORGANISATION_EDIT) or viewer.may(
        speak_for(organisation.pk)
    )
