"""Exchanging contacts: both agree, each gives what they said, either can end it."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.admissions.actions import contacts as actions
from filiera.admissions.models import Contact, ContactCard, ContactRequest, ContactRequestState
from filiera.admissions.queries.people import contact_lines, contact_requests
from filiera.admissions.receivers.people import known_of
from filiera.mail.models import OutgoingMail
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory, viewer_of
from tests.admissions.people_factories import ContactFactory
from tests.admissions.test_people_list import listed, page, take_part, viewer_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def anna(edition):
    return listed(edition, name="Anna", person=PersonFactory(name="Anna Rossi", email="anna@example.org"))


@pytest.fixture
def bea(edition):
    return listed(edition, name="Bea", person=PersonFactory(name="Bea Ruiz", email="bea@example.org"))


def by(listing):
    return viewer_at(listing.participation)


def who(listing):
    return listing.participation.person


def ask(listing, viewer, *, shares=("email",), message="", at=NOW):
    return actions.ask_contact(listing=listing, shares=shares, message=message, by=viewer, at=at)


def test_each_gets_what_the_other_agreed_to_give(anna, bea):
    actions.edit_card(phone="+34 600 000 000", shares=["email"], by=by(bea), at=NOW)
    request = ask(bea, by(anna), shares=["organisation"], message="Let us talk")

    actions.accept_request(request=request, shares=["phone"], by=by(bea), at=NOW)

    [mine], [theirs] = contact_lines(by(anna)), contact_lines(by(bea))
    organisation = anna.participation.organisation.name
    assert (
        (mine.name, mine.email, mine.phone, mine.organisation),
        (theirs.name, theirs.email, theirs.phone, theirs.organisation),
    ) == (("Bea Ruiz", "", "+34 600 000 000", ""), ("Anna Rossi", "", "", organisation))


def test_both_are_told_by_mail_what_they_need(anna, bea):
    request = ask(bea, by(anna), message="Let us talk")
    actions.accept_request(request=request, shares=[], by=by(bea), at=NOW)

    told = [(mail.to_address, "Let us talk" in mail.text) for mail in OutgoingMail.objects.order_by("pk")]

    assert told == [("bea@example.org", True), ("anna@example.org", False)]


def test_who_asks_back_has_answered(anna, bea):
    ask(bea, by(anna))

    answered = ask(anna, by(bea))

    assert (answered.state, Contact.objects.count(), contact_requests(who(bea))) == (
        ContactRequestState.ACCEPTED,
        2,
        [],
    )


def test_one_is_asked_once(anna, bea):
    request = ask(bea, by(anna))
    with pytest.raises(actions.AlreadyAsked):
        ask(bea, by(anna))
    actions.refuse_request(request=request, by=by(bea), at=NOW)

    with pytest.raises(actions.AlreadyAsked):
        ask(bea, by(anna))


def test_a_request_taken_back_can_be_made_again(anna, bea):
    actions.withdraw_request(request=ask(bea, by(anna)), by=by(anna), at=NOW)

    assert ask(bea, by(anna)).state == ContactRequestState.WAITING


def test_nobody_answers_for_another(anna, bea, edition):
    request = ask(bea, by(anna))
    third = by(listed(edition))

    for viewer in (third, by(anna), SYSTEM, VISITOR):
        with pytest.raises(PermissionDenied):
            actions.accept_request(request=request, shares=[], by=viewer, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.refuse_request(request=request, by=viewer, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.withdraw_request(request=request, by=by(bea), at=NOW)

    assert not Contact.objects.exists()


def test_an_answered_request_is_answered(anna, bea):
    request = ask(bea, by(anna))
    actions.accept_request(request=request, shares=[], by=by(bea), at=NOW)

    with pytest.raises(actions.RequestAnswered):
        actions.refuse_request(request=request, by=by(bea), at=NOW)
    with pytest.raises(actions.AlreadyContacts):
        ask(bea, by(anna))


def test_people_of_other_editions_cannot_ask(bea):
    elsewhere = take_part(EditionFactory(public=True))

    with pytest.raises(PermissionDenied):
        ask(bea, viewer_at(elsewhere))


def test_who_left_the_list_is_not_asked(anna, bea):
    bea.delete()

    with pytest.raises(actions.NotListed):
        ask(bea, by(anna))


def test_a_number_that_is_not_written_is_not_given(anna, bea):
    with pytest.raises(actions.NoPhoneToShare):
        ask(bea, by(anna), shares=["phone"])
    with pytest.raises(actions.NoPhoneToShare):
        actions.edit_card(phone="", shares=["phone"], by=by(anna), at=NOW)


def test_addresses_cannot_be_harvested_by_asking(anna, edition, monkeypatch):
    monkeypatch.setattr(actions, "REQUESTS_PER_DAY", 2)
    first, second, third = (listed(edition) for _number in range(3))
    ask(first, by(anna))
    ask(second, by(anna))

    with pytest.raises(actions.TooManyRequests):
        ask(third, by(anna), at=NOW + timedelta(hours=23))

    assert ask(third, by(anna), at=NOW + timedelta(hours=25)).state == ContactRequestState.WAITING


def test_a_scanned_code_exchanges_at_once(anna, bea, edition):
    card = actions.card_of(person=who(anna), at=NOW)

    actions.exchange_by_code(edition=edition, card=card, shares=["email"], by=by(bea), at=NOW)

    [mine] = contact_lines(by(bea))
    [theirs] = contact_lines(by(anna))
    assert (mine.email, theirs.email, mine.contact.way) == ("anna@example.org", "bea@example.org", "code")


def test_codes_cannot_be_misused(anna, bea, edition, monkeypatch):
    card = actions.card_of(person=who(anna), at=NOW)
    elsewhere = take_part(EditionFactory(public=True))
    with pytest.raises(actions.OwnCode):
        actions.exchange_by_code(edition=edition, card=card, shares=[], by=by(anna), at=NOW)
    with pytest.raises(PermissionDenied):
        actions.exchange_by_code(edition=edition, card=card, shares=[], by=viewer_at(elsewhere), at=NOW)
    with pytest.raises(PermissionDenied):
        # The scanner belongs to an edition to which the one who shows the code does not.
        actions.exchange_by_code(
            edition=elsewhere.edition, card=card, shares=[], by=viewer_at(elsewhere), at=NOW
        )
    monkeypatch.setattr(actions, "EXCHANGES_PER_HOUR", 0)
    with pytest.raises(actions.TooManyExchanges):
        actions.exchange_by_code(edition=edition, card=card, shares=[], by=by(bea), at=NOW)

    assert not Contact.objects.exists()


def test_a_new_code_ends_the_old_one(anna, bea, edition):
    old = actions.card_of(person=who(anna), at=NOW).code
    actions.renew_code(by=by(anna), at=NOW)

    answer = client_of(who(bea)).get(page("contact_code", edition, old))

    assert (answer.status_code, "Anna" in answer.content.decode()) == (404, False)


def test_scanning_by_the_page(client, anna, bea, edition):
    code = actions.card_of(person=who(anna), at=NOW).code
    address = page("contact_code", edition, code)
    shown = client_of(who(anna)).get(page("people_code", edition)).content.decode()

    visited = client.get(address)
    offered = client_of(who(bea)).get(address).content.decode()
    client_of(who(bea)).post(address, {"shares": ["email"]})

    assert (
        code in shown,
        visited.status_code,
        "Anna Rossi offers contact" in offered,
        "anna@example.org" in offered,
        Contact.objects.count(),
    ) == (True, 302, True, False, 2)


def test_ending_takes_both_sides(anna, bea):
    request = ask(bea, by(anna))
    contact = actions.accept_request(request=request, shares=["email"], by=by(bea), at=NOW)
    with pytest.raises(PermissionDenied):
        actions.end_contact(contact=contact, by=by(anna), at=NOW)

    actions.end_contact(contact=contact, by=by(bea), at=NOW)

    assert not Contact.objects.exists()


def test_a_note_is_the_owners_alone(anna, bea):
    contact = ContactFactory(owner=who(anna), person=who(bea), edition=anna.participation.edition)
    actions.note_contact(contact=contact, note="met at dinner", by=by(anna), at=NOW)
    with pytest.raises(PermissionDenied):
        actions.note_contact(contact=contact, note="x", by=by(bea), at=NOW)

    assert (contact_lines(by(anna))[0].contact.note, "dinner" in str(known_of(who(bea)))) == (
        "met at dinner",
        False,
    )


def test_another_persons_contacts_are_not_found(anna, bea, edition):
    contact = ContactFactory(owner=who(anna), person=who(bea), edition=edition)
    client = client_of(who(bea))

    statuses = [
        client.get(page("contact_vcf", edition, contact.pk)).status_code,
        client.post(page("contact_note", edition, contact.pk), {f"{contact.pk}-note": "x"}).status_code,
        client.post(page("contact_end", edition, contact.pk)).status_code,
    ]

    assert (statuses, Contact.objects.count()) == ([404, 404, 404], 1)


def test_requests_of_others_are_not_found(anna, bea, edition):
    request = ask(bea, by(anna))
    third = client_of(who(listed(edition)))

    statuses = [
        third.post(page(f"contact_request_{what}", edition, request.pk)).status_code
        for what in ("acceptance", "refusal", "withdrawal")
    ]

    assert statuses == [404, 404, 404]


def test_answering_by_the_page(anna, bea, edition):
    client_of(who(anna)).post(
        page("people_person", edition, bea.pk), {"shares": ["email"], "message": "Let us talk"}
    )
    waiting = client_of(who(bea)).get(page("contacts", edition)).content.decode()
    request = ContactRequest.objects.get()
    client_of(who(bea)).post(page("contact_request_acceptance", edition, request.pk), {"shares": ["email"]})
    mine = client_of(who(anna)).get(page("contacts", edition)).content.decode()

    assert ("Let us talk" in waiting, "anna@example.org" in waiting, "bea@example.org" in mine) == (
        True,
        False,
        True,
    )


def test_cards_are_what_others_can_read(anna, bea, edition):
    ContactFactory(
        owner=who(anna), person=who(bea), edition=edition, shares=["email"], note="Sì; vero, \\o/\nšé" * 12
    )

    answer = client_of(who(anna)).get(page("contacts_vcf", edition))

    lines = answer.content.decode().split("\r\n")
    unfolded = answer.content.decode().replace("\r\n ", "")
    assert (lines[:2], max(len(line.encode()) for line in lines) <= 75) == (
        ["BEGIN:VCARD", "VERSION:4.0"],
        True,
    )
    assert "EMAIL:bea@example.org\r\n" in unfolded
    assert "NOTE:Sì\\; vero\\, \\\\o/\\nšé" in unfolded
    assert "ORG:" not in unfolded


def test_the_table_starts_no_formula(anna, bea, edition):
    ContactFactory(owner=who(anna), person=who(bea), edition=edition, note="=1+1")

    answer = client_of(who(anna)).get(page("contacts_csv", edition))

    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["name"], row["email"], row["note"]) == ("Bea Ruiz", "bea@example.org", "'=1+1")


@pytest.mark.parametrize("count", [1, 6])
def test_contacts_query_count(anna, edition, count, django_assert_num_queries):
    for _number in range(count):
        ContactFactory(owner=who(anna), edition=edition)
        ask(anna, viewer_in(EditionMemberFactory(edition=edition, participant=True)))
    client = client_of(who(anna))
    client.get(page("contacts", edition))

    with django_assert_num_queries(14):
        client.get(page("contacts", edition))


def test_erasure_leaves_no_trace_with_others(anna, bea, edition):
    ask(bea, by(anna))
    ContactFactory(owner=who(bea), person=who(anna), edition=edition)
    ContactFactory(owner=who(anna), person=who(bea), edition=edition)
    actions.card_of(person=who(anna), at=NOW)

    erase_person(person=who(anna), by=viewer_of(who(anna)), at=NOW)

    assert [model.objects.count() for model in (Contact, ContactRequest, ContactCard)] == [0, 0, 0]


def test_the_archive_tells_lists_contacts_and_requests(anna, bea, edition):
    ask(bea, by(anna))
    ContactFactory(owner=who(anna), person=who(bea), edition=edition)

    told = known_of(who(anna))

    assert [
        len(told[name])
        for name in ("in the participant lists", "my contacts", "who has my contact", "contact requests")
    ] == [1, 1, 0, 1]


def test_the_address_in_the_code_is_the_platforms_own(anna, edition, settings):
    settings.PUBLIC_URL = "https://filiera.example"

    shown = client_of(who(anna)).get(page("people_code", edition)).content.decode()

    assert "https://filiera.example" + reverse("admissions:people", args=[edition.slug]) + "codes/" in shown
