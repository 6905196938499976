"""What dinners tell a person about themselves, and what becomes of it when they leave or are erased."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.admissions.models import Participation
from filiera.admissions.signals import place_ended
from filiera.meetings.actions.dinner_planning import leave_dinners
from filiera.meetings.models import DinnerGuest, DinnerPair, DinnerWish


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="meetings.dinner.person_erased")
    place_ended.connect(release, dispatch_uid="meetings.dinner.place_ended")
    exports.register("dinners", dinners_of)


def release(*, participation: Participation, at: datetime, **_: Any) -> None:
    leave_dinners(participation, at=at)


def dinners_of(person: Person) -> dict[str, Any]:
    """Where somebody sits, and beside whom they wished to."""
    return {
        "dinners": list(
            DinnerGuest.objects.filter(participation__person=person)
            .order_by("pk")
            .values("dinner__title", "name", "role", "table__number")
        ),
        "wishes": list(
            DinnerWish.objects.filter(guest__participation__person=person)
            .order_by("pk")
            .values("guest__dinner__title", "wanted__name")
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """The seat stays counted; name, wishes and rules about the person go."""
    own = DinnerGuest.objects.filter(participation__person=person)
    DinnerWish.objects.filter(Q(guest__in=own) | Q(wanted__in=own)).delete()
    DinnerPair.objects.filter(Q(one__in=own) | Q(two__in=own)).delete()
    own.update(name="—")
