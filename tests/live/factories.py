"""The smallest valid channels, questions and polls."""

import factory

from filiera.live import models
from tests.academy.factories import NOW, EditionFactory


class ChannelFactory(factory.django.DjangoModelFactory[models.Channel]):
    """Open and moderated, for everybody with the code."""

    class Meta:
        model = models.Channel

    class Params:
        closed = factory.Trait(closed_at=NOW)
        waiting = factory.Trait(opened_at=None)

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.LazyFunction(lambda: {"en": "Final questions"})
    code = factory.Sequence(lambda number: f"AB{number + 2222:04d}".replace("0", "Z").replace("1", "Y"))
    opened_at = NOW
    created_at = NOW


class VoiceFactory(factory.django.DjangoModelFactory[models.Voice]):
    class Meta:
        model = models.Voice

    edition = factory.SubFactory(EditionFactory, public=True)
    key_digest = factory.Sequence(lambda number: f"{number:064x}")
    created_at = NOW


class QuestionFactory(factory.django.DjangoModelFactory[models.AudienceQuestion]):
    """Published, by nobody who is named."""

    class Meta:
        model = models.AudienceQuestion

    class Params:
        pending = factory.Trait(state=models.QuestionState.PENDING)
        on_stage = factory.Trait(state=models.QuestionState.ON_STAGE)

    channel = factory.SubFactory(ChannelFactory)
    text = factory.Sequence(lambda number: f"How do you keep member {number} interested?")
    state = models.QuestionState.PUBLISHED
    asked_at = NOW


class PollFactory(factory.django.DjangoModelFactory[models.Poll]):
    """An open choice between three."""

    class Meta:
        model = models.Poll

    channel = factory.SubFactory(ChannelFactory)
    kind = models.PollKind.CHOICE
    prompt = "What holds you back most?"
    options = factory.LazyFunction(lambda: ["Time", "Money", "People"])
    state = models.PollState.OPEN
    position = factory.Sequence(lambda number: number + 1)
    created_at = NOW
