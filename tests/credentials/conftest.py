"""What certificates need besides the people of an edition: keys, an address, and another edition."""

from pathlib import Path

import pytest
from django.test import Client

from filiera.accounts.viewer import Viewer
from tests.academy.factories import EditionMemberFactory
from tests.academy.viewers import client_of, viewer_in


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
def foreign_director(db: None) -> Viewer:
    return viewer_in(EditionMemberFactory(director=True))


@pytest.fixture
def foreign_client(foreign_director: Viewer) -> Client:
    return client_of(foreign_director.person)
