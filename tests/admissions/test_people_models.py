"""What the database refuses about people, contacts, mailings, tasks and self-assessments."""

import pytest
from django.db import IntegrityError, transaction

from filiera.admissions.models import MailingState
from tests.academy.factories import NOW, PartFactory, SessionFactory
from tests.accounts.factories import PersonFactory
from tests.admissions.people_factories import (
    CompetenceItemFactory,
    ContactCardFactory,
    ContactFactory,
    ContactRequestFactory,
    HandInFactory,
    MailingFactory,
    MailingRecipientFactory,
    MailTemplateFactory,
    PracticalNoteFactory,
    SelfAssessmentFactory,
    SelfRatingFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


def twice(make, *keys):
    first = make()
    make(**{key: getattr(first, key) for key in keys})


def with_oneself(make, one, other):
    person = PersonFactory()
    make(**{one: person, other: person})


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("contact_card_shares_known", lambda: ContactCardFactory(shares=["address"])),
        ("contact_card_has_code", lambda: ContactCardFactory(code="")),
        (
            "contact_request_waits_once",
            lambda: twice(ContactRequestFactory, "edition", "sender", "receiver"),
        ),
        (
            "contact_request_between_two",
            lambda: with_oneself(ContactRequestFactory, "sender", "receiver"),
        ),
        ("contact_request_shares_known", lambda: ContactRequestFactory(shares=["address"])),
        ("contact_request_answered_at_matches_state", lambda: ContactRequestFactory(answered_at=NOW)),
        ("contact_once_for_owner", lambda: twice(ContactFactory, "owner", "person")),
        ("contact_between_two", lambda: with_oneself(ContactFactory, "owner", "person")),
        ("contact_shares_known", lambda: ContactFactory(shares=["address"])),
        ("mail_template_code_once_in_edition", lambda: twice(MailTemplateFactory, "edition", "code")),
        ("mailing_checked_before_it_goes", lambda: MailingFactory(checked=True, checked_at=None)),
        ("mailing_scheduled_has_its_time", lambda: MailingFactory(scheduled=True, send_at=None)),
        ("mailing_sent_at_matches_state", lambda: MailingFactory(sent=True, sent_at=None)),
        ("mailing_cancelled_at_matches_state", lambda: MailingFactory(state=MailingState.CANCELLED)),
        ("mailing_recipient_once", lambda: twice(MailingRecipientFactory, "mailing", "participation")),
        (
            "mailing_recipient_written_or_left_out",
            lambda: MailingRecipientFactory(written_at=NOW, left_out_at=NOW),
        ),
        ("task_of_part_or_session", lambda: TaskFactory(part=PartFactory(), session=SessionFactory())),
        ("task_hand_in_known", lambda: TaskFactory(hand_in=["dance"])),
        ("hand_in_once", lambda: twice(HandInFactory, "task", "participation")),
        ("hand_in_commented_at_matches_state", lambda: HandInFactory(coach_state="seen")),
        ("competence_code_once_in_edition", lambda: twice(CompetenceItemFactory, "edition", "code")),
        ("self_assessment_once_a_moment", lambda: twice(SelfAssessmentFactory, "participation", "moment")),
        ("self_rating_once", lambda: twice(SelfRatingFactory, "assessment", "item")),
        ("self_rating_level_known", lambda: SelfRatingFactory(level=6)),
        ("practical_note_topic_once_in_part", lambda: twice(PracticalNoteFactory, "edition", "topic")),
    ],
)
def test_the_database_refuses_what_cannot_be(name, broken):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        broken()
