"""The smallest valid versions of a selection, with their rules and decisions."""

from collections.abc import Iterable, Mapping

import factory

from filiera.admissions import models
from tests.academy.factories import NOW
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ApplicationFactory, CallFactory


class SelectionFactory(factory.django.DjangoModelFactory[models.Selection]):
    """The first version of a call, in work, with nothing proposed."""

    class Meta:
        model = models.Selection

    class Params:
        kept = factory.Trait(kept_at=NOW)
        sent = factory.Trait(sent_at=NOW)

    call = factory.SubFactory(CallFactory)
    number = factory.Sequence(lambda number: number + 1)
    created_at = NOW


class SelectionRuleFactory(factory.django.DjangoModelFactory[models.SelectionRule]):
    """At most two of each country."""

    class Meta:
        model = models.SelectionRule

    class Params:
        wish = factory.Trait(most=None, target=2, weight=1.0)

    selection = factory.SubFactory(SelectionFactory)
    position = factory.Sequence(lambda number: number)
    attribute = models.BalanceAttribute.COUNTRY
    most = 2


class SelectionDecisionFactory(factory.django.DjangoModelFactory[models.SelectionDecision]):
    """Nothing decided yet."""

    class Meta:
        model = models.SelectionDecision

    class Params:
        selected = factory.Trait(decision=models.Decision.SELECTED)
        rejected = factory.Trait(decision=models.Decision.REJECTED)

    selection = factory.SubFactory(SelectionFactory)
    application = factory.SubFactory(ApplicationFactory, call=factory.SelfAttribute("..selection.call"))
    position = factory.Sequence(lambda number: number)


def give_scores(scores: Mapping[models.Application, int]) -> None:
    """One given review for each, on a single scale up to ten."""
    for application, value in scores.items():
        criterion, _is_new = models.Criterion.objects.get_or_create(
            call=application.call,
            position=1,
            defaults={"name": {"en": "Overall"}, "lowest": 0, "highest": 10},
        )
        review = models.Review.objects.create(
            application=application,
            reviewer=PersonFactory(),
            state=models.ReviewState.GIVEN,
            assigned_at=NOW,
            given_at=NOW,
        )
        models.Score.objects.create(review=review, criterion=criterion, value=value)


def applications(call: models.Call, profiles: Iterable[Mapping[str, object]]) -> list[models.Application]:
    return [
        ApplicationFactory(call=call, number=number, **profile)
        for number, profile in enumerate(profiles, start=1)
    ]
