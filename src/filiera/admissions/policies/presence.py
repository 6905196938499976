"""Who may say that somebody was there."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions
from filiera.admissions.models import Participation, Station


def can_check_in(viewer: Viewer, edition: Edition) -> bool:
    """Those who check in at the desk of this edition."""
    return _may(viewer, edition, permissions.CHECK_IN)


def can_check_in_at(viewer: Viewer, station: Station) -> bool:
    """The holder of the station's link."""
    return viewer.edition_id == station.edition_id and viewer.may(permissions.check_in_at(station.pk))


def can_check_oneself_in(viewer: Viewer, participation: Participation) -> bool:
    """The person of the place, by account or by link."""
    is_own = viewer.person_id is not None and viewer.person_id == participation.person_id
    return is_own or viewer.may(permissions.act_for(participation.pk))


def can_edit_stations(viewer: Viewer, edition: Edition) -> bool:
    return _may(viewer, edition, permissions.EDIT_STATIONS)


def can_import_presence(viewer: Viewer, edition: Edition) -> bool:
    """Who matches names to people needs to see the participants too."""
    may_view = _may(viewer, edition, permissions.VIEW_PARTICIPANTS)
    return may_view and can_check_in(viewer, edition)


def can_print_badges(viewer: Viewer, edition: Edition) -> bool:
    """A badge carries a code that lets its holder in."""
    return _may(viewer, edition, permissions.EDIT_STATIONS)


def _may(viewer: Viewer, edition: Edition, permission: str) -> bool:
    # Roles are those of the edition in the address; they say nothing about another edition.
    return (viewer.administering or viewer.edition_id == edition.pk) and viewer.may(permission)
