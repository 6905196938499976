import pytest
from django.db import IntegrityError, transaction

from filiera.texts import translated
from tests.accounts.factories import PersonFactory


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        ({"en": "Welcome", "it": "Benvenuto"}, "it", "Benvenuto"),
        ({"en": "Welcome", "it": "Benvenuto"}, "it-ch", "Benvenuto"),
        ({"en": "Welcome", "it": ""}, "it", "Welcome"),
        ({"fr": "Bienvenue", "de": "Willkommen"}, "it", "Willkommen"),
        ({}, "it", ""),
        (None, "it", ""),
    ],
)
def test_translated_picks_asked_language_then_english_then_any(value, language, shown):
    assert translated(value, language) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("biography", [["en"], "en", {"en": 3}, {"en": {"deep": "text"}}, {"en": None}])
def test_database_refuses_what_is_not_language_to_text(biography):
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(biography=biography)
