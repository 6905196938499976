"""What the desk writes for the practical page and the invitation letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Part
from filiera.admissions.actions.practical import LetterDetails, NoteDetails
from filiera.admissions.models import InvitationLetter, PracticalNote, PracticalTopic
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import translated


class PracticalNoteForm(forms.Form):
    topic = forms.ChoiceField(label=_("Topic"), choices=PracticalTopic.choices)
    part = forms.ModelChoiceField(
        label=_("For which part"),
        queryset=Part.objects.none(),
        required=False,
        empty_label=_("The whole edition"),
    )
    text = TranslatedTextField(label=_("What there is to know"), rich=True, rows=7)
    is_public = forms.BooleanField(
        label=_("Everybody may read it"),
        required=False,
        help_text=_("Otherwise only the people of the edition do."),
    )

    def __init__(
        self, *args: Any, edition: Edition, note: PracticalNote | None = None, **kwargs: Any
    ) -> None:
        if note is not None:
            names = ("topic", "part", "text", "is_public")
            kwargs.setdefault("initial", {name: getattr(note, name) for name in names})
        super().__init__(*args, **kwargs)
        part: Any = self.fields["part"]
        part.queryset = Part.objects.filter(edition=edition).order_by("number")
        part.label_from_instance = lambda row: translated(row.title)

    def details(self) -> NoteDetails:
        return NoteDetails(**self.cleaned_data)


class LetterForm(forms.Form):
    signed_by = LineField(label=_("Who signs"), max_length=200)
    signed_as = TranslatedTextField(label=_("As what"), required=False)
    text = TranslatedTextField(
        label=_("What the letter says besides name, organisation and dates"),
        required=False,
        rows=4,
        max_length=1500,
        help_text=_("Plain sentences, for instance what costs the organiser pays."),
    )

    def __init__(self, *args: Any, letter: InvitationLetter | None = None, **kwargs: Any) -> None:
        if letter is not None:
            names = ("signed_by", "signed_as", "text")
            kwargs.setdefault("initial", {name: getattr(letter, name) for name in names})
        super().__init__(*args, **kwargs)

    def details(self) -> LetterDetails:
        return LetterDetails(**self.cleaned_data)
