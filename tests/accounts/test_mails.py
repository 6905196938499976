"""Each mail that signing in can cause is written in both languages."""

from pathlib import Path

import pytest

import filiera.accounts
from filiera.mail.messages import write_message
from tests.accounts.factories import NOW, PersonFactory

FOLDER = Path(filiera.accounts.__file__).parent / "templates" / "accounts" / "mail"
TEMPLATES = sorted(path.name for path in FOLDER.glob("[!_]*.txt"))
CONTEXT = {
    "activate_url": "https://example.org/activate",
    "password_reset_url": "https://example.org/reset",
    "signup_url": "https://example.org/signup",
    "link": "https://example.org/link",
    "email": "ada@example.org",
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "old@example.org",
    "provider": "EU Login",
    "ip": "192.0.2.7",
    "timestamp": NOW,
    "title": "Administrator",
    "described": "You administer.",
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_mail_has_subject_words_and_address_in_both_languages(template):
    person = PersonFactory.build(name="Ada & Bo")
    context = {**CONTEXT, "invitation": {"invited_by": person, "expires_at": NOW}, "person": person}

    english, italian = (
        write_message(template=f"accounts/mail/{template}", context=context, language=language)
        for language in ("en", "it")
    )

    assert english.subject
    assert english.subject != italian.subject
    assert english.text != italian.text
    for message in (english, italian):
        assert "{{" not in message.text
        assert "&amp;" not in message.text
        assert ("https://" in message.text) == ('class="button"' in message.html)
