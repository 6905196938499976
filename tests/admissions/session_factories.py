"""Sessions that need sign-up."""

import factory

from filiera.admissions import models
from tests.academy.factories import NOW, SessionFactory
from tests.admissions.factories import ParticipationFactory


class SignUpFactory(factory.django.DjangoModelFactory[models.SessionSignUp]):
    """Two places in a session, open now."""

    class Meta:
        model = models.SessionSignUp

    session = factory.SubFactory(SessionFactory, scheduled=True)
    capacity = 2


class SessionPlaceFactory(factory.django.DjangoModelFactory[models.SessionPlace]):
    class Meta:
        model = models.SessionPlace

    sign_up = factory.SubFactory(SignUpFactory)
    participation = factory.SubFactory(ParticipationFactory)
    state = models.SessionPlaceState.TAKEN
    number = factory.Sequence(lambda number: number + 1)
    asked_at = NOW
    taken_at = NOW
