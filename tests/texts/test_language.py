"""The language of an answer, sort keys, likeness, days in words."""

from datetime import UTC, date, datetime

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language

from filiera.texts.dates import clock_in_words, day_in_words, moment_in_words
from filiera.texts.middleware import LANGUAGE_COOKIE, LanguageMiddleware
from filiera.texts.similarity import similarity
from filiera.texts.sorting import sort_key


class Reader:
    def __init__(self, language=""):
        self.language = language
        self.is_authenticated = False


def answer(query="", cookie="", preferred="", header=""):
    request = RequestFactory().get("/", {"lang": query} if query else {}, headers={"Accept-Language": header})
    request.user = Reader(preferred)
    if cookie:
        request.COOKIES[LANGUAGE_COOKIE] = cookie
    return LanguageMiddleware(lambda request: HttpResponse(get_language()))(request)


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ({}, "en"),
        ({"header": "it-IT,it;q=0.9,en;q=0.5"}, "it"),
        ({"header": "fr,de;q=0.9"}, "en"),
        ({"header": "fr;q=1,it;q=0.1"}, "it"),
        ({"header": "*"}, "en"),
        ({"header": "not a language;;;"}, "en"),
        ({"header": "en", "cookie": "it"}, "it"),
        ({"cookie": "en", "preferred": "it"}, "it"),
        ({"preferred": "it", "query": "en"}, "en"),
        ({"query": "xx", "cookie": "it"}, "it"),
        ({"query": "IT-ch"}, "it"),
        ({"cookie": "\x00", "header": "it"}, "it"),
    ],
)
def test_language_is_asked_preferred_remembered_negotiated(given, language):
    response = answer(**given)

    assert (response.content.decode(), response["Content-Language"]) == (language, language)
    assert response["Vary"] == "Accept-Language, Cookie"


def test_only_a_known_choice_is_remembered():
    assert answer(query="it").cookies[LANGUAGE_COOKIE].value == "it"
    assert LANGUAGE_COOKIE not in answer(query="xx").cookies


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Éclair", "eclair"),
        ("Łódź", "lodz"),
        ("  Two   words ", "two words"),
        ("Straße", "strasse"),
        ("ŒUVRE", "oeuvre"),
    ],
)
def test_sort_key_stands_beside_the_plain_letter(text, key):
    assert sort_key(text) == key


def test_names_sort_as_people_expect():
    assert sorted(["Zeta", "élan", "Ángel", "eta"], key=sort_key) == ["Ángel", "élan", "eta", "Zeta"]


@pytest.mark.parametrize(
    ("left", "right", "value"),
    [
        ("word", "word", 1.0),
        ("", "", 0.0),
        ("abc", "xyz", 0.0),
        ("Città", "citta", 1.0),
        ("word", "two words", 4 / 11),
    ],
)
def test_similarity_counts_shared_trigrams(left, right, value):
    assert similarity(left, right) == pytest.approx(value)


@pytest.mark.django_db
def test_similarity_is_that_of_the_database():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity('word', 'two words'), similarity('Polo Torino', 'polo di torino')")
        told = cursor.fetchone()

    assert told == pytest.approx(
        (similarity("word", "two words"), similarity("Polo Torino", "polo di torino")), abs=1e-6
    )


def test_days_and_moments_in_words():
    moment = datetime(2023, 5, 10, 7, 5, tzinfo=UTC)

    told = [
        (day_in_words(date(2023, 5, 10), code), moment_in_words(moment, code), clock_in_words(moment, code))
        for code in ("en", "it")
    ]

    assert told == [
        ("10 May 2023", "10 May 2023, 07:05", "07:05"),
        ("10 maggio 2023", "10 maggio 2023, 07:05", "07:05"),
    ]
