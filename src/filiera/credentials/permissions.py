"""What one may do for the certificates of an edition, and which of its roles may do it."""

from filiera.academy.models.choices import EditionRole
from filiera.academy.permissions import register_permissions

VIEW_CERTIFICATES = "certificates.view"
EDIT_AWARDS = "certificates.edit_awards"
ISSUE_CERTIFICATES = "certificates.issue"

_VIEW = frozenset({VIEW_CERTIFICATES})

PERMISSIONS_OF: dict[str, frozenset[str]] = {
    EditionRole.DIRECTOR: _VIEW | {EDIT_AWARDS, ISSUE_CERTIFICATES},
    EditionRole.PROGRAMME: _VIEW | {EDIT_AWARDS},
    EditionRole.DESK: _VIEW | {ISSUE_CERTIFICATES},
}


def register_own() -> None:
    register_permissions("credentials", PERMISSIONS_OF)
