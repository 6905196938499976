"""Who looks at an edition: somebody who builds its programme, somebody who takes part, somebody else."""

import pytest
from django.test import Client

from filiera.academy.models import Edition, EditionMember, EditionRole
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from tests.academy.factories import EditionFactory, EditionMemberFactory
from tests.accounts.factories import PersonFactory


def viewer_in(membership: EditionMember) -> Viewer:
    """The viewer that the middleware makes of this person at an address of the edition."""
    roles = frozenset({membership.role})
    return Viewer(
        person=membership.person,
        edition_id=membership.edition_id,
        edition_roles=roles,
        permissions=permissions_of(roles),
    )


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def edition(db: None) -> Edition:
    return EditionFactory(public=True)


@pytest.fixture
def editor(edition: Edition) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.PROGRAMME))


@pytest.fixture
def director(edition: Edition) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=edition, director=True))


@pytest.fixture
def member(edition: Edition) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=edition, participant=True))


@pytest.fixture
def outsider(db: None, edition: Edition) -> Viewer:
    return Viewer(person=PersonFactory(), edition_id=edition.pk)


@pytest.fixture
def editor_client(editor: Viewer) -> Client:
    assert editor.person is not None
    return client_of(editor.person)


@pytest.fixture
def director_client(director: Viewer) -> Client:
    assert director.person is not None
    return client_of(director.person)


@pytest.fixture
def member_client(member: Viewer) -> Client:
    assert member.person is not None
    return client_of(member.person)


@pytest.fixture
def outsider_client(outsider: Viewer) -> Client:
    assert outsider.person is not None
    return client_of(outsider.person)
