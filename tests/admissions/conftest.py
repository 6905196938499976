"""Who looks at the places of an edition; the people of the academy's tests, and those who check in."""

from collections.abc import Callable

import pytest
from django.test import Client

from filiera.academy.models import Edition, EditionRole
from filiera.accounts.viewer import Viewer
from tests.academy.conftest import *  # noqa: F403
from tests.academy.conftest import client_of, viewer_in
from tests.academy.factories import EditionMemberFactory

InRole = Callable[[str], Viewer]


@pytest.fixture
def in_role(edition: Edition) -> InRole:
    """Somebody new who has one role in the edition."""
    return lambda role: viewer_in(EditionMemberFactory(edition=edition, role=role))


@pytest.fixture
def desk(in_role: InRole) -> Viewer:
    return in_role(EditionRole.DESK)


@pytest.fixture
def desk_client(desk: Viewer) -> Client:
    assert desk.person is not None
    return client_of(desk.person)
