"""Who may do what with accounts."""

from filiera.accounts.models import ApiToken, Person
from filiera.accounts.viewer import Viewer


def can_edit_person(viewer: Viewer, person: Person) -> bool:
    return viewer.administering or (viewer.scopes is None and viewer.person_id == person.pk)


def can_make_token(viewer: Viewer) -> bool:
    """Only somebody signed in with a browser: a token must not make tokens."""
    return viewer.is_known and viewer.scopes is None


def can_revoke_token(viewer: Viewer, token: ApiToken) -> bool:
    return viewer.administering or viewer.person_id == token.person_id


def can_open_administration(viewer: Viewer) -> bool:
    return viewer.person is not None and viewer.person.is_administrator and viewer.scopes is None


def can_erase_person(viewer: Viewer, person: Person) -> bool:
    return viewer.administering or (viewer.scopes is None and viewer.person_id == person.pk)
