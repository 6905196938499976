"""Who looks at certificates: who issues, who builds awards, who holds one, and somebody else."""

from pathlib import Path

import pytest
from django.test import Client

from filiera.academy.models import Edition, EditionRole
from filiera.accounts.viewer import Viewer
from tests.academy.conftest import client_of, viewer_in
from tests.academy.factories import EditionFactory, EditionMemberFactory
from tests.accounts.factories import PersonFactory


@pytest.fixture(autouse=True)
def badge_key(settings, tmp_path: Path) -> Path:
    """A key of its own for each test."""
    settings.BADGE_KEY_FILE = tmp_path / "keys" / "badges.json"
    return settings.BADGE_KEY_FILE


@pytest.fixture
def public_address(settings) -> str:
    """The platform as strangers reach it, where badges can be signed."""
    settings.PUBLIC_URL = "https://academy.example.eu"
    return settings.PUBLIC_URL


@pytest.fixture
def edition(db: None) -> Edition:
    return EditionFactory(public=True)


@pytest.fixture
def director(edition: Edition) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=edition, director=True))


@pytest.fixture
def desk(edition: Edition) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.DESK))


@pytest.fixture
def member(edition: Edition) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=edition, participant=True))


@pytest.fixture
def outsider(db: None, edition: Edition) -> Viewer:
    return Viewer(person=PersonFactory(), edition_id=edition.pk)


@pytest.fixture
def foreign_director(db: None) -> Viewer:
    return viewer_in(EditionMemberFactory(director=True))


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


@pytest.fixture
def foreign_client(foreign_director: Viewer) -> Client:
    return client_of(foreign_director.person)
