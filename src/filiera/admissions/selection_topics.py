"""Who may go on hearing that a selection changed, asked again while a board is open."""

from django.utils import timezone

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import AdministrationWindow
from filiera.admissions.permissions import VIEW_APPLICATIONS
from filiera.push import topics


def may_hear(person_id: int | None, topic: str) -> bool:
    """Those who read the applications of the edition, and administrators in their window."""
    edition = topic.partition(":")[2]
    if person_id is None or not edition.isdecimal():
        return False
    roles = EditionMember.objects.current().filter(edition_id=int(edition), person_id=person_id)
    if VIEW_APPLICATIONS in permissions_of(frozenset(roles.values_list("role", flat=True))):
        return True
    windows = AdministrationWindow.objects.open(timezone.now())
    return windows.filter(person_id=person_id).exists()


def register_topics() -> None:
    topics.register("selection", may_hear)
