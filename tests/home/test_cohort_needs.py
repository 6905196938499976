"""What needs those who apply, take part, review, select and moderate."""

from datetime import timedelta

import pytest
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import ParticipationState, Review
from filiera.home.queries import Need, person_home
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory, PartFactory
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ApplicationFactory, CallFactory, ParticipationFactory
from tests.live.factories import ChannelFactory, QuestionFactory

pytestmark = pytest.mark.django_db


def needs_of(person, at=NOW):
    return person_home(person, Viewer(person=person), at).needs


def somebody_in(edition, role):
    return EditionMemberFactory(edition=edition, role=role).person


@pytest.fixture
def edition():
    return EditionFactory(public=True, name={"en": "Academy"})


def address(name, edition, *arguments):
    return reverse(name, args=[edition.slug, *arguments])


def test_an_unsent_application_needs_its_writer_while_the_call_is_open(edition):
    draft = ApplicationFactory(
        draft=True, call=CallFactory(edition=edition, closes_at=NOW + timedelta(days=2)), organisation=None
    )

    found = needs_of(draft.filed_by)

    assert found == [
        Need(
            "Your application is not sent yet; the call closes on 12 May 2023, 11:00 (Europe/Rome)",
            address("admissions:application", edition, draft.pk),
            "Academy",
            is_urgent=True,
        )
    ]
    assert needs_of(draft.filed_by, NOW + timedelta(days=3)) == []


def test_an_offered_place_needs_its_answer(edition):
    place = ParticipationFactory(edition=edition, offered=True)

    assert needs_of(place.person) == [
        Need(
            "A place is offered to you; answer by 17 May 2023, 11:00 (Europe/Rome)",
            address("admissions:my_place", edition),
            "Academy",
            is_urgent=True,
        )
    ]


def test_days_that_nobody_spoke_of_need_the_participant(edition):
    PartFactory(edition=edition)
    place = ParticipationFactory(edition=edition)

    assert needs_of(place.person) == [
        Need("Say how you attend 2 days", address("admissions:my_place", edition), "Academy")
    ]


def test_applications_need_those_who_select_once_the_call_has_closed(edition):
    call = CallFactory(edition=edition)
    ApplicationFactory.create_batch(2, call=call)
    director, reviewer = (
        somebody_in(edition, EditionRole.DIRECTOR),
        somebody_in(edition, EditionRole.REVIEWER),
    )

    expected = Need(
        "2 applications wait for a decision", address("admissions:desk_selection", edition), "Academy"
    )
    assert (needs_of(director), needs_of(reviewer)) == ([expected], [])
    assert needs_of(director, call.closes_at - timedelta(days=1)) == []


def test_an_assigned_review_needs_its_reviewer(edition):
    application = ApplicationFactory(call=CallFactory(edition=edition))
    reviewer = somebody_in(edition, EditionRole.REVIEWER)
    Review.objects.create(application=application, reviewer=reviewer, assigned_at=NOW)

    assert needs_of(reviewer) == [
        Need("One application waits for your review", address("admissions:reviews", edition), "Academy")
    ]


def test_offers_that_end_soon_and_people_not_told_need_the_desk(edition):
    ParticipationFactory(edition=edition, offered=True, respond_by=NOW + timedelta(days=1))
    ParticipationFactory(edition=edition, selected=True)
    ParticipationFactory(edition=edition, state=ParticipationState.CONFIRMED)

    assert needs_of(somebody_in(edition, EditionRole.DESK)) == [
        Need(
            "One offered place ends within two days",
            address("admissions:desk_participants", edition),
            "Academy",
            is_urgent=True,
        ),
        Need(
            "One selected person has not been told",
            address("admissions:desk_participants", edition),
            "Academy",
        ),
    ]


def test_a_waiting_question_needs_a_moderator(edition):
    channel = ChannelFactory(edition=edition)
    QuestionFactory(channel=channel, pending=True)

    assert needs_of(somebody_in(edition, EditionRole.FACILITATOR)) == [
        Need(
            "One question of the room waits for a moderator",
            address("live:desk_channel", edition, channel.code.lower()),
            "Academy",
        )
    ]


def test_nothing_of_this_needs_somebody_else(edition):
    ApplicationFactory(call=CallFactory(edition=edition))
    ParticipationFactory(edition=edition, offered=True)
    QuestionFactory(channel__edition=edition, pending=True)

    assert needs_of(PersonFactory()) == []
