"""Exchanging contacts: both agree, each says what they give, and either can end it."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, EditionMember
from filiera.accounts.adapters import mail_language
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Contact,
    ContactCard,
    ContactRequest,
    ContactRequestState,
    ContactShare,
    ContactWay,
    Listing,
)
from filiera.admissions.policies.people import can_meet_participants
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError

# More than anybody needs who talks to people, too few for somebody who collects addresses.
REQUESTS_PER_DAY = 20
EXCHANGES_PER_HOUR = 60


class AlreadyContacts(DomainError):
    message = _("You have exchanged contacts already.")


class AlreadyAsked(DomainError):
    message = _("You have asked this person before. They can ask you, or scan your code.")


class TooManyRequests(DomainError):
    message = _("You have asked twenty people since yesterday. Wait until tomorrow, or show your code.")


class TooManyExchanges(DomainError):
    message = _("You have exchanged sixty contacts in an hour. Wait a little before the next one.")


class RequestAnswered(DomainError):
    message = _("This request no longer waits for an answer.")


class OwnCode(DomainError):
    message = _("This is your own code: others scan it.")


class NoPhoneToShare(DomainError):
    message = _("You have not written a phone number. Write one, or do not share it.")
    field = "phone"


class NotListed(DomainError):
    message = _("This person is no longer in the list.")
    status = 404


@transaction.atomic
def card_of(*, person: Person, at: datetime) -> ContactCard:
    """A person's card, made at the first question; asks no policy: it is made for its own person only."""
    card, _is_new = ContactCard.objects.get_or_create(
        person=person,
        defaults={
            "code": _fresh_code(),
            "code_made_at": at,
            "shares": [ContactShare.EMAIL.value, ContactShare.ORGANISATION.value],
        },
    )
    return card


@transaction.atomic
def edit_card(*, phone: str, shares: Collection[str], by: Viewer, at: datetime) -> ContactCard:
    """Say what one gives when contacts are exchanged; exchanges made before stay as they were agreed.

    Raises PermissionDenied, NoPhoneToShare.
    """
    if by.person is None:
        raise PermissionDenied
    card = card_of(person=by.person, at=at)
    card.phone, card.shares = phone, _in_order(shares)
    if ContactShare.PHONE in card.shares and not phone:
        raise NoPhoneToShare
    card.save(update_fields=["phone", "shares"])
    return card


@transaction.atomic
def renew_code(*, by: Viewer, at: datetime) -> ContactCard:
    """Make a new code; who photographed the old one can do nothing with it.

    Raises PermissionDenied.
    """
    if by.person is None:
        raise PermissionDenied
    card = card_of(person=by.person, at=at)
    card.code, card.code_made_at = _fresh_code(), at
    card.save(update_fields=["code", "code_made_at"])
    return card


@transaction.atomic
def ask_contact(
    *, listing: Listing, shares: Collection[str], message: str, by: Viewer, at: datetime
) -> ContactRequest:
    """Ask somebody in the participant list to exchange contacts; who was asked is written a mail.

    Where the other has asked already, this is the answer and the exchange is made.
    Raises PermissionDenied, NotListed, AlreadyContacts, AlreadyAsked, TooManyRequests, NoPhoneToShare.
    """
    edition, receiver = listing.participation.edition, listing.participation.person
    if by.person is None or not can_meet_participants(by, edition):
        raise PermissionDenied
    if receiver is None or not Listing.objects.standing().filter(pk=listing.pk).exists():
        raise NotListed
    _check_shares(by.person, shares, at)
    _lock(by.person, receiver)
    _check_new(by.person, receiver)
    asked = ContactRequest.objects.filter(edition=edition, sender=by.person, receiver=receiver)
    if asked.exclude(state=ContactRequestState.WITHDRAWN).exists():
        raise AlreadyAsked
    since = at - timedelta(days=1)
    if ContactRequest.objects.filter(sender=by.person, requested_at__gt=since).count() >= REQUESTS_PER_DAY:
        raise TooManyRequests
    request = ContactRequest.objects.create(
        edition=edition,
        sender=by.person,
        receiver=receiver,
        message=message,
        shares=_in_order(shares),
        requested_at=at,
    )
    theirs = ContactRequest.objects.waiting().filter(edition=edition, sender=receiver, receiver=by.person)
    if (waiting := theirs.first()) is not None:
        _answer(waiting, ContactRequestState.ACCEPTED, at)
        _answer(request, ContactRequestState.ACCEPTED, at)
        _exchange(edition, by.person, shares, receiver, waiting.shares, ContactWay.REQUEST, at)
        return request
    queue_mail(
        key=f"contact_request:{request.pk}",
        to=receiver,
        template="admissions/mail/contact_asked.txt",
        context={"request": request, "link": _contacts_address(edition)},
        language=mail_language(receiver),
        at=at,
    )
    return request


@transaction.atomic
def accept_request(*, request: ContactRequest, shares: Collection[str], by: Viewer, at: datetime) -> Contact:
    """Agree to exchange contacts and say what one gives; the one who asked is written a mail.

    Raises PermissionDenied, RequestAnswered, AlreadyContacts, NoPhoneToShare.
    """
    request = _waiting(request)
    if by.person is None or request.receiver_id != by.person_id:
        raise PermissionDenied
    _check_shares(by.person, shares, at)
    _lock(request.sender, request.receiver)
    _check_new(by.person, request.sender)
    _answer(request, ContactRequestState.ACCEPTED, at)
    contact = _exchange(
        request.edition, by.person, shares, request.sender, request.shares, ContactWay.REQUEST, at
    )
    queue_mail(
        key=f"contact_accepted:{request.pk}",
        to=request.sender,
        template="admissions/mail/contact_accepted.txt",
        context={"request": request, "link": _contacts_address(request.edition)},
        language=mail_language(request.sender),
        at=at,
    )
    return contact


@transaction.atomic
def refuse_request(*, request: ContactRequest, by: Viewer, at: datetime) -> ContactRequest:
    """Leave a request without an exchange; the one who asked is not told.

    Raises PermissionDenied, RequestAnswered.
    """
    request = _waiting(request)
    if by.person_id is None or request.receiver_id != by.person_id:
        raise PermissionDenied
    return _answer(request, ContactRequestState.REFUSED, at)


@transaction.atomic
def withdraw_request(*, request: ContactRequest, by: Viewer, at: datetime) -> ContactRequest:
    """Take one's own request back.

    Raises PermissionDenied, RequestAnswered.
    """
    request = _waiting(request)
    if by.person_id is None or request.sender_id != by.person_id:
        raise PermissionDenied
    return _answer(request, ContactRequestState.WITHDRAWN, at)


@transaction.atomic
def exchange_by_code(
    *, edition: Edition, card: ContactCard, shares: Collection[str], by: Viewer, at: datetime
) -> Contact:
    """Exchange contacts at once: one held the code out, the other scanned it and gives `shares`.

    Raises PermissionDenied, OwnCode, AlreadyContacts, TooManyExchanges, NoPhoneToShare.
    """
    if by.person is None or not can_meet_participants(by, edition):
        raise PermissionDenied
    if card.person_id == by.person_id:
        raise OwnCode
    both = EditionMember.objects.current().filter(edition=edition, person=card.person_id)
    if not both.exists():
        raise PermissionDenied
    _check_shares(by.person, shares, at)
    _lock(by.person, card.person)
    _check_new(by.person, card.person)
    since = at - timedelta(hours=1)
    if Contact.objects.filter(owner=by.person, agreed_at__gt=since).count() >= EXCHANGES_PER_HOUR:
        raise TooManyExchanges
    waiting = ContactRequest.objects.waiting().filter(
        sender__in=[by.person, card.person], receiver__in=[by.person, card.person]
    )
    waiting.update(state=ContactRequestState.ACCEPTED, answered_at=at)
    return _exchange(edition, by.person, shares, card.person, card.shares, ContactWay.CODE, at)


@transaction.atomic
def end_contact(*, contact: Contact, by: Viewer, at: datetime) -> None:
    """End an exchange: neither keeps what the other gave.

    Raises PermissionDenied.
    """
    if by.person_id is None or contact.owner_id != by.person_id:
        raise PermissionDenied
    Contact.objects.filter(owner=contact.person_id, person=contact.owner_id).delete()
    contact.delete()


@transaction.atomic
def note_contact(*, contact: Contact, note: str, by: Viewer, at: datetime) -> Contact:
    """Write a note to oneself about a contact.

    Raises PermissionDenied.
    """
    if by.person_id is None or contact.owner_id != by.person_id:
        raise PermissionDenied
    contact.note = note
    contact.save(update_fields=["note"])
    return contact


def _exchange(
    edition: Edition,
    one: Person,
    one_gives: Collection[str],
    other: Person,
    other_gives: Collection[str],
    way: ContactWay,
    at: datetime,
) -> Contact:
    """Both sides at once; the answer is the side of `one`."""
    Contact.objects.create(
        owner=other, person=one, edition=edition, shares=_in_order(one_gives), way=way, agreed_at=at
    )
    return Contact.objects.create(
        owner=one, person=other, edition=edition, shares=_in_order(other_gives), way=way, agreed_at=at
    )


def _waiting(request: ContactRequest) -> ContactRequest:
    rows = ContactRequest.objects.select_for_update(of=("self",))
    request = rows.select_related("sender", "receiver", "edition").get(pk=request.pk)
    if request.state != ContactRequestState.WAITING:
        raise RequestAnswered
    return request


def _answer(request: ContactRequest, state: ContactRequestState, at: datetime) -> ContactRequest:
    request.state, request.answered_at = state, at
    request.save(update_fields=["state", "answered_at"])
    return request


def _check_shares(person: Person, shares: Collection[str], at: datetime) -> None:
    if ContactShare.PHONE in shares and not card_of(person=person, at=at).phone:
        raise NoPhoneToShare


def _check_new(one: Person, other: Person) -> None:
    if Contact.objects.filter(owner=one, person=other).exists():
        raise AlreadyContacts


def _lock(one: Person, other: Person) -> None:
    # Always in the same order, so that two who ask each other at one moment wait and do not block.
    list(Person.objects.active().select_for_update().filter(pk__in=[one.pk, other.pk]).order_by("pk"))


def _in_order(shares: Collection[str]) -> list[str]:
    return [share for share in ContactShare.values if share in shares]


def _fresh_code() -> str:
    return secrets.token_urlsafe(24).replace("_", "-")


def _contacts_address(edition: Edition) -> str:
    return f"{settings.PUBLIC_URL}{reverse('admissions:contacts', args=[edition.slug])}"
