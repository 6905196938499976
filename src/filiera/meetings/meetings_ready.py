"""What meetings of two tell the platform when it starts: kinds of fact, topics, places in navigations."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import AdministrationWindow
from filiera.admissions.desk_groups import ON_THE_DAY
from filiera.design.navigation import Place, register
from filiera.meetings import permissions
from filiera.meetings.meetings_day import register_day_parts
from filiera.meetings.models import MeetingRound
from filiera.push import topics


def may_hear(person_id: int | None, topic: str) -> bool:
    """Those who plan the meetings of the edition, and administrators in their window."""
    key = topic.partition(":")[2]
    round_ = MeetingRound.objects.filter(pk=int(key)).first() if key.isdecimal() else None
    if person_id is None or round_ is None:
        return False
    roles = EditionMember.objects.current().filter(edition=round_.edition_id, person_id=person_id)
    if permissions.PLAN_MEETINGS in permissions_of(frozenset(roles.values_list("role", flat=True))):
        return True
    return AdministrationWindow.objects.open(timezone.now()).filter(person_id=person_id).exists()


def register_meetings() -> None:
    topics.register("meetings", may_hear)
    register_day_parts()
    register(
        "edition_pages",
        Place(
            "meetings",
            pgettext_lazy("one-to-one", "Meetings"),
            "meetings:rounds",
            order=35,
            permission=permissions.WISH,
        ),
    )
    register(
        "edition",
        Place(
            "meetings",
            _("One-to-one meetings"),
            "meetings:desk_rounds",
            icon="handshake",
            order=58,
            group=ON_THE_DAY,
            permission=permissions.PLAN_MEETINGS,
        ),
    )
