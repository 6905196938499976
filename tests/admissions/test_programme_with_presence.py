"""What has presences is not deleted from the programme; whoever tries is told why."""

from datetime import timedelta

import pytest
from django.urls import reverse

from filiera.academy.actions.places import DayHasRecords, PartDetails, delete_part, save_part
from filiera.academy.actions.programme import SessionHasRecords, delete_session
from filiera.academy.models import Session
from tests.academy.factories import FIRST_DAY, NOW, SECOND_DAY, ZONE, PartFactory, SessionFactory
from tests.admissions.factories import ParticipationFactory, PresenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(edition):
    return PartFactory(edition=edition)


def test_a_session_with_presences_stays(part, editor):
    session = SessionFactory(part=part)
    PresenceFactory(
        participation=ParticipationFactory(edition=part.edition), session=session, day=None, minutes=60
    )

    with pytest.raises(SessionHasRecords):
        delete_session(session=session, by=editor, at=NOW)


def test_the_desk_says_why_a_session_stays(part, editor_client):
    session = SessionFactory(part=part)
    PresenceFactory(
        participation=ParticipationFactory(edition=part.edition), session=session, day=None, minutes=60
    )

    answer = editor_client.post(
        reverse("academy:desk_deletion", args=[part.edition.slug, session.pk]), follow=True
    )

    assert answer.status_code == 200
    assert "such as who was there" in answer.content.decode()
    assert Session.objects.filter(pk=session.pk).exists()


def test_a_part_with_a_day_on_which_somebody_came_stays(part, editor):
    PresenceFactory(participation=ParticipationFactory(edition=part.edition), day=part.days.first())

    with pytest.raises(DayHasRecords):
        delete_part(part=part, by=editor, at=NOW)


def test_a_day_on_which_somebody_came_stays(part, editor):
    last = part.days.get(date=SECOND_DAY)
    PresenceFactory(participation=ParticipationFactory(edition=part.edition), day=last)
    shorter = PartDetails(
        title=part.title, mode=part.mode, starts_on=FIRST_DAY, ends_on=FIRST_DAY, time_zone=ZONE
    )

    with pytest.raises(DayHasRecords):
        save_part(edition=part.edition, part=part, details=shorter, by=editor, at=NOW + timedelta(days=1))
