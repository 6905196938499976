"""Who may read what proves a declared figure; asked again at each reading."""

from filiera.accounts.models import Person
from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.indicators import policies
from filiera.indicators.actions.declaring import DECLARATION_POLICY
from filiera.indicators.models import Declaration
from filiera.indicators.seen_from import seen_from
from filiera.shared.viewing import Onlooker


def can_read_declared(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Whoever sees the figures of the organisation in its workspace; the file's address does not name it."""
    if viewer.administering:
        return True
    declaration = Declaration.objects.filter(evidence=stored_file).select_related("organisation").first()
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if declaration is None or person is None:
        return False
    return policies.can_view_figures(seen_from(declaration.organisation, person), declaration.organisation)


def register_file_policies() -> None:
    files.register(DECLARATION_POLICY, can_read_declared)
