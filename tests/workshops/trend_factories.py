"""The smallest valid trends with their ratings."""

import factory

from filiera.workshops import models
from tests.academy.factories import NOW, EditionFactory
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory


class TrendFactory(factory.django.DjangoModelFactory[models.Trend]):
    """Open for ratings."""

    class Meta:
        model = models.Trend

    class Params:
        draft = factory.Trait(state=models.TrendState.DRAFT, opened_at=None)
        closed = factory.Trait(state=models.TrendState.CLOSED, closed_at=NOW)

    edition = factory.SubFactory(EditionFactory, public=True)
    code = factory.Sequence(lambda number: f"trend-{number}")
    title = factory.Sequence(lambda number: {"en": f"Trend number {number}"})
    description = factory.LazyFunction(lambda: {"en": "Something changes."})
    position = factory.Sequence(lambda number: number % 1000)
    state = models.TrendState.OPEN
    opened_at = NOW
    created_at = NOW
    changed_at = NOW


class TrendRatingFactory(factory.django.DjangoModelFactory[models.TrendRating]):
    """All four scales said, in the middle."""

    class Meta:
        model = models.TrendRating

    trend = factory.SubFactory(TrendFactory)
    participation = factory.SubFactory(ParticipationFactory)
    impact = 3
    likelihood = 3
    time_to_effect = 3
    readiness = 3
    rated_at = NOW
    completed_at = NOW


class TrendCommentFactory(factory.django.DjangoModelFactory[models.TrendComment]):
    class Meta:
        model = models.TrendComment

    trend = factory.SubFactory(TrendFactory)
    author = factory.SubFactory(PersonFactory)
    text = "It is here already."
    written_at = NOW
