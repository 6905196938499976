"""The smallest valid listings, contacts, mailings, tasks, self-assessments and practical notes."""

from datetime import timedelta

import factory

from filiera.admissions import models
from tests.academy.factories import NOW, EditionFactory
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory


class ListingFactory(factory.django.DjangoModelFactory[models.Listing]):
    class Meta:
        model = models.Listing

    participation = factory.SubFactory(ParticipationFactory)
    sort_key = factory.LazyAttribute(lambda listing: listing.participation.name.lower())
    search_key = factory.LazyAttribute(lambda listing: listing.participation.name.lower())
    listed_at = NOW


class ContactCardFactory(factory.django.DjangoModelFactory[models.ContactCard]):
    class Meta:
        model = models.ContactCard

    person = factory.SubFactory(PersonFactory)
    code = factory.Sequence(lambda number: f"code-{number:032d}")
    code_made_at = NOW
    shares = factory.LazyFunction(lambda: ["email", "organisation"])


class ContactRequestFactory(factory.django.DjangoModelFactory[models.ContactRequest]):
    class Meta:
        model = models.ContactRequest

    edition = factory.SubFactory(EditionFactory, public=True)
    sender = factory.SubFactory(PersonFactory)
    receiver = factory.SubFactory(PersonFactory)
    shares = factory.LazyFunction(lambda: ["email"])
    requested_at = NOW


class ContactFactory(factory.django.DjangoModelFactory[models.Contact]):
    class Meta:
        model = models.Contact

    owner = factory.SubFactory(PersonFactory)
    person = factory.SubFactory(PersonFactory)
    edition = factory.SubFactory(EditionFactory, public=True)
    shares = factory.LazyFunction(lambda: ["email"])
    way = models.ContactWay.REQUEST
    agreed_at = NOW


class MailTemplateFactory(factory.django.DjangoModelFactory[models.MailTemplate]):
    class Meta:
        model = models.MailTemplate

    edition = factory.SubFactory(EditionFactory, public=True)
    code = factory.Sequence(lambda number: f"own-{number}")
    name = factory.LazyFunction(lambda: {"en": "Own words"})
    subject = factory.LazyFunction(lambda: {"en": "About {edition}"})
    text = factory.LazyFunction(lambda: {"en": "Dear {name}"})
    changed_at = NOW


class MailingFactory(factory.django.DjangoModelFactory[models.Mailing]):
    """A draft; `checked`, `scheduled` and `sent` are further on their way."""

    class Meta:
        model = models.Mailing

    class Params:
        checked = factory.Trait(state=models.MailingState.CHECKED, checked_at=NOW)
        scheduled = factory.Trait(
            state=models.MailingState.SCHEDULED, checked_at=NOW, send_at=NOW + timedelta(days=1)
        )
        sent = factory.Trait(state=models.MailingState.SENT, checked_at=NOW, sent_at=NOW)

    edition = factory.SubFactory(EditionFactory, public=True)
    subject = factory.LazyFunction(lambda: {"en": "About {edition}", "it": "Su {edition}"})
    text = factory.LazyFunction(lambda: {"en": "Dear {name}", "it": "Gentile {name}"})
    recipients_by = factory.LazyFunction(lambda: {"state": "confirmed"})
    changed_at = NOW


class MailingRecipientFactory(factory.django.DjangoModelFactory[models.MailingRecipient]):
    class Meta:
        model = models.MailingRecipient

    mailing = factory.SubFactory(MailingFactory, checked=True)
    participation = factory.SubFactory(
        ParticipationFactory, edition=factory.SelfAttribute("..mailing.edition")
    )


class TaskFactory(factory.django.DjangoModelFactory[models.Task]):
    """For everybody, a text is handed in."""

    class Meta:
        model = models.Task

    edition = factory.SubFactory(EditionFactory, public=True)
    kind = models.TaskKind.BRING
    title = factory.LazyFunction(lambda: {"en": "Bring a case"})
    due_at = NOW + timedelta(days=14)
    hand_in = factory.LazyFunction(lambda: ["text"])
    created_at = NOW


class HandInFactory(factory.django.DjangoModelFactory[models.HandIn]):
    class Meta:
        model = models.HandIn

    class Params:
        shared = factory.Trait(is_shared=True)

    task = factory.SubFactory(TaskFactory)
    participation = factory.SubFactory(ParticipationFactory, edition=factory.SelfAttribute("..task.edition"))
    text = "What we tried"
    handed_in_at = NOW


class CompetenceItemFactory(factory.django.DjangoModelFactory[models.CompetenceItem]):
    class Meta:
        model = models.CompetenceItem

    edition = factory.SubFactory(EditionFactory, public=True)
    code = factory.Sequence(lambda number: f"item-{number}")
    area = factory.LazyFunction(lambda: {"en": "Area"})
    text = factory.LazyFunction(lambda: {"en": "I can do it"})
    position = factory.Sequence(lambda number: number)


class SelfAssessmentFactory(factory.django.DjangoModelFactory[models.SelfAssessment]):
    class Meta:
        model = models.SelfAssessment

    participation = factory.SubFactory(ParticipationFactory)
    moment = models.AssessmentMoment.START
    answered_at = NOW


class SelfRatingFactory(factory.django.DjangoModelFactory[models.SelfRating]):
    class Meta:
        model = models.SelfRating

    assessment = factory.SubFactory(SelfAssessmentFactory)
    item = factory.SubFactory(
        CompetenceItemFactory, edition=factory.SelfAttribute("..assessment.participation.edition")
    )
    level = 3


class PracticalNoteFactory(factory.django.DjangoModelFactory[models.PracticalNote]):
    class Meta:
        model = models.PracticalNote

    edition = factory.SubFactory(EditionFactory, public=True)
    topic = models.PracticalTopic.ARRIVAL
    text = factory.LazyFunction(lambda: {"en": "By train"})
    changed_at = NOW


class InvitationLetterFactory(factory.django.DjangoModelFactory[models.InvitationLetter]):
    class Meta:
        model = models.InvitationLetter

    edition = factory.SubFactory(EditionFactory, public=True)
    signed_by = "Anna Rossi"
    changed_at = NOW
