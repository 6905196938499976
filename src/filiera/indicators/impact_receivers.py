"""What studies of impact know about a person: who uploaded a panel and asked for a study."""

from datetime import datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.indicators.models import ImpactPanel, ImpactStudy


def connect() -> None:
    exports.register("impact studies", part_in_studies)
    person_erased.connect(forget_person, dispatch_uid="indicators.impact.person_erased")


def part_in_studies(person: Person) -> dict[str, Any]:
    panels = ImpactPanel.objects.filter(uploaded_by=person)
    studies = ImpactStudy.objects.filter(asked_by=person)
    return {
        "panels uploaded": list(panels.values("organisation__slug", "title", "uploaded_at", "deleted_at")),
        "studies asked for": list(studies.values("organisation__slug", "outcome", "asked_at")),
    }


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    """Panels and studies are the organisation's and stay; who made them does not."""
    ImpactPanel.objects.filter(uploaded_by=person).update(uploaded_by=None)
    ImpactStudy.objects.filter(asked_by=person).update(asked_by=None)
