"""The smallest valid challenges with what people do to them."""

import factory

from filiera.workshops import models
from tests.academy.factories import NOW, EditionFactory
from tests.accounts.factories import PersonFactory


class ChallengeFactory(factory.django.DjangoModelFactory[models.Challenge]):
    """Open, and brought by nobody who is named."""

    class Meta:
        model = models.Challenge

    class Params:
        solved = factory.Trait(state=models.ChallengeState.SOLVED, solved_at=NOW, solution="We asked them.")

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.Sequence(lambda number: f"Members number {number} do not come to our meetings")
    statement = "They pay, they read, they do not come."
    language = "en"
    created_at = NOW
    changed_at = NOW


class CommentFactory(factory.django.DjangoModelFactory[models.ChallengeComment]):
    class Meta:
        model = models.ChallengeComment

    challenge = factory.SubFactory(ChallengeFactory)
    author = factory.SubFactory(PersonFactory)
    text = "We had the same."
    written_at = NOW


class HelpOfferFactory(factory.django.DjangoModelFactory[models.HelpOffer]):
    class Meta:
        model = models.HelpOffer

    challenge = factory.SubFactory(ChallengeFactory)
    helper = factory.SubFactory(PersonFactory)
    text = "I can show you ours."
    offered_at = NOW
