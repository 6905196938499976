"""What lists, contacts, tasks, mailings and self-assessments tell a person about themselves, and forget."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.admissions.models import (
    Contact,
    ContactCard,
    ContactRequest,
    HandIn,
    Listing,
    MailingRecipient,
    SelfAssessment,
    SelfRating,
)
from filiera.files.actions import discard_file


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="admissions.people.person_erased")
    exports.register("people of editions", known_of)


def known_of(person: Person) -> dict[str, Any]:
    """What is kept about a person here, for the archive of their data."""
    return {
        "in the participant lists": list(
            Listing.objects.filter(participation__person=person).values(
                "participation__edition__slug", "challenge", "listed_at"
            )
        ),
        "what I give": list(
            ContactCard.objects.filter(person=person).values("phone", "shares", "code_made_at")
        ),
        "my contacts": list(
            Contact.objects.filter(owner=person).values(
                "person__name", "edition__slug", "way", "agreed_at", "note"
            )
        ),
        "who has my contact": list(
            Contact.objects.filter(person=person).values(
                "owner__name", "edition__slug", "shares", "agreed_at"
            )
        ),
        "contact requests": list(
            ContactRequest.objects.filter(Q(sender=person) | Q(receiver=person)).values(
                "sender__name", "receiver__name", "message", "shares", "state", "requested_at"
            )
        ),
        "handed in": list(
            HandIn.objects.filter(participation__person=person).values(
                "task__title", "text", "link", "learnt", "is_shared", "handed_in_at", "coach_state", "comment"
            )
        ),
        "self-assessments": list(
            SelfRating.objects.filter(assessment__participation__person=person).values(
                "assessment__moment", "assessment__answered_at", "item__code", "level"
            )
        ),
        "mails to many": list(
            MailingRecipient.objects.filter(participation__person=person).values(
                "mailing__subject", "written_at", "left_out_at", "bounced_at"
            )
        ),
    }


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    """Remove what tells who it was, self-assessments included; that a mailing had a recipient stays."""
    Contact.objects.filter(Q(owner=person) | Q(person=person)).delete()
    ContactRequest.objects.filter(Q(sender=person) | Q(receiver=person)).delete()
    ContactCard.objects.filter(person=person).delete()
    Listing.objects.filter(participation__person=person).delete()
    SelfRating.objects.filter(assessment__participation__person=person).delete()
    SelfAssessment.objects.filter(participation__person=person).delete()
    MailingRecipient.objects.filter(participation__person=person).update(bounce_note="")
    handed_in = HandIn.objects.filter(participation__person=person).select_related("file")
    for hand_in in handed_in:
        stored = hand_in.file
        hand_in.delete()
        if stored is not None:
            discard_file(stored_file=stored)
