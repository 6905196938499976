"""Dinners with tables and guests."""

from datetime import timedelta

import factory

from filiera.meetings import models
from tests.academy.factories import NOW, EditionFactory
from tests.admissions.factories import ParticipationFactory

WISHES_UNTIL = NOW + timedelta(days=7)


class DinnerFactory(factory.django.DjangoModelFactory[models.Dinner]):
    """Not published; wishes are taken for a week."""

    class Meta:
        model = models.Dinner

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.LazyFunction(lambda: {"en": "Social dinner"})
    wishes_until = WISHES_UNTIL
    created_at = NOW
    changed_at = NOW


class DinnerTableFactory(factory.django.DjangoModelFactory[models.DinnerTable]):
    """Four seats, one of them for a representative of the host."""

    class Meta:
        model = models.DinnerTable

    dinner = factory.SubFactory(DinnerFactory)
    number = factory.LazyAttribute(lambda table: table.dinner.tables.count() + 1)
    seats = 4


class DinnerGuestFactory(factory.django.DjangoModelFactory[models.DinnerGuest]):
    """A participant; `host` is known by name only and represents the host."""

    class Meta:
        model = models.DinnerGuest

    class Params:
        host = factory.Trait(participation=None, role=models.GuestRole.HOST)

    dinner = factory.SubFactory(DinnerFactory)
    participation = factory.SubFactory(
        ParticipationFactory, edition=factory.SelfAttribute("..dinner.edition")
    )
    name = factory.Sequence(lambda number: f"Guest {number}")
