"""Who may read the files of a binder; asked again at each reading."""

from filiera.accounts.models import Person
from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.indicators import policies
from filiera.indicators.actions.binder import EVIDENCE_POLICY
from filiera.indicators.models import LabelEvidence
from filiera.indicators.seen_from import seen_from
from filiera.shared.viewing import Onlooker


def can_read_evidence(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Whoever sees the binder it is in; a file's address does not name the organisation."""
    evidence = LabelEvidence.objects.kept().filter(file=stored_file).select_related("organisation").first()
    if evidence is None or viewer.administering:
        return viewer.administering
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if person is None:
        return False
    return policies.can_see_readiness(seen_from(evidence.organisation, person), evidence.organisation)


def register_file_policies() -> None:
    files.register(EVIDENCE_POLICY, can_read_evidence)
