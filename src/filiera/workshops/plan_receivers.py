"""What action plans hear of people who leave, and what they tell about them."""

from typing import Any

from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.workshops.models import (
    FeedbackCard,
    Measure,
    MeasureProof,
    MeasureReport,
    PlanChange,
    PlanReader,
    TakeHome,
    TextOperation,
    TextWriter,
)


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="workshops.plans.person_erased")
    exports.register("action_plans", plans_of)


def plans_of(person: Person) -> dict[str, Any]:
    """What somebody promised, said of it, and wrote; the strokes as they were sent."""
    owned = Q(owner__person=person) | Q(owner_person=person)
    return {
        "measures": list(
            Measure.objects.filter(owned).values("plan__title", "text", "due_on", "state", "promised_at")
        ),
        "reports": list(
            MeasureReport.objects.filter(person=person).values(
                "measure__text", "state", "note", "reported_at"
            )
        ),
        "proofs": list(
            MeasureProof.objects.filter(person=person).values(
                "measure__text", "kind", "label", "url", "figure", "added_at"
            )
        ),
        "feedback": list(
            FeedbackCard.objects.filter(person=person).values("plan__title", "kind", "text", "written_at")
        ),
        "written": list(
            TextOperation.objects.filter(person=person).values(
                "text__kind", "text__name", "components", "written_at"
            )
        ),
        "take_home": list(
            TakeHome.objects.filter(person=person).values("edition__slug", "notes", "for_board", "changed_at")
        ),
        "changes": list(
            PlanChange.objects.filter(person=person).values(
                "plan__title", "name", "before", "after", "changed_at"
            )
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """The plans of a group stay, as a group wrote them; the name of who wrote or promised goes."""
    TextWriter.objects.filter(person=person).delete()
    PlanReader.objects.filter(person=person).delete()
    TakeHome.objects.filter(person=person).delete()
    FeedbackCard.objects.filter(person=person).update(person=None, writer_name="")
    Measure.objects.filter(owner_person=person).update(owner_person=None)
    for model in (TextOperation, PlanChange, MeasureReport, MeasureProof):
        model.objects.filter(person=person).update(person=None)
