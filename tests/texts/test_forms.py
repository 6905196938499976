"""A text in several languages, as a form asks for it."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from filiera.texts.forms import LineField, RichTextField, TranslatedTextField, language_name


class TitleForm(forms.Form):
    title = TranslatedTextField(max_length=20)
    note = TranslatedTextField(required=False, rich=True)


def test_texts_are_trimmed_and_empty_ones_left_out():
    form = TitleForm({"title_en": " Welcome ", "title_it": "  ", "note_it": "Nota"})

    assert form.is_valid()
    assert form.cleaned_data == {"title": {"en": "Welcome"}, "note": {"it": "Nota"}}


def test_a_language_can_be_added_without_scripts():
    form = TitleForm({"title_en": "Welcome", "title_added_language": "fr", "title_added": "Bienvenue"})

    assert form.is_valid()
    assert form.cleaned_data["title"] == {"en": "Welcome", "fr": "Bienvenue"}


def test_an_added_language_nobody_knows_is_left_out():
    form = TitleForm({"title_en": "Welcome", "title_added_language": "xx", "title_added": "?"})

    assert form.is_valid()
    assert form.cleaned_data["title"] == {"en": "Welcome"}


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, ["This field is required."]),
        ({"title_it": "   "}, ["This field is required."]),
        ({"title_it": "x" * 21}, ["Italiano: at most 20 characters are possible; this has 21."]),
        (
            {"title_en": "a\x00", "title_it": "x" * 21},
            [
                "English: This text contains invisible control characters; remove them.",
                "Italiano: at most 20 characters are possible; this has 21.",
            ],
        ),
    ],
)
def test_errors_name_the_language(typed, errors):
    assert TitleForm(typed).errors["title"] == errors


def test_what_was_typed_stays_in_the_inputs():
    form = TitleForm({"title_it": "<b>" + "x" * 30, "title_fr": "Bienvenue"})

    page = str(form["title"])

    assert 'name="title_it" id="id_title_it" lang="it" value="&lt;b&gt;' in page
    assert 'name="title_fr" id="id_title_fr" lang="fr" value="Bienvenue"' in page
    assert '<option value="fr"' not in page


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\u202eb", "a\u2066b"])
@pytest.mark.parametrize("field", [LineField(), RichTextField()])
def test_invisible_characters_are_refused(field, text):
    with pytest.raises(ValidationError):
        field.clean(text)


def test_ordinary_letters_of_europe_pass():
    assert LineField().clean("Łódź – Ødegård, Ćwikła & Ωμέγα") == "Łódź – Ødegård, Ćwikła & Ωμέγα"


@pytest.mark.parametrize(("code", "name"), [("it", "Italiano"), ("eu", "Euskara"), ("xx", "xx")])
def test_languages_are_named_by_their_readers(code, name):
    assert language_name(code) == name


def test_has_changed_compares_texts():
    field = TranslatedTextField()

    assert not field.has_changed({"en": "a"}, {"en": " a ", "it": ""})
    assert field.has_changed({"en": "a"}, {"en": "b"})


def test_browser_does_not_ask_for_every_language():
    assert " required" not in str(TitleForm()["title"])
