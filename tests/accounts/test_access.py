"""Invitations, tokens and the administrator's hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from filiera.accounts import actions, invitations, scopes
from filiera.accounts.models import (
    AdministrationEntry,
    AdministrationWindow,
    ApiToken,
    Invitation,
    Person,
)
from filiera.accounts.queries import viewer_of_token
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.mail.actions import deliver_mail
from filiera.mail.models import OutgoingMail
from tests.accounts.factories import NOW, PersonFactory, viewer_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def invited(email="new@example.org", **values):
    given = {"purpose": "administrator", "email": email, "by": SYSTEM, "at": NOW, "language": "en"}
    result = actions.invite(**{**given, **values})
    return result.invitation, result.link.rstrip("/").rpartition("/")[2]


def test_invitation_keeps_a_digest_and_mails_the_link_once():
    invitation, token = invited()

    mail = OutgoingMail.objects.get()
    deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert token not in str(Invitation.objects.values().get())
    assert (invitation.expires_at, mail.to_address) == (NOW + DAY, "new@example.org")
    assert token in outbox.outbox[0].body
    assert token not in mail.text


def test_only_an_open_administrator_invites_administrators():
    for by in (VISITOR, viewer_of(PersonFactory(administrator=True))):
        with pytest.raises(PermissionDenied):
            actions.invite_administrator(email="x@example.org", by=by, at=NOW)

    assert Invitation.objects.count() == 0


def test_accepted_invitation_makes_an_administrator_and_works_once():
    invitation, token = invited()
    person = PersonFactory()

    address = actions.accept_invitation(token=token, person=person, at=NOW)

    person.refresh_from_db()
    invitation.refresh_from_db()
    assert (address, person.is_administrator, invitation.accepted_by, invitation.used_at) == (
        "/",
        True,
        person,
        NOW,
    )
    with pytest.raises(actions.InvitationUsed):
        actions.accept_invitation(token=token, person=PersonFactory(), at=NOW)


def test_expired_withdrawn_and_forged_links_are_refused():
    _late, late = invited()
    withdrawn, gone = invited()
    actions.withdraw_invitation(invitation=withdrawn, by=SYSTEM, at=NOW)

    with pytest.raises(actions.InvitationExpired):
        actions.find_invitation(late, NOW + DAY)
    with pytest.raises(actions.InvitationWithdrawn):
        actions.accept_invitation(token=gone, person=PersonFactory(), at=NOW)
    for forged in ("", "x" * 43, late[:-1]):
        with pytest.raises(actions.InvitationUnknown):
            actions.accept_invitation(token=forged, person=PersonFactory(), at=NOW)


def test_used_invitation_cannot_be_withdrawn():
    invitation, token = invited()
    actions.accept_invitation(token=token, person=PersonFactory(), at=NOW)

    with pytest.raises(actions.InvitationUsed):
        actions.withdraw_invitation(invitation=invitation, by=SYSTEM, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.withdraw_invitation(invitation=invitation, by=VISITOR, at=NOW)


def test_joining_makes_a_confirmed_account():
    _invitation, token = invited(email="New@example.org")

    person, _address = actions.join_by_invitation(
        token=token, email="", name="New One", password="a long enough one", language="it", at=NOW
    )

    address = EmailAddress.objects.get()
    assert (person.email, person.name, person.language, person.is_administrator) == (
        "new@example.org",
        "New One",
        "it",
        True,
    )
    assert (address.email, address.verified, address.primary, address.user) == (
        "new@example.org",
        True,
        True,
        person,
    )
    assert person.check_password("a long enough one")


def test_joining_with_a_known_address_is_refused_and_leaves_the_link_open():
    _invitation, token = invited(email="ada@example.org")
    PersonFactory(email="ada@example.org")

    with pytest.raises(actions.AddressHasAccount):
        actions.join_by_invitation(
            token=token, email="", name="Ada", password="a long enough one", language="", at=NOW
        )

    assert actions.find_invitation(token, NOW).used_at is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_use_one_link():
    _invitation, token = invited()
    people = [PersonFactory() for _number in range(6)]

    def accept(person):
        try:
            actions.accept_invitation(token=token, person=person, at=NOW)
        except actions.InvitationUsed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as threads:
        won = list(threads.map(accept, people))

    assert (won.count(True), Person.objects.filter(is_administrator=True).count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_makes_one_account():
    _invitation, token = invited()

    def join(_number):
        try:
            actions.join_by_invitation(
                token=token, email="", name="New", password="a long enough one", language="", at=NOW
            )
        except (actions.InvitationUsed, actions.AddressHasAccount):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        joined = list(threads.map(join, range(4)))

    assert (joined.count(True), Person.objects.count()) == (1, 1)


@pytest.fixture
def now(monkeypatch):
    """The moment that pages take as now."""
    from filiera.accounts.views import administration
    from filiera.accounts.views import invitations as invitation_pages

    class Clock:
        @staticmethod
        def now():
            return NOW

    monkeypatch.setattr(invitation_pages, "timezone", Clock)
    monkeypatch.setattr(administration, "timezone", Clock)
    return NOW


def test_invitation_page_makes_an_account_and_signs_in(client, now):
    _invitation, token = invited()

    page = client.get(reverse("accounts:invitation", args=[token]))
    answer = client.post(
        reverse("accounts:invitation", args=[token]), {"name": "New One", "password": "a long enough one"}
    )

    person = Person.objects.get(email="new@example.org")
    assert (page.status_code, answer.status_code, answer["Location"]) == (200, 302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "new@example.org"}, "password"),
        ({"name": ""}, "name"),
        ({"name": "A\x00"}, "name"),
    ],
)
def test_invitation_page_refuses_weak_input(client, now, values, field):
    _invitation, token = invited()
    told = {"name": "New One", "password": "a long enough one", **values}

    answer = client.post(reverse("accounts:invitation", args=[token]), told)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_invitation_without_address_asks_for_one(client, now):
    _invitation, token = invited(email="")

    client.post(
        reverse("accounts:invitation", args=[token]),
        {"email": "First@example.org", "name": "First", "password": "a long enough one"},
    )

    assert Person.objects.get().email == "first@example.org"


def test_invitation_page_tells_of_a_worthless_link(client, now):
    _late, late = invited(at=NOW - 2 * DAY)

    answers = [
        client.get(reverse("accounts:invitation", args=[token])).status_code for token in (late, "forged")
    ]

    assert answers == [410, 404]


def test_somebody_signed_in_accepts_with_a_button(signed_in, person, now):
    _invitation, token = invited()

    signed_in.get(reverse("accounts:invitation", args=[token]))
    answer = signed_in.post(reverse("accounts:invitation_acceptance", args=[token]))

    person.refresh_from_db()
    assert (answer.status_code, person.is_administrator) == (302, True)


def test_purpose_of_another_room_is_carried_out(monkeypatch):
    accepted = []
    monkeypatch.setattr(invitations, "_purposes", {})
    invitations.register(
        invitations.InvitationPurpose(
            code="test",
            title="Join",
            describe=lambda invitation: f"Edition {invitation.data['edition']}",
            accept=lambda invitation, person, at: accepted.append((invitation.data, person, at)) or "/there/",
            may_invite=lambda viewer, data: viewer.is_known,
        )
    )
    organiser, guest = PersonFactory(), PersonFactory()
    _invitation, token = invited(purpose="test", by=viewer_of(organiser), data={"edition": 3})

    address = actions.accept_invitation(token=token, person=guest, at=NOW)

    assert (address, accepted) == ("/there/", [({"edition": 3}, guest, NOW)])


# Tokens


def made_token(person, **values):
    given = {
        "name": "Script",
        "scopes_wanted": ["read"],
        "lasts": 30 * DAY,
        "by": viewer_of(person),
        "at": NOW,
    }
    return actions.make_token(**{**given, **values})


def test_token_speaks_for_its_person_within_its_scopes():
    person = PersonFactory()

    token, secret = made_token(person)

    viewer = viewer_of_token(secret, NOW)
    token.refresh_from_db()
    assert (viewer.person, viewer.scopes, viewer.administering) == (person, frozenset({"read"}), False)
    assert (secret in str(ApiToken.objects.values().get()), token.last_used_at) == (False, NOW)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: ApiToken.objects.update(revoked_at=NOW),
        lambda token: ApiToken.objects.update(created_at=NOW - 2 * DAY, expires_at=NOW),
        lambda token: Person.objects.update(is_active=False),
    ],
)
def test_revoked_expired_or_ownerless_token_opens_nothing(spoil):
    token, secret = made_token(PersonFactory())
    spoil(token)

    assert viewer_of_token(secret, NOW) is None


@pytest.mark.parametrize("secret", ["", "fil_", "fil_wrong", "other"])
def test_wrong_token_opens_nothing(secret):
    made_token(PersonFactory())

    assert viewer_of_token(secret, NOW) is None


def test_use_of_a_token_is_noted_in_a_grain_of_minutes(django_assert_num_queries):
    _token, secret = made_token(PersonFactory())
    viewer_of_token(secret, NOW)

    with django_assert_num_queries(1):
        viewer_of_token(secret, NOW + timedelta(minutes=5))


def test_a_token_cannot_make_tokens():
    person = PersonFactory()

    for by in (VISITOR, viewer_of(person, scopes=frozenset({"read"}))):
        with pytest.raises(PermissionDenied):
            made_token(person, by=by)


@pytest.mark.parametrize("wanted", [[], ["everything"]])
def test_unknown_scope_is_refused(wanted):
    with pytest.raises(actions.UnknownScope):
        made_token(PersonFactory(), scopes_wanted=wanted)


def test_twenty_tokens_are_enough():
    person = PersonFactory()
    for _number in range(20):
        made_token(person)

    with pytest.raises(actions.TooManyTokens):
        made_token(person)


def test_revoke_token_refuses_others():
    token, _secret = made_token(PersonFactory())

    with pytest.raises(PermissionDenied):
        actions.revoke_token(token=token, by=viewer_of(PersonFactory()), at=NOW)


def test_token_page_shows_a_secret_once(client, person):
    client.post(reverse("account_login"), {"login": person.email, "password": "correct horse battery"})
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})

    made = client.post(reverse("accounts:tokens"), {"name": "Script", "scopes": ["read"], "lasts": "30"})
    secret = made.context["secret"]
    again = client.get(reverse("accounts:tokens")).content.decode()

    assert (made.status_code, secret in made.content.decode(), secret in again) == (201, True, False)


def test_making_a_token_asks_who_one_is_again(signed_in):
    answer = signed_in.post(reverse("accounts:tokens"), {"name": "Script", "scopes": ["read"], "lasts": "30"})

    assert (answer.status_code, ApiToken.objects.count()) == (302, 0)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_token_of_another_person_is_unknown(signed_in):
    token, _secret = made_token(PersonFactory())

    answer = signed_in.post(reverse("accounts:token_revocation", args=[token.pk]))

    token.refresh_from_db()
    assert (answer.status_code, token.revoked_at) == (404, None)


@pytest.mark.parametrize("row_count", [1, 5])
def test_token_list_query_count(signed_in, person, django_assert_num_queries, row_count):
    for _number in range(row_count):
        made_token(person)

    with django_assert_num_queries(3):
        signed_in.get(reverse("accounts:tokens"))


def test_offered_scopes_start_with_reading():
    assert scopes.offered_scopes()[0][0] == "read"


@pytest.mark.parametrize("values", [{"expires_at": NOW}, {"scopes": []}])
def test_database_refuses_impossible_tokens(values):
    given = {
        "name": "x",
        "digest": "d",
        "hint": "h",
        "scopes": ["read"],
        "created_at": NOW,
        "expires_at": NOW + DAY,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.create(person=PersonFactory(), **{**given, **values})


# The administrator's hour


def test_opening_the_hour_closes_an_older_one():
    person = PersonFactory(administrator=True)
    first = actions.open_administration(reason="a", by=viewer_of(person), at=NOW)

    second = actions.open_administration(reason="b", by=viewer_of(person), at=NOW + DAY)

    assert list(AdministrationWindow.objects.open(NOW + DAY)) == [second]
    first.refresh_from_db()
    assert (first.closed_at, second.closes_at) == (NOW + DAY, NOW + DAY + timedelta(hours=1))


def test_only_administrators_open_the_hour():
    administrator = PersonFactory(administrator=True)

    for by in (VISITOR, viewer_of(PersonFactory()), viewer_of(administrator, scopes=frozenset({"read"}))):
        with pytest.raises(PermissionDenied):
            actions.open_administration(reason="a", by=by, at=NOW)


def test_hour_of_somebody_no_longer_administrator_is_over():
    person = PersonFactory(administrator=True)
    actions.open_administration(reason="a", by=viewer_of(person), at=NOW)
    Person.objects.update(is_administrator=False)

    assert list(AdministrationWindow.objects.open(NOW)) == []


def test_others_cannot_close_it():
    window = actions.open_administration(reason="a", by=viewer_of(PersonFactory(administrator=True)), at=NOW)

    with pytest.raises(PermissionDenied):
        actions.close_administration(window=window, by=viewer_of(PersonFactory()), at=NOW)


@pytest.mark.parametrize("values", [{"reason": ""}, {"closes_at": NOW}])
def test_database_refuses_impossible_windows(values):
    given = {"reason": "a", "opened_at": NOW, "closes_at": NOW + DAY}

    with pytest.raises(IntegrityError), transaction.atomic():
        AdministrationWindow.objects.create(person=PersonFactory(), **{**given, **values})


def test_administrator_opens_works_on_record_and_closes(client):
    administrator = PersonFactory(administrator=True, password="correct horse battery")
    client.post(reverse("account_login"), {"login": administrator.email, "password": "correct horse battery"})
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})
    page = reverse("accounts:administration")

    client.post(page, {"reason": "A member cannot sign in"})
    seen = client.get(page).wsgi_request.viewer.administering
    client.post(reverse("accounts:administration_closing"))
    afterwards = client.get(page).wsgi_request.viewer.administering

    logged = AdministrationEntry.objects.order_by("pk").values_list("method", "path", "status")
    assert (seen, afterwards) == (True, False)
    assert list(logged) == [
        ("GET", page, 200),
        ("POST", reverse("accounts:administration_closing"), 302),
    ]


def test_administration_page_refuses_others(signed_in):
    answers = [
        signed_in.get(reverse("accounts:administration")).status_code,
        signed_in.post(reverse("accounts:administration"), {"reason": "curious"}).status_code,
    ]

    assert answers == [403, 302]
    assert AdministrationWindow.objects.count() == 0


def test_visitor_pages_ask_nothing_about_administration(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(reverse("accounts:invitation_acceptance", args=["x"]))
