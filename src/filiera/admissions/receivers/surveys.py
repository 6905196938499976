"""What somebody answered under the key of their place: in their archive, and gone with them."""

from datetime import datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.admissions.models import Participation
from filiera.questionnaires.actions.leaving import forget_respondent
from filiera.questionnaires.models import Response
from filiera.questionnaires.receivers import told_by


def connect() -> None:
    """To be connected before whoever takes the person out of their places."""
    person_erased.connect(forget_person, dispatch_uid="admissions.surveys.person_erased")
    exports.register("forms of editions", answered_by_place)


def answered_by_place(person: Person) -> list[dict[str, Any]]:
    return told_by(Response.objects.filter(respondent__in=_keys(person)))


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    for key in _keys(person):
        forget_respondent(respondent=key, at=at)


def _keys(person: Person) -> list[str]:
    places = Participation.objects.filter(person=person).values_list("pk", flat=True)
    return [f"participation:{key}" for key in places]
