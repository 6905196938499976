"""Visits to laboratories, with wishes open, and drawn."""

from datetime import timedelta
from hashlib import sha256

import factory

from filiera.meetings import models
from tests.academy.factories import NOW, EditionFactory, between, moment
from tests.admissions.factories import ParticipationFactory

SEED = "a seed that nobody knew"
CLOSES = NOW + timedelta(days=7)


class VisitRoundFactory(factory.django.DjangoModelFactory[models.VisitRound]):
    """Open for wishes until a week from now; `hidden` is still being prepared."""

    class Meta:
        model = models.VisitRound

    class Params:
        hidden = factory.Trait(opened_at=None, seed="", seed_digest="")

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.LazyFunction(lambda: {"en": "Laboratory visits"})
    opened_at = NOW
    closes_at = CLOSES
    seed = SEED
    seed_digest = sha256(SEED.encode()).hexdigest()
    created_at = NOW
    changed_at = NOW


class VisitFactory(factory.django.DjangoModelFactory[models.Visit]):
    class Meta:
        model = models.Visit

    round = factory.SubFactory(VisitRoundFactory)
    position = factory.Sequence(lambda number: number + 1)
    title = factory.LazyAttribute(lambda visit: {"en": f"Laboratory {visit.position}"})


class VisitSlotFactory(factory.django.DjangoModelFactory[models.VisitSlot]):
    """An afternoon's hour with two places, under the next letter."""

    class Meta:
        model = models.VisitSlot

    visit = factory.SubFactory(VisitFactory)
    round = factory.SelfAttribute("visit.round")
    code = factory.LazyAttribute(lambda slot: "ABCDEFGHIJKLMNOP"[slot.round.slots.count()])
    during = factory.LazyFunction(lambda: between(moment(16)))
    places = 2


class VisitPlaceFactory(factory.django.DjangoModelFactory[models.VisitPlace]):
    class Meta:
        model = models.VisitPlace

    slot = factory.SubFactory(VisitSlotFactory)
    round = factory.SelfAttribute("slot.round")
    participation = factory.SubFactory(
        ParticipationFactory, edition=factory.SelfAttribute("..slot.round.edition")
    )
    way = models.PlaceWay.DRAW
    given_at = NOW
