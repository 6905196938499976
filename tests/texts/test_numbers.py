import pytest
from django.utils import translation

from filiera.texts.numbers import number_in_words, ordinal_in_words


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("en", 0, "none"),
        ("en", 30, "thirty"),
        ("en", 84, "eighty-four"),
        ("en", 1200, "1,200"),
        ("it", 1, "una"),
        ("it", 21, "ventuno"),
        ("it", 28, "ventotto"),
        ("it", 33, "trentatré"),
        ("it", 84, "ottantaquattro"),
        ("de", 84, "84"),
    ],
)
def test_a_number_is_said_as_a_heading_says_it(language, number, words):
    with translation.override(language):
        assert number_in_words(number) == words


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [("en", 3, "third"), ("en", 12, "12th"), ("en", 21, "21st"), ("it", 3, "terza"), ("it", 12, "12ª")],
)
def test_an_order_is_said(language, number, words):
    with translation.override(language):
        assert ordinal_in_words(number) == words
