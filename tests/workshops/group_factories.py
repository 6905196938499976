"""The smallest valid series of groups, and people to sit in them."""

import random
from collections.abc import Sequence

import factory

from filiera.academy.models import Edition
from filiera.admissions.models import Participation
from filiera.workshops import models
from filiera.workshops.actions.group_series import SeriesDetails
from tests.academy.factories import NOW, EditionFactory
from tests.admissions.factories import ParticipationFactory
from tests.reference.factories import CountryFactory

COUNTRIES = ("IT", "FR", "ES", "DE", "PL", "PT", "GR", "SE", "RO", "IE")


class GroupSeriesFactory(factory.django.DjangoModelFactory[models.GroupSeries]):
    class Meta:
        model = models.GroupSeries

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.LazyFunction(lambda: {"en": "Groups of the first day"})
    group_count = 2
    created_at = NOW
    changed_at = NOW


class GroupRoundFactory(factory.django.DjangoModelFactory[models.GroupRound]):
    class Meta:
        model = models.GroupRound

    series = factory.SubFactory(GroupSeriesFactory)
    number = 1


class GroupFactory(factory.django.DjangoModelFactory[models.Group]):
    class Meta:
        model = models.Group

    round = factory.SubFactory(GroupRoundFactory)
    number = factory.Sequence(lambda number: number + 1)


class SeatFactory(factory.django.DjangoModelFactory[models.Seat]):
    class Meta:
        model = models.Seat

    group = factory.SubFactory(GroupFactory)
    round = factory.SelfAttribute("group.round")
    participation = factory.SubFactory(
        ParticipationFactory, edition=factory.SelfAttribute("..group.round.series.edition")
    )


def details(**changes: object) -> SeriesDetails:
    """Two groups in two rounds, mixed by country."""
    told: dict[str, object] = {
        "title": {"en": "Groups of the first day"},
        "group_count": 2,
        "round_count": 2,
        "weights": {"country": 1.0},
        "repeat_price": 2.0,
        "wish_price": 2.0,
        "move_price": 4.0,
        **changes,
    }
    return SeriesDetails(**told)  # type: ignore[arg-type]


def confirmed_people(edition: Edition, count: int, *, countries: Sequence[str] = ()) -> list[Participation]:
    """People with a confirmed place; their countries in turn, made up where none are named."""
    chance = random.Random(count)
    names = countries or [chance.choice(COUNTRIES) for _ in range(count)]
    rows = {code: CountryFactory(code=code) for code in sorted(set(names))}
    return [
        ParticipationFactory(
            edition=edition, name=f"Person {number:03d}", country=rows[names[number % len(names)]]
        )
        for number in range(count)
    ]
