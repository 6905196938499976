"""Who may read a table of past figures; asked again at each reading."""

from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.indicators.actions.history import HISTORY_POLICY
from filiera.indicators.models import HistoryUpload
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Position
from filiera.organisations.permissions import permissions_of
from filiera.shared.viewing import Onlooker


def can_read_history(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Those of its organisation who see its figures."""
    history = HistoryUpload.objects.filter(file=stored_file).first()
    if history is None or viewer.person_id is None:
        return False
    if viewer.administering:
        return True
    # A file's address names no workspace, so the roles of the viewer are asked for here.
    roles = Position.objects.current().filter(organisation=history.organisation_id, person=viewer.person_id)
    return Permission.INDICATORS_VIEW in permissions_of(list(roles.values_list("role", flat=True)))


def register_file_policies() -> None:
    files.register(HISTORY_POLICY, can_read_history)
