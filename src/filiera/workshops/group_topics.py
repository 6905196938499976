"""What pages of groups listen to, and who may go on hearing it while a page is open."""

from django.utils import timezone

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import AdministrationWindow
from filiera.push import topics
from filiera.workshops.permissions import FORM_GROUPS, TAKE_PART

PREFIX = "groups"


def groups_topic(edition_id: int) -> str:
    """Heard by all people of the edition: groups were published, or changed since."""
    return f"{PREFIX}:{edition_id}"


def desk_topic(edition_id: int) -> str:
    """Heard by those who form the groups."""
    return f"{PREFIX}:{edition_id}:desk"


def may_hear(person_id: int | None, topic: str) -> bool:
    _prefix, _colon, rest = topic.partition(":")
    edition, _colon, what = rest.partition(":")
    if person_id is None or not edition.isdecimal():
        return False
    roles = EditionMember.objects.current().filter(edition_id=int(edition), person_id=person_id)
    needed = FORM_GROUPS if what == "desk" else TAKE_PART
    if needed in permissions_of(frozenset(roles.values_list("role", flat=True))):
        return True
    windows = AdministrationWindow.objects.open(timezone.now())
    return windows.filter(person_id=person_id).exists()


def register_topics() -> None:
    topics.register(PREFIX, may_hear)
