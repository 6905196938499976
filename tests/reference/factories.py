"""Reference rows for tests that need one or two, not the official tables."""

import factory

from filiera.reference import models


class CountryFactory(factory.django.DjangoModelFactory[models.Country]):
    class Meta:
        model = models.Country
        django_get_or_create = ("code",)

    code = "IT"
    alpha3 = factory.LazyAttribute(lambda country: f"{country.code}X")
    names = factory.LazyAttribute(lambda country: {"en": f"Country {country.code}"})
    eurostat_code = factory.SelfAttribute("code")


class RegionFactory(factory.django.DjangoModelFactory[models.Region]):
    class Meta:
        model = models.Region
        django_get_or_create = ("code",)

    code = "ITC1"
    level = 2
    country = factory.SubFactory(CountryFactory)
    parent = factory.LazyAttribute(
        lambda region: (
            RegionFactory(code=region.code[:-1], level=region.level - 1, country=region.country)
            if region.level
            else None
        )
    )
    name = factory.LazyAttribute(lambda region: f"Region {region.code}")
    name_latin = factory.SelfAttribute("name")
    nuts_version = 2024


class EcosystemFactory(factory.django.DjangoModelFactory[models.Ecosystem]):
    class Meta:
        model = models.Ecosystem
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"E{number}")
    position = factory.Sequence(lambda number: number % 30000)
    names = factory.LazyAttribute(lambda ecosystem: {"en": f"Ecosystem {ecosystem.code}"})


class S3PriorityFactory(factory.django.DjangoModelFactory[models.S3Priority]):
    class Meta:
        model = models.S3Priority
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"s3-{number}")
    strategy = "S3 2021-2027"
    kind = models.S3Priority.Kind.SYSTEM
    region = factory.SubFactory(RegionFactory)
    from_year = 2021
    until_year = 2027
    position = factory.Sequence(lambda number: number % 30000)
    names = factory.LazyAttribute(lambda priority: {"en": f"Priority {priority.code}"})
    source_url = "https://example.org/s3"
