"""Who may read the ledger; nobody may change it."""

from filiera.accounts.viewer import Viewer
from filiera.ledger.permissions import Permission
from filiera.organisations.models import Organisation


def can_view_ledger(viewer: Viewer, organisation: Organisation) -> bool:
    return viewer.may(Permission.LEDGER_VIEW) and (
        viewer.administering or viewer.organisation_id == organisation.pk
    )


def can_import_facts(viewer: Viewer, organisation: Organisation | None = None) -> bool:
    """Of anybody for administrators; else of one's own organisation and its members, in its workspace."""
    if viewer.administering:
        return True
    is_own = organisation is not None and viewer.organisation_id == organisation.pk
    return is_own and viewer.may(Permission.LEDGER_IMPORT)


def can_view_whole_ledger(viewer: Viewer) -> bool:
    return viewer.administering
