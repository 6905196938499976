"""What the selection tells a person about themselves, and forgets of them."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.admissions.models import Application, SelectionDecision, SelectionStep
from filiera.mail.models import OutgoingMail


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="admissions.selection.person_erased")
    exports.register("selections", told_of)


def told_of(person: Person) -> dict[str, Any]:
    """What the person was told; what is pending is known to nobody."""
    told = SelectionDecision.objects.filter(told_at__isnull=False, application__candidate=person)
    return {
        "decisions": list(
            told.values(
                "selection__call__edition__slug", "application__number", "decision", "reserve_rank", "told_at"
            )
        )
    }


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    """Remove what was noted about them by hand, also from what can be taken back; decisions stay without."""
    own = Q(application__candidate=person) | Q(application__filed_by=person)
    noted = SelectionDecision.objects.filter(own).exclude(hand="")
    selections = set(noted.values_list("selection_id", flat=True))
    noted.update(hand_reason="")
    SelectionStep.objects.filter(selection_id__in=selections).delete()
    # Also those to an address that was never the account's own.
    for application_id in Application.objects.filter(Q(candidate=person) | Q(filed_by=person)).values_list(
        "pk", flat=True
    ):
        OutgoingMail.objects.filter(
            key__startswith="admissions.decision:", key__endswith=f":{application_id}"
        ).delete()
