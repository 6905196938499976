"""Who may go on hearing what happens in an edition, asked again while a page listens."""

from django.utils import timezone

from filiera.academy.models import EditionMember
from filiera.academy.permissions import VIEW_DRAFT, permissions_of
from filiera.accounts.models import AdministrationWindow
from filiera.push import topics


def day_topic(edition_id: int) -> str:
    """What screens and telephones of the people of an edition listen to: messages and clocks."""
    return f"edition:{edition_id}:day"


def programme_topic(edition_id: int) -> str:
    """Told whenever a version is published."""
    return f"edition:{edition_id}:programme"


def may_hear(person_id: int | None, topic: str) -> bool:
    """The desk is heard by its team and by administrators in their window; what is published, by all."""
    _prefix, _colon, rest = topic.partition(":")
    edition, _colon, what = rest.partition(":")
    if what != "desk":
        return True
    if person_id is None or not edition.isdecimal():
        return False
    roles = EditionMember.objects.current().filter(edition_id=int(edition), person_id=person_id)
    if VIEW_DRAFT in permissions_of(frozenset(roles.values_list("role", flat=True))):
        return True
    windows = AdministrationWindow.objects.open(timezone.now())
    return windows.filter(person_id=person_id).exists()


def register_topics() -> None:
    topics.register("edition", may_hear)
