"""The real organisations and their history are there, each with its source."""

from datetime import UTC, datetime

import pytest

from filiera.demo.organisations import load_organisations
from filiera.ledger.models import Fact
from filiera.organisations.models import Membership, Organisation, Succession
from filiera.reference.load import load_reference

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SYSTEM_OF_POLES = "sistema-poli-di-innovazione-piemonte"


@pytest.fixture(autouse=True)
def _loaded():
    load_reference(NOW)
    load_organisations(NOW)


def test_the_system_has_its_seven_poles():
    poles = Membership.objects.filter(cluster__slug=SYSTEM_OF_POLES).order_by("member__slug")

    assert list(poles.values_list("member__slug", flat=True)) == [
        "agrifood", "biopmed", "cgreen", "clever", "mesap", "pointex", "polo-ict",
    ]  # fmt: skip


def test_twelve_poles_of_2009_became_seven_as_far_as_sources_tell():
    founded = Organisation.objects.filter(kind="cluster", founded_on__year=2009)
    merged = Succession.objects.filter(kind="merged").values_list(
        "from_organisation__slug", "to_organisation__slug"
    )

    assert founded.count() == 12
    assert sorted(merged) == [
        ("enermhy", "clever"),
        ("innomat", "cgreen"),
        ("polibre", "cgreen"),
        ("polight", "clever"),
        ("polo-chimica-sostenibile", "cgreen"),
    ]


def test_everything_real_has_a_source_and_everything_else_is_marked():
    unsourced = Organisation.objects.filter(source_url="", is_demonstration=False)
    claims = Membership.objects.filter(source_url="", is_demonstration=False)

    assert (list(unsourced), list(claims)) == ([], [])


def test_memberships_are_in_the_ledger_once():
    load_organisations(NOW)

    kinds = list(Fact.objects.values_list("kind", flat=True))
    assert (kinds.count("membership.started"), kinds.count("membership.ended")) == (19, 1)
