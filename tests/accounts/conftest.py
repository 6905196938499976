import pytest

from tests.accounts.factories import PersonFactory


@pytest.fixture
def person(db):
    return PersonFactory(name="Ada Rossi", email="ada@example.org", password="correct horse battery")


@pytest.fixture
def signed_in(client, person):
    """A browser in which the person is signed in."""
    client.force_login(person)
    return client
