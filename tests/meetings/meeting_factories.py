"""The smallest valid rounds, attendees, wishes and meetings."""

from datetime import timedelta

import factory

from filiera.accounts.viewer import Viewer
from filiera.meetings import models
from filiera.meetings.permissions import PLAN_MEETINGS, WISH
from tests.academy.factories import NOW, EditionFactory
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory

FIRST_SLOT = NOW + timedelta(days=30)


class RoundFactory(factory.django.DjangoModelFactory[models.MeetingRound]):
    """Open, planned for all at once by the organiser."""

    class Meta:
        model = models.MeetingRound

    class Params:
        by_people = factory.Trait(
            who_schedules=models.WhoSchedules.PEOPLE, who_accepts=models.WhoAccepts.BOTH
        )
        published = factory.Trait(published_at=NOW)

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.LazyFunction(lambda: {"en": "Meetings of two"})
    opened_at = NOW
    created_at = NOW
    changed_at = NOW


class SlotFactory(factory.django.DjangoModelFactory[models.MeetingSlot]):
    class Meta:
        model = models.MeetingSlot

    round = factory.SubFactory(RoundFactory)
    starts_at = factory.Sequence(lambda number: FIRST_SLOT + timedelta(minutes=20 * number))
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + timedelta(minutes=20))


class TableFactory(factory.django.DjangoModelFactory[models.MeetingTable]):
    class Meta:
        model = models.MeetingTable

    round = factory.SubFactory(RoundFactory)
    number = factory.Sequence(lambda number: number + 1)


class AttendeeFactory(factory.django.DjangoModelFactory[models.Attendee]):
    class Meta:
        model = models.Attendee

    round = factory.SubFactory(RoundFactory)
    participation = factory.SubFactory(ParticipationFactory, edition=factory.SelfAttribute("..round.edition"))
    person = factory.SelfAttribute("participation.person")
    organisation = factory.SelfAttribute("participation.organisation")
    name = factory.SelfAttribute("participation.name")
    joined_at = NOW


class WishFactory(factory.django.DjangoModelFactory[models.MeetingWish]):
    class Meta:
        model = models.MeetingWish

    round = factory.SelfAttribute("wisher.round")
    wisher = factory.SubFactory(AttendeeFactory)
    wanted = factory.SubFactory(AttendeeFactory, round=factory.SelfAttribute("..wisher.round"))
    wished_at = NOW


class MeetingFactory(factory.django.DjangoModelFactory[models.Meeting]):
    class Meta:
        model = models.Meeting

    round = factory.SubFactory(RoundFactory)
    first = factory.SubFactory(AttendeeFactory, round=factory.SelfAttribute("..round"))
    second = factory.SubFactory(AttendeeFactory, round=factory.SelfAttribute("..round"))
    slot = factory.SubFactory(SlotFactory, round=factory.SelfAttribute("..round"))
    table = factory.SubFactory(TableFactory, round=factory.SelfAttribute("..round"))
    scheduled_at = NOW
    changed_at = NOW


def wisher(attendee):
    """The viewer that an attendee is in their edition."""
    return Viewer(
        person=attendee.person,
        edition_id=attendee.round.edition_id,
        permissions=frozenset({WISH}),
    )


def planner(round_, person=None):
    return Viewer(
        person=person or PersonFactory(),
        edition_id=round_.edition_id,
        permissions=frozenset({WISH, PLAN_MEETINGS}),
    )


def room(people=4, slots=3, tables=2, **rules):
    """A round with people, slots and tables."""
    round_ = RoundFactory(**rules)
    SlotFactory.create_batch(slots, round=round_)
    for number in range(1, tables + 1):
        TableFactory(round=round_, number=number)
    return round_, AttendeeFactory.create_batch(people, round=round_)
