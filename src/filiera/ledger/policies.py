"""Who may read the ledger; nobody may change it."""

from filiera.accounts.viewer import Viewer
from filiera.ledger.permissions import Permission
from filiera.organisations.models import Organisation


def can_view_ledger(viewer: Viewer, organisation: Organisation) -> bool:
    return viewer.may(Permission.LEDGER_VIEW) and (
        viewer.administering or viewer.organisation_id == organisation.pk
    )


def can_import_facts(viewer: Viewer) -> bool:
    return viewer.administering


def can_view_whole_ledger(viewer: Viewer) -> bool:
    return viewer.administering
