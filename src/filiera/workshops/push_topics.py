"""Who may go on hearing what happens on the wall, asked again while a page listens."""

from django.utils import timezone

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import AdministrationWindow
from filiera.push import topics
from filiera.workshops.permissions import TAKE_PART


def may_hear(person_id: int | None, topic: str) -> bool:
    """The people of the edition that the topic names, and administrators in their window."""
    edition = topic.split(":")[1] if ":" in topic else ""
    if person_id is None or not edition.isdecimal():
        return False
    roles = EditionMember.objects.current().filter(edition_id=int(edition), person_id=person_id)
    if TAKE_PART in permissions_of(frozenset(roles.values_list("role", flat=True))):
        return True
    windows = AdministrationWindow.objects.open(timezone.now())
    return windows.filter(person_id=person_id).exists()


def register_topics() -> None:
    topics.register("challenges", may_hear)
    topics.register("plans", may_hear)
    topics.register("trends", may_hear)
    topics.register("ratings", may_hear)
    topics.register("method", may_hear)
