"""What the database refuses in the reference tables."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from filiera.reference.models import (
    Activity,
    Country,
    EcosystemActivity,
    EcosystemMappingVersion,
    Region,
    S3Priority,
)
from tests.reference.factories import CountryFactory, EcosystemFactory, RegionFactory, S3PriorityFactory

pytestmark = pytest.mark.django_db


def refused(match, make, **values):
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        make(**values)


def region(**values):
    return Region.objects.create(
        country=CountryFactory(), name="Region", name_latin="Region", nuts_version=2024, **values
    )


def section(**values):
    return Activity.objects.create(
        **{"code": "A", "revision": "NACE Rev. 2", "level": "section", "names": {"en": "Farming"}, **values}
    )


def mapping(code, **values):
    return EcosystemMappingVersion.objects.create(
        **{"code": code, "status": "local", "source": "here", "made_on": date(2026, 1, 1), **values}
    )


def test_a_country_code_has_two_capitals():
    refused("country_code_is_alpha2", CountryFactory, code="it")


def test_a_eurostat_code_names_one_country():
    CountryFactory(code="GR", eurostat_code="EL")
    CountryFactory(code="AX", eurostat_code="")
    CountryFactory(code="GF", eurostat_code="")

    refused("country_eurostat_code_unique", CountryFactory, code="EL", eurostat_code="EL")


def test_names_are_an_object_of_texts():
    refused("names", Country.objects.create, code="IT", alpha3="ITA", names={"en": 1})


def test_regions_end_at_level_two():
    refused("region_level_up_to_two", region, code="ITC11", level=3, parent=RegionFactory(code="ITC1"))


@pytest.mark.parametrize(("level", "has_parent"), [(0, True), (1, False)])
def test_only_a_country_as_region_has_no_parent(level, has_parent):
    parent = RegionFactory(code="IT", level=0) if has_parent else None

    refused("region_parent_matches_level", region, code="ITX", level=level, parent=parent)


def test_an_activity_code_is_unique_in_its_revision_only():
    section()
    section(revision="NACE Rev. 2.1")

    refused("activity_code_unique_in_revision", section)


def test_a_division_has_a_section():
    refused("activity_parent_matches_level", section, code="01", level="division")


def test_one_mapping_is_current():
    mapping("one", is_current=True)
    mapping("two")
    mapping("three")

    refused("ecosystem_mapping_one_current_version", mapping, code="four", is_current=True)


@pytest.mark.parametrize("weight", [Decimal(0), Decimal("1.5"), Decimal("-0.1")])
def test_a_weight_is_a_share(weight):
    refused(
        "ecosystem_activity_weight_is_share",
        EcosystemActivity.objects.create,
        version=mapping("one"),
        ecosystem=EcosystemFactory(),
        activity=section(),
        weight=weight,
    )


def test_an_activity_is_in_an_ecosystem_once_per_version():
    told = {"version": mapping("one"), "ecosystem": EcosystemFactory(), "activity": section()}
    EcosystemActivity.objects.create(**told)

    refused("ecosystem_activity_once_in_version", EcosystemActivity.objects.create, **told)


def test_priorities_of_a_strategy_have_an_order():
    told = {
        "strategy": "S3", "kind": "system", "region": RegionFactory(), "position": 1,
        "source_url": "https://example.org", "from_year": 2021, "until_year": 2027,
    }  # fmt: skip
    S3Priority.objects.create(code="a", **told)

    refused("s3_priority_position_unique_in_strategy", S3Priority.objects.create, code="b", **told)


def test_a_priority_ends_after_it_starts():
    S3PriorityFactory(from_year=2021, until_year=2021)

    refused("s3_priority_ends_after_it_starts", S3PriorityFactory, from_year=2021, until_year=2020)
    refused("s3_priority_ends_after_it_starts", S3PriorityFactory, from_year=21, until_year=27)


def test_a_region_in_use_cannot_be_removed():
    piemonte = RegionFactory(code="ITC1")

    with pytest.raises(IntegrityError):
        Region.objects.filter(code="IT").delete()

    assert Region.objects.filter(pk=piemonte.pk).exists()
