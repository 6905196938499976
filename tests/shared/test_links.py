"""A link leads to its row as long as what it was made from stands, and to nothing else."""

import pytest

from filiera.organisations.models import Organisation
from filiera.shared.links import fresh_seed, link_token, row_of
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db


def token_of(organisation: Organisation) -> str:
    return link_token("filiera.test", organisation.pk, organisation.city)


def test_it_leads_to_its_row_until_what_it_was_made_from_changes():
    ours, theirs = OrganisationFactory(city="Torino"), OrganisationFactory(city="Torino")
    token = token_of(ours)

    assert row_of(token, Organisation.objects.all(), token_of) == ours
    assert row_of(token, Organisation.objects.exclude(pk=ours.pk), token_of) is None
    assert token_of(theirs).partition("-")[2] != token.partition("-")[2]
    Organisation.objects.filter(pk=ours.pk).update(city="Ivrea")
    assert row_of(token, Organisation.objects.all(), token_of) is None


def test_links_of_another_kind_and_another_key_are_none(settings):
    organisation = OrganisationFactory()
    token = token_of(organisation)

    assert link_token("filiera.other", organisation.pk, organisation.city) != token
    settings.SECRET_KEY = "another"
    assert row_of(token, Organisation.objects.all(), token_of) is None


@pytest.mark.parametrize(
    "token", ["", "-", "12", "x-y", "-1-a", "9" * 19 + "-a", "٣-a", "1-\x00", "1" * 5000]
)
def test_what_is_no_link_leads_nowhere(token):
    OrganisationFactory()

    assert row_of(token, Organisation.objects.all(), token_of) is None


def test_no_two_seeds_are_alike():
    assert len({fresh_seed() for _ in range(50)}) == 50
