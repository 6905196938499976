"""Signing up, in and out; codes; limits; the roles of the demonstration."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import get_hasher
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from filiera.accounts.adapters import SocialAccountAdapter
from filiera.accounts.demonstration import ROLES
from filiera.accounts.models import Person
from filiera.mail.actions import deliver_mail
from filiera.mail.models import OutgoingMail
from filiera.push import tokens
from tests.accounts.factories import PersonFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
SIGN_UP = {"name": "Ada Rossi", "email": "Ada@Example.org", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def sent_links():
    for mail in OutgoingMail.objects.filter(state="waiting"):
        deliver_mail(mail.pk)
    return re.findall(r"http://\S+?(/accounts/\S+)", outbox.outbox[-1].body)


def sign_in(client, person, **values):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD, **values})


def test_sign_up_confirm_and_sign_in(client):
    client.post(reverse("account_signup"), SIGN_UP, headers={"Accept-Language": "it"})
    person = Person.objects.get()
    early = sign_in(client, person)
    link = sent_links()[0]
    shown = client.get(link)
    confirmed = client.post(link)
    late = sign_in(client, person)

    assert (person.name, person.email, person.sort_name, person.language) == (
        "Ada Rossi",
        "ada@example.org",
        "ada rossi",
        "it",
    )
    assert early["Location"] == reverse("account_email_verification_sent")
    assert (shown.status_code, confirmed.status_code, late["Location"]) == (200, 302, "/")
    assert outbox.outbox[0].subject == "Conferma il tuo indirizzo"
    assert EmailAddress.objects.get().verified


def test_words_of_a_confirmation_mail_are_forgotten_once_sent(client):
    client.post(reverse("account_signup"), SIGN_UP)

    sent_links()

    assert "/accounts/confirm-email/" not in OutgoingMail.objects.get().text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A\x00da"}, "name"),
        ({"email": "not an address"}, "email"),
        ({"password1": "short"}, "password1"),
        ({"password1": "1234567890"}, "password1"),
        ({"password1": "ada@example.org"}, "password1"),
    ],
)
def test_sign_up_tells_what_is_wrong_at_the_field(client, values, field):
    answer = client.post(reverse("account_signup"), {**SIGN_UP, **values})

    assert (list(answer.context["form"].errors), Person.objects.count()) == ([field], 0)


def test_sign_up_with_a_known_address_does_not_tell_it(client):
    PersonFactory(email="ada@example.org", password=PASSWORD)

    answer = client.post(reverse("account_signup"), SIGN_UP)

    sent_links()
    assert answer["Location"] == reverse("account_email_verification_sent")
    assert (Person.objects.count(), outbox.outbox[0].subject) == (1, "You have an account already")


def test_forged_confirmation_link_is_told(client):
    answer = client.get(reverse("account_confirm_email", args=["forged"]))

    assert (answer.status_code, b"This link no longer works" in answer.content) == (200, True)


def test_new_password_by_mail(client, person):
    client.post(reverse("account_reset_password"), {"email": person.email})
    first = client.get(sent_links()[0], follow=True)

    client.post(
        first.redirect_chain[-1][0], {"password1": "another good one", "password2": "another good one"}
    )

    person.refresh_from_db()
    assert person.check_password("another good one")
    assert OutgoingMail.objects.filter(subject="Your password was changed").count() == 1


def test_wrong_password_is_refused_without_saying_whether_the_account_exists(client, person):
    wrong = sign_in(client, person, password="something else")
    unknown = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "something"})

    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_limit_stands_before_the_hash(client, person, monkeypatch):
    hashed = []
    hasher = type(get_hasher("default"))
    verify = hasher.verify
    monkeypatch.setattr(hasher, "verify", lambda self, *given: hashed.append(1) or verify(self, *given))
    for _attempt in range(5):
        sign_in(client, person, password="something else")
    before = len(hashed)

    refused = sign_in(client, person)

    assert (before, len(hashed)) == (5, 5)
    assert "_auth_user_id" not in client.session
    assert refused.context["form"].non_field_errors()


def test_html_in_the_address_of_a_failed_sign_in_is_text(client):
    answer = client.post(reverse("account_login"), {"login": "<script>alert(1)</script>", "password": "x"})

    assert b"<script>alert" not in answer.content


def test_other_sessions_can_be_ended(client, person):
    other = Client()
    sign_in(other, person)
    sign_in(client, person)
    open_before = UserSession.objects.count()

    client.post(reverse("usersessions_list"))

    assert (open_before, UserSession.objects.count()) == (2, 1)
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert other.get(reverse("accounts:profile")).status_code == 302


def test_one_session_can_be_ended_but_not_another_persons(client, person):
    other, stranger = Client(), Client()
    foreign = PersonFactory(email="bo@example.org", password=PASSWORD)
    for browser, owner in ((client, person), (other, person), (stranger, foreign)):
        sign_in(browser, owner)
    at_home = UserSession.objects.get(session_key=other.session.session_key)
    not_mine = UserSession.objects.get(user=foreign)

    ended = client.post(reverse("accounts:session_end", args=[at_home.pk]))
    refused = client.post(reverse("accounts:session_end", args=[not_mine.pk]))

    assert (ended.status_code, refused.status_code) == (302, 404)
    assert other.get(reverse("accounts:profile")).status_code == 302
    assert stranger.get(reverse("accounts:profile")).status_code == 200


def test_links_in_mails_bear_our_own_address(client, person, settings):
    settings.ALLOWED_HOSTS = ["*"]

    client.post(reverse("account_reset_password"), {"email": person.email}, headers={"Host": "evil.example"})

    sent_links()
    assert "evil.example" not in outbox.outbox[-1].body
    assert f"{settings.PUBLIC_URL}/accounts/password/reset/key/" in outbox.outbox[-1].body


def code_of(secret):
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_code_from_an_app_is_asked_after_the_password_and_its_secret_lies_encrypted(
    client, person, django_capture_on_commit_callbacks
):
    sign_in(client, person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        activated = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    client.post(reverse("account_logout"))
    cache.clear()

    after_password = sign_in(client, person)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    kept = str(Authenticator.objects.filter(type="totp").values().get())
    assert (activated.status_code, after_password["Location"]) == (302, reverse("mfa_authenticate"))
    assert client.session["_auth_user_id"] == str(person.pk)
    assert secret not in kept
    assert list(OutgoingMail.objects.values_list("subject", flat=True)) == ["Codes from an app are asked"]


def test_recovery_code_opens_once(client, person):
    sign_in(client, person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    opened = []

    for _attempt in range(2):
        client.post(reverse("account_logout"))
        cache.clear()
        sign_in(client, person)
        client.post(reverse("mfa_authenticate"), {"code": code})
        opened.append("_auth_user_id" in client.session)

    assert opened == [True, False]


def test_second_address_becomes_the_first_after_confirmation(client, person):
    sign_in(client, person)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"action_add": "", "email": "ada.rossi@example.org"})
    client.post(sent_links()[0])

    client.post(reverse("account_email"), {"action_primary": "", "email": "ada.rossi@example.org"})

    person.refresh_from_db()
    assert person.email == "ada.rossi@example.org"


def test_fragment_after_the_session_has_ended_leads_the_page_to_signing_in(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/mails/?before=9"}

    answer = client.get(reverse("accounts:mails"), headers=headers)

    assert (answer.status_code, answer["HX-Redirect"]) == (
        204,
        "/accounts/login/?next=%2Faccounts%2Fmails%2F%3Fbefore%3D9",
    )


def test_other_redirects_of_fragments_stay(client):
    answer = client.post(reverse("account_signup"), SIGN_UP, headers={"HX-Request": "true"})

    assert (answer.status_code, answer["Location"]) == (302, reverse("account_email_verification_sent"))


# Another service vouches for somebody


class Provider:
    """An OpenID Connect provider that answers what a real one would."""

    def __init__(self):
        self.asked = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def get(self, url, **given):
        if url.endswith("/openid-configuration"):
            return Told(
                authorization_endpoint="https://id.example.org/authorize",
                token_endpoint="https://id.example.org/token",
                userinfo_endpoint="https://id.example.org/userinfo",
            )
        assert (url, given["headers"]) == (
            "https://id.example.org/userinfo",
            {"Authorization": "Bearer access"},
        )
        return Told(sub="42", email="Ada@Example.org", email_verified=True, name="Ada Rossi")

    def request(self, method, url, **given):
        self.asked.append((method, url, given.get("data")))
        return Told(access_token="access", token_type="Bearer")

    post = get


class Told:
    status_code = 200

    def __init__(self, **said):
        self.said = said
        self.headers = {"content-type": "application/json"}

    def json(self):
        return self.said

    def raise_for_status(self):
        pass


@pytest.fixture
def provider(settings, monkeypatch):
    told = Provider()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "region",
                    "name": "Regional identity",
                    "client_id": "filiera",
                    "secret": "s3cret",
                    "settings": {"server_url": "https://id.example.org/.well-known/openid-configuration"},
                }
            ],
        }
    }
    monkeypatch.setattr(SocialAccountAdapter, "get_requests_session", lambda self: told)
    return told


def test_provider_of_the_configuration_signs_somebody_up(client, provider):
    offered = client.get(reverse("account_login")).content.decode()
    leaving = client.post("/accounts/oidc/region/login/")
    asked = parse_qs(urlsplit(leaving["Location"]).query)

    client.get("/accounts/oidc/region/login/callback/", {"code": "c0de", "state": asked["state"][0]})

    person = Person.objects.get()
    method, url, sent = provider.asked[0]
    assert "Regional identity" in offered
    assert leaving["Location"].startswith("https://id.example.org/authorize?")
    assert (asked["code_challenge_method"], asked["client_id"]) == (["S256"], ["filiera"])
    assert (method, url, sent["code"]) == ("POST", "https://id.example.org/token", "c0de")
    assert (person.email, person.name, person.sort_name) == ("ada@example.org", "Ada Rossi", "ada rossi")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_provider_does_not_take_over_an_account_by_its_address(client, provider):
    PersonFactory(email="ada@example.org", password=PASSWORD)
    leaving = client.post("/accounts/oidc/region/login/")
    state = parse_qs(urlsplit(leaving["Location"]).query)["state"][0]

    client.get("/accounts/oidc/region/login/callback/", {"code": "c0de", "state": state})

    assert "_auth_user_id" not in client.session
    assert Person.objects.count() == 1


# The demonstration


@pytest.fixture
def demonstration(settings):
    settings.DEMONSTRATION = True
    return {role.code: PersonFactory(email=role.email) for role in ROLES if role.code != "visitor"}


def take(client, role, **extra):
    return client.post(reverse("accounts:demonstration_role", args=[role]), {"next": "/design/"}, **extra)


@pytest.mark.parametrize("role", [role.code for role in ROLES if role.code != "visitor"])
def test_role_is_taken_with_one_click(client, demonstration, role):
    answer = take(client, role)

    assert (answer.status_code, answer["Location"]) == (302, "/design/")
    assert client.session["_auth_user_id"] == str(demonstration[role].pk)


def test_the_language_stays_as_it_was_read(client, demonstration):
    for reads, role in (("it", "organiser"), ("en-GB", "company"), ("it", "participant")):
        client.cookies.clear()
        take(client, role, headers={"Accept-Language": reads})

    languages = Person.objects.filter(language="it").values_list("email", flat=True).order_by("email")

    assert list(languages) == [demonstration[role].email for role in ("organiser", "participant")]


def test_visitor_is_a_role_too(client, demonstration):
    take(client, "organiser")

    take(client, "visitor")

    assert "_auth_user_id" not in client.session


def test_sign_in_page_offers_the_roles_of_a_demonstration_only(client, demonstration, settings):
    offered = client.get(reverse("account_login")).content.decode().count('action="/accounts/demonstration/')
    settings.DEMONSTRATION = False
    hidden = client.get(reverse("account_login")).content.decode().count('action="/accounts/demonstration/')

    assert (offered, hidden) == (len(ROLES), 0)


def test_roles_do_not_exist_elsewhere(client, demonstration, settings):
    from_afar = take(client, "organiser", REMOTE_ADDR="192.0.2.7").status_code
    unknown = take(client, "emperor").status_code
    by_link = client.get(reverse("accounts:demonstration_role", args=["organiser"])).status_code
    settings.DEMONSTRATION = False
    not_a_demonstration = take(client, "organiser").status_code

    assert (from_afar, unknown, by_link, not_a_demonstration) == (404, 404, 405, 404)
    assert "_auth_user_id" not in client.session


def test_role_does_not_lead_to_a_foreign_page(client, demonstration):
    answer = client.post(
        reverse("accounts:demonstration_role", args=["organiser"]), {"next": "https://example.org/"}
    )

    assert answer["Location"] == "/"


def test_administrator_of_the_demonstration_opens_the_hour_without_a_password(client, demonstration):
    Person.objects.filter(email="administrator@demonstration.invalid").update(is_administrator=True)
    take(client, "administrator")

    answer = client.post(reverse("accounts:administration"), {"reason": "Looking around"})

    assert answer["Location"] == reverse("accounts:administration")
    assert client.get(reverse("accounts:administration")).wsgi_request.viewer.administering


def test_roles_can_be_changed_on_a_page_of_their_own(client, demonstration, settings):
    take(client, "organiser")
    page = client.get(reverse("accounts:demonstration"), {"next": "/design/"}).content.decode()
    settings.DEMONSTRATION = False
    elsewhere = client.get(reverse("accounts:demonstration")).status_code

    assert page.count('<input type="hidden" name="next" value="/design/">') == len(ROLES)
    assert elsewhere == 404


def test_role_taken_is_a_session_on_the_list_that_streams_ask_for(client, demonstration):
    take(client, "organiser")
    request = RequestFactory().get("/")
    request.user, request.session = demonstration["organiser"], client.session

    ticket = tokens.read_token(tokens.issue_token(request, ["test:1"]))

    assert UserSession.objects.get().session_key == client.session.session_key
    assert tokens.is_still_valid(ticket)
