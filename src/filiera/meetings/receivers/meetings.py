"""What meetings of two tell a person about themselves, and forget."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.meetings.models import (
    Attendee,
    Block,
    Meeting,
    MeetingNote,
    MeetingState,
    MeetingWish,
    OutcomeQuestion,
    SlotPresence,
)

# What stands where somebody's name was: the other side still reads that there was a meeting.
NOBODY = "–"


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="meetings.two.person_erased")
    exports.register("meetings of two", known_of)


def known_of(person: Person) -> dict[str, Any]:
    """What is kept about a person here; who blocked them is not theirs to know."""
    received = MeetingWish.objects.filter(wanted__person=person).exclude(
        wisher__in=Block.objects.filter(blocker__person=person).values("blocked_id")
    )
    return {
        "what I offer and need": list(
            Attendee.objects.filter(person=person).values(
                "round__title", "offers", "needs", "most", "joined_at"
            )
        ),
        "when I can meet": list(
            SlotPresence.objects.filter(attendee__person=person).values("slot__starts_at", "presence")
        ),
        "whom I wished to meet": list(
            MeetingWish.objects.filter(wisher__person=person).values(
                "wanted__name", "priority", "why", "state", "wished_at"
            )
        ),
        "who wished to meet me": list(received.values("wisher__name", "why", "state", "wished_at")),
        "whom I do not meet": list(
            Block.objects.filter(blocker__person=person).values("blocked__name", "made_at")
        ),
        "my meetings": list(
            Meeting.objects.filter(Q(first__person=person) | Q(second__person=person))
            .told()
            .values("slot__starts_at", "first__name", "second__name", "state")
        ),
        "my notes": list(
            MeetingNote.objects.filter(author__person=person).values("meeting__slot__starts_at", "text")
        ),
        "what I said came of it": list(
            OutcomeQuestion.objects.filter(attendee__person=person)
            .exclude(answer="")
            .values("meeting__slot__starts_at", "after_days", "answer", "comment")
        ),
    }


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    """Remove who it was, with wishes, blocks and notes; that a meeting was held, and its outcome, stay."""
    own = Attendee.objects.filter(person=person)
    Block.objects.filter(Q(blocker__in=own) | Q(blocked__in=own)).delete()
    MeetingNote.objects.filter(author__in=own).delete()
    MeetingWish.objects.filter(Q(wisher__in=own) | Q(wanted__in=own)).delete()
    SlotPresence.objects.filter(attendee__in=own).delete()
    OutcomeQuestion.objects.filter(attendee__in=own).update(comment="")
    planned = Meeting.objects.filter(Q(first__in=own) | Q(second__in=own), state=MeetingState.PLANNED)
    planned.filter(slot__starts_at__gt=at).update(state=MeetingState.CANCELLED, changed_at=at)
    for attendee in own:
        attendee.name, attendee.offers, attendee.needs = NOBODY, "", ""
        attendee.left_at = attendee.left_at or at
        attendee.participation = attendee.person = None
        attendee.save()
