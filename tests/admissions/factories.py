"""The smallest valid calls, applications, places and presences."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import factory

from filiera.admissions import models
from tests.academy.factories import NOW, ZONE, DayFactory, EditionFactory, moment
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import OrganisationFactory

OPENS = datetime(2023, 3, 1, 8, 0, tzinfo=UTC)
CLOSES = datetime(2023, 4, 15, 16, 0, tzinfo=UTC)


class CallFactory(factory.django.DjangoModelFactory[models.Call]):
    """A published call for thirty participants, open in March and April 2023."""

    class Meta:
        model = models.Call

    class Params:
        draft = factory.Trait(state=models.CallState.DRAFT)
        hosts = factory.Trait(kind=models.CallKind.HOSTS, places=1)

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.LazyFunction(lambda: {"en": "Call for participants"})
    state = models.CallState.PUBLISHED
    opens_at = OPENS
    closes_at = CLOSES
    time_zone = ZONE
    places = 30


class ApplicationFactory(factory.django.DjangoModelFactory[models.Application]):
    """Handed in, for a named candidate of an organisation; `draft` is not."""

    class Meta:
        model = models.Application

    class Params:
        draft = factory.Trait(state=models.ApplicationState.DRAFT, submitted_at=None)

    call = factory.SubFactory(CallFactory)
    number = factory.Sequence(lambda number: number + 1)
    state = models.ApplicationState.SUBMITTED
    filed_by = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    candidate_name = factory.Sequence(lambda number: f"Candidate {number}")
    candidate_email = factory.Sequence(lambda number: f"candidate-{number}@example.org")
    challenge_title = "Members that stay silent"
    language = "en"
    created_at = OPENS
    changed_at = OPENS
    submitted_at = OPENS


class AccessCodeFactory(factory.django.DjangoModelFactory[models.AccessCode]):
    """For one application, until a month after the call has closed."""

    class Meta:
        model = models.AccessCode

    call = factory.SubFactory(CallFactory)
    code = factory.Sequence(lambda number: f"CODE-{number:04}")
    valid_until = CLOSES + timedelta(days=30)
    created_at = OPENS


class CriterionFactory(factory.django.DjangoModelFactory[models.Criterion]):
    """From one to five, weighing one."""

    class Meta:
        model = models.Criterion

    call = factory.SubFactory(CallFactory)
    position = factory.Sequence(lambda number: number + 1)
    name = factory.LazyAttribute(lambda criterion: {"en": f"Criterion {criterion.position}"})


class ReviewFactory(factory.django.DjangoModelFactory[models.Review]):
    """Assigned; `given` has been given, `conflict` declared."""

    class Meta:
        model = models.Review

    class Params:
        given = factory.Trait(state=models.ReviewState.GIVEN, given_at=CLOSES)
        conflict = factory.Trait(state=models.ReviewState.CONFLICT, conflict_at=CLOSES)

    application = factory.SubFactory(ApplicationFactory)
    reviewer = factory.SubFactory(PersonFactory)
    assigned_at = CLOSES


class ScoreFactory(factory.django.DjangoModelFactory[models.Score]):
    class Meta:
        model = models.Score

    review = factory.SubFactory(ReviewFactory, given=True)
    criterion = factory.SubFactory(CriterionFactory, call=factory.SelfAttribute("..review.application.call"))
    value = 3


class RemarkFactory(factory.django.DjangoModelFactory[models.Remark]):
    class Meta:
        model = models.Remark

    application = factory.SubFactory(ApplicationFactory)
    author = factory.SubFactory(PersonFactory)
    text = "Strong, but late."
    written_at = CLOSES


class HostOfferFactory(factory.django.DjangoModelFactory[models.HostOffer]):
    class Meta:
        model = models.HostOffer

    application = factory.SubFactory(ApplicationFactory, call=factory.SubFactory(CallFactory, hosts=True))


class ParticipationFactory(factory.django.DjangoModelFactory[models.Participation]):
    """A confirmed place of somebody with an account; `offered` waits for an answer, `linked` has none."""

    class Meta:
        model = models.Participation

    class Params:
        selected = factory.Trait(state=models.ParticipationState.SELECTED, offered_at=None, confirmed_at=None)
        offered = factory.Trait(
            state=models.ParticipationState.OFFERED, confirmed_at=None, respond_by=NOW + timedelta(days=7)
        )
        linked = factory.Trait(person=None, link_seed="a" * 32)

    edition = factory.SubFactory(EditionFactory, public=True)
    person = factory.SubFactory(PersonFactory)
    name = factory.Sequence(lambda number: f"Participant {number}")
    email = factory.Sequence(lambda number: f"participant-{number}@example.org")
    organisation = factory.SubFactory(OrganisationFactory)
    language = "en"
    state = models.ParticipationState.CONFIRMED
    selected_at = NOW
    offered_at = NOW
    confirmed_at = NOW


class DayAttendanceFactory(factory.django.DjangoModelFactory[models.DayAttendance]):
    class Meta:
        model = models.DayAttendance

    participation = factory.SubFactory(ParticipationFactory)
    day = factory.SubFactory(DayFactory)
    mode = models.AttendanceMode.IN_PERSON
    changed_at = NOW


class PresenceFactory(factory.django.DjangoModelFactory[models.Presence]):
    """Seen on a day, in person."""

    class Meta:
        model = models.Presence

    participation = factory.SubFactory(ParticipationFactory)
    day = factory.SubFactory(DayFactory)
    mode = models.PresenceMode.IN_PERSON
    source = models.PresenceSource.SCAN
    checked_in_at = NOW
    recorded_at = NOW
    scan_id = factory.LazyFunction(uuid4)


class StationFactory(factory.django.DjangoModelFactory[models.Station]):
    """A door of the whole edition, open since this morning and for half a day."""

    class Meta:
        model = models.Station

    edition = factory.SubFactory(EditionFactory, public=True)
    name = factory.Sequence(lambda number: f"Door {number}")
    seed = factory.Sequence(lambda number: f"seed-{number}")
    made_at = moment(7)
    expires_at = moment(23)
