"""Who may read the files that prove a measure; asked again at each reading."""

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.files import policies
from filiera.files.models import StoredFile
from filiera.organisations.models import Position
from filiera.organisations.permissions import permissions_of as organisation_permissions
from filiera.shared.viewing import Onlooker
from filiera.workshops.actions.follow_up import PROOF_POLICY
from filiera.workshops.models import MeasureProof, PlanKind
from filiera.workshops.policies.plans import can_read_plan


def can_read_proof(viewer: Onlooker, stored_file: StoredFile) -> bool:
    """Whoever may read the plan; a file's address names neither edition nor organisation."""
    proof = (
        MeasureProof.objects.filter(file=stored_file)
        .select_related("measure__plan__edition", "measure__plan__organisation")
        .first()
    )
    if proof is None or viewer.administering:
        return viewer.administering
    plan = proof.measure.plan
    person = Person.objects.filter(pk=viewer.person_id or 0).first()
    if person is None:
        return False
    if plan.kind == PlanKind.GROUP:
        members = EditionMember.objects.current().filter(edition__action_plans=plan, person=person)
        roles = frozenset(members.values_list("role", flat=True))
        seen_as = Viewer(person=person, edition_id=plan.edition_id, permissions=permissions_of(roles))
    else:
        positions = Position.objects.current().filter(organisation__action_plans=plan, person=person)
        roles = frozenset(positions.values_list("role", flat=True))
        seen_as = Viewer(
            person=person,
            organisation_id=plan.organisation_id if roles else None,
            permissions=organisation_permissions(roles),
        )
    return can_read_plan(seen_as, plan)


def register_file_policies() -> None:
    policies.register(PROOF_POLICY, can_read_proof)
