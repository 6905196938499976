"""Who looks at an edition, in the tests of every room that has pages of one: a plug-in of the root conftest.

A room that means somebody else by one of these names says so in a conftest of its own.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from filiera.academy.models import Edition, EditionRole
from filiera.accounts.viewer import Viewer
from tests.academy.factories import EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory

InRole = Callable[[str], Viewer]


@pytest.fixture
def edition(db: None) -> Edition:
    return EditionFactory(public=True)


@pytest.fixture
def in_role(edition: Edition) -> InRole:
    """Somebody new who has one role in the edition."""
    return lambda role: viewer_in(EditionMemberFactory(edition=edition, role=role))


@pytest.fixture
def editor(in_role: InRole) -> Viewer:
    """Who builds the programme."""
    return in_role(EditionRole.PROGRAMME)


@pytest.fixture
def director(edition: Edition) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=edition, director=True))


@pytest.fixture
def desk(in_role: InRole) -> Viewer:
    return in_role(EditionRole.DESK)


@pytest.fixture
def member(edition: Edition) -> Viewer:
    """Who takes part."""
    return viewer_in(EditionMemberFactory(edition=edition, participant=True))


@pytest.fixture
def outsider(db: None, edition: Edition) -> Viewer:
    return Viewer(person=PersonFactory(), edition_id=edition.pk)


@pytest.fixture
def editor_client(editor: Viewer) -> Client:
    return client_of(editor.person)


@pytest.fixture
def director_client(director: Viewer) -> Client:
    return client_of(director.person)


@pytest.fixture
def desk_client(desk: Viewer) -> Client:
    return client_of(desk.person)


@pytest.fixture
def member_client(member: Viewer) -> Client:
    return client_of(member.person)


@pytest.fixture
def outsider_client(outsider: Viewer) -> Client:
    return client_of(outsider.person)
