"""Who may read the files of figures; asked again at each reading."""

from filiera.files import policies
from filiera.files.models import StoredFile
from filiera.indicators.actions.impact import PANEL_POLICY
from filiera.indicators.models import ImpactPanel
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Position
from filiera.organisations.permissions import permissions_of
from filiera.shared.viewing import Onlooker


def can_read_panel(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Those of its organisation who study impact: it is about single firms."""
    panel = ImpactPanel.objects.filter(file=stored_file).first()
    if panel is None or viewer.person_id is None:
        return False
    if viewer.administering:
        return True
    # A file's address names no workspace, so the roles of the viewer are asked for here.
    roles = Position.objects.current().filter(organisation=panel.organisation_id, person=viewer.person_id)
    return Permission.IMPACT_STUDY in permissions_of(list(roles.values_list("role", flat=True)))


def register_file_policies() -> None:
    policies.register(PANEL_POLICY, can_read_panel)
