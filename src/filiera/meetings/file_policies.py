"""Who may read the lists of visitors; asked again at each reading."""

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.files import policies
from filiera.files.models import StoredFile
from filiera.meetings.actions.visits_manifests import MANIFEST_POLICY
from filiera.meetings.models import HostManifest
from filiera.meetings.permissions import VIEW_VISITORS
from filiera.shared.viewing import Onlooker


def can_read_manifest(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """The team and the host of the edition."""
    if viewer.administering:
        return True
    manifest = HostManifest.objects.filter(file=stored_file).select_related("slot__round").first()
    if manifest is None or viewer.person_id is None:
        return False
    # A file's address names no edition, so the roles of the viewer are asked for here.
    roles = EditionMember.objects.current().filter(
        edition_id=manifest.slot.round.edition_id, person_id=viewer.person_id
    )
    return VIEW_VISITORS in permissions_of(frozenset(roles.values_list("role", flat=True)))


def register_file_policies() -> None:
    policies.register(MANIFEST_POLICY, can_read_manifest)
