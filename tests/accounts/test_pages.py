"""Every page of the account opens, in both languages, and is not reached without signing in."""

import re

import pytest
from django.urls import reverse

OWN_PAGES = [
    "accounts:profile",
    "accounts:preferences",
    "accounts:tokens",
    "accounts:consents",
    "accounts:mails",
    "accounts:my_data",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "usersessions_list",
    "account_logout",
    "account_reauthenticate",
]
ENTRANCES = ["account_login", "account_signup", "account_reset_password", "account_email_verification_sent"]


def title(answer):
    return re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)[1].strip()


def in_both_languages(client, name):
    english = client.get(reverse(name), headers={"Accept-Language": "en"})
    italian = client.get(reverse(name), headers={"Accept-Language": "it"})
    assert (english.status_code, italian.status_code) == (200, 200)
    return english, italian


@pytest.mark.parametrize("name", OWN_PAGES)
def test_page_of_the_account(client, person, name):
    client.post(reverse("account_login"), {"login": person.email, "password": "correct horse battery"})
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})

    english, italian = in_both_languages(client, name)

    assert title(english) != title(italian)
    assert (english["Content-Language"], italian["Content-Language"]) == ("en", "it")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ENTRANCES)
def test_page_of_a_visitor(client, name):
    english, italian = in_both_languages(client, name)

    assert title(english) != title(italian)
    assert 'href="/accounts/people/' not in english.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in OWN_PAGES if name != "account_logout"])
def test_page_asks_a_visitor_to_sign_in(client, name):
    answer = client.get(reverse(name))

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("account_login"))
