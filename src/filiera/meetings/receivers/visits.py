"""What visits tell a person about themselves, and what becomes of it when they leave or are erased.

The published draw stays whole under its codes; the list of wishes then leads to nobody.
"""

from datetime import datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.admissions.models import Participation
from filiera.admissions.signals import place_ended
from filiera.meetings.actions.visits_manifests import discard_manifest
from filiera.meetings.actions.visits_places import release_visit_places
from filiera.meetings.models import VisitorDocument, VisitPlace, VisitWish, VisitWishList


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="meetings.visits.person_erased")
    place_ended.connect(release, dispatch_uid="meetings.visits.place_ended")
    exports.register("visits", visits_of)


def release(*, participation: Participation, at: datetime, **_: Any) -> None:
    release_visit_places(participation=participation, at=at)


def visits_of(person: Person) -> dict[str, Any]:
    """Wishes, places and documents that are kept about somebody."""
    return {
        "wishes": list(
            VisitWish.objects.filter(wish_list__participation__person=person)
            .order_by("wish_list", "rank")
            .values(
                "wish_list__code",
                "wish_list__turn",
                "wish_list__needs_step_free",
                "slot__visit__title",
                "slot__code",
                "rank",
            )
        ),
        "places": list(
            VisitPlace.objects.filter(participation__person=person)
            .order_by("pk")
            .values("slot__visit__title", "way", "rank", "needs_step_free", "given_at", "ended_at")
        ),
        "documents told to hosts": list(
            VisitorDocument.objects.filter(place__participation__person=person).values(
                "kind", "number", "given_at"
            )
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """Places stay counted; documents, needs and whatever leads from a code to the person go."""
    for place in VisitPlace.objects.filter(participation__person=person).select_related("slot"):
        discard_manifest(place.slot)
    VisitorDocument.objects.filter(place__participation__person=person).delete()
    VisitPlace.objects.filter(participation__person=person).update(needs_step_free=False)
    VisitWishList.objects.filter(participation__person=person).update(
        participation=None, needs_step_free=False
    )
