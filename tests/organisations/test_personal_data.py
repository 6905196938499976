"""What organisations tell about a person in the archive of their data."""

import pytest

from filiera.organisations.models import Position
from filiera.organisations.receivers import teams_of
from tests.organisations.factories import PositionFactory

pytestmark = pytest.mark.django_db


def test_archive_tells_the_teams_of_a_person():
    position = PositionFactory()
    PositionFactory()

    assert teams_of(position.person) == [
        {
            "organisation": position.organisation.name,
            "role": position.role,
            "title": position.title,
            "from": position.from_date,
            "until": position.until_date,
        }
    ]
    assert Position.objects.count() == 2
