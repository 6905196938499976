"""Who may read the files of a binder; asked again at each reading."""

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.indicators import policies
from filiera.indicators.actions.binder import EVIDENCE_POLICY
from filiera.indicators.models import LabelEvidence
from filiera.organisations.models import Position
from filiera.organisations.permissions import permissions_of
from filiera.shared.viewing import Onlooker


def can_read_evidence(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Whoever sees the binder it is in; a file's address does not name the organisation."""
    evidence = LabelEvidence.objects.kept().filter(file=stored_file).select_related("organisation").first()
    if evidence is None or viewer.administering:
        return viewer.administering
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if person is None:
        return False
    positions = Position.objects.current().filter(organisation=evidence.organisation, person=person)
    seen_as = Viewer(
        person=person,
        organisation_id=evidence.organisation_id,
        permissions=permissions_of(list(positions.values_list("role", flat=True))),
    )
    return policies.can_see_readiness(seen_as, evidence.organisation)


def register_file_policies() -> None:
    files.register(EVIDENCE_POLICY, can_read_evidence)
