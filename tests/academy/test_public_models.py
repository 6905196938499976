"""What the database itself keeps true of sessions and of who speaks in them."""

import pytest
from django.db import IntegrityError, transaction

from filiera.academy.models import Contribution, Session, SessionState
from tests.academy.factories import ContributionFactory, SessionFactory, between, moment

pytestmark = pytest.mark.django_db


def test_contribution_has_the_time_of_its_session():
    contribution = ContributionFactory()

    contribution.refresh_from_db()
    assert contribution.during == contribution.session.during


def test_contribution_follows_its_session_when_it_moves():
    contribution = ContributionFactory()

    Session.objects.filter(pk=contribution.session_id).update(during=between(moment(15)))

    contribution.refresh_from_db()
    assert contribution.during == between(moment(15))


def test_contribution_has_no_time_while_its_session_is_cancelled():
    contribution = ContributionFactory()

    Session.objects.filter(pk=contribution.session_id).update(state=SessionState.CANCELLED)

    contribution.refresh_from_db()
    assert contribution.during is None


def test_contribution_takes_no_other_time_than_its_session():
    contribution = ContributionFactory()

    Contribution.objects.filter(pk=contribution.pk).update(during=between(moment(20)))

    contribution.refresh_from_db()
    assert contribution.during == contribution.session.during


def test_a_speaker_is_not_in_two_places():
    first = ContributionFactory()
    second = SessionFactory(part=first.session.part, scheduled=True)

    with pytest.raises(IntegrityError, match="contribution_speaker_not_double_booked"), transaction.atomic():
        ContributionFactory(session=second, speaker=first.speaker)


def test_a_room_is_not_given_twice():
    first = SessionFactory(scheduled=True)

    with pytest.raises(IntegrityError, match="session_room_not_double_booked"), transaction.atomic():
        SessionFactory(part=first.part, during=first.during, room=first.room)
