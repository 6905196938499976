"""What shared sets hear of people who leave, and tell about them."""

from typing import Any

from django.db import models
from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.indicators.models import IndicatorSet, SetAdoption, SetOpinion, SetProposal, SetVersion

# Of each model the columns that say who: they are emptied, and the row stays.
_WHO: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (IndicatorSet, ("created_by",)),
    (SetVersion, ("created_by", "published_by")),
    (SetAdoption, ("adopted_by", "ended_by")),
    (SetProposal, ("proposed_by", "decided_by")),
    (SetOpinion, ("said_by",)),
)


def connect() -> None:
    exports.register("sets of indicators", part_in_sets)
    person_erased.connect(forget_person, dispatch_uid="indicators.sets.person_erased")


def part_in_sets(person: Person) -> dict[str, Any]:
    """What somebody published, adopted, proposed, said and decided, for the archive of their data."""
    return {
        "begun": list(
            IndicatorSet.objects.filter(created_by=person).values("organisation__slug", "created_at")
        ),
        "versions": list(
            SetVersion.objects.filter(Q(created_by=person) | Q(published_by=person)).values(
                "indicator_set__organisation__slug", "name", "number", "created_at", "published_at"
            )
        ),
        "adopted or left": list(
            SetAdoption.objects.filter(Q(adopted_by=person) | Q(ended_by=person)).values(
                "organisation__slug", "version__name", "version__number", "adopted_at", "ended_at"
            )
        ),
        "proposed or decided": list(
            SetProposal.objects.filter(Q(proposed_by=person) | Q(decided_by=person)).values(
                "organisation__slug",
                "kind",
                "leaving",
                "coming__code",
                "reason",
                "proposed_at",
                "decided_at",
                "decided_because",
            )
        ),
        "said to proposals": list(
            SetOpinion.objects.filter(said_by=person).values(
                "organisation__slug", "stance", "text", "said_at"
            )
        ),
    }


def forget_person(*, person: Person, **_: Any) -> None:
    """Sets and what was said to them are the organisations' and stay; who it was is no longer told."""
    for model, columns in _WHO:
        for column in columns:
            model._default_manager.filter(**{column: person}).update(**{column: None})
