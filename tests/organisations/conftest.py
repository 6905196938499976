import pytest
from django.test import Client

from filiera.accounts.models import Person
from filiera.organisations.models import Organisation, Position
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import OrganisationFactory, PositionFactory


@pytest.fixture
def cluster(db: None) -> Organisation:
    return OrganisationFactory(slug="cluster", name="Cluster of Machines")


@pytest.fixture
def manager(cluster: Organisation) -> Position:
    return PositionFactory(organisation=cluster, manager=True)


@pytest.fixture
def editor(manager: Position) -> Client:
    """A browser in which a manager of the cluster is signed in."""
    return signed_in(manager.person)


@pytest.fixture
def member(cluster: Organisation) -> Client:
    """A browser in which somebody of the cluster without the right to edit is signed in."""
    return signed_in(PositionFactory(organisation=cluster, contact=True).person)


@pytest.fixture
def outsider(db: None) -> Client:
    """A browser in which a manager of another organisation is signed in."""
    return signed_in(PositionFactory(manager=True).person)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def person(db: None) -> Person:
    return PersonFactory()
