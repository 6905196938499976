"""What people of an edition say about themselves and ask of each other."""

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from filiera.admissions.models import ContactCard, ContactShare
from filiera.admissions.queries.people import PeopleChoices, PeopleFilter
from filiera.texts.forms import LineField, validate_characters

_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,30}")


class PeopleForm(forms.Form):
    """The filter bar of the list; a value that does not exist asks for nothing."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    ecosystem = forms.ChoiceField(label=_("Industrial ecosystem"), required=False)
    language = forms.ChoiceField(label=_("Speaks"), required=False)

    def __init__(self, asked: PeopleFilter, choices: PeopleChoices, **kwargs: Any) -> None:
        data = {"country": asked.country, "ecosystem": asked.ecosystem, "language": asked.language}
        super().__init__(data=data, auto_id="filter-%s", **kwargs)
        every = [("", _("All"))]
        for name, offered in (
            ("country", choices.countries),
            ("ecosystem", choices.ecosystems),
            ("language", choices.languages),
        ):
            cast(forms.ChoiceField, self.fields[name]).choices = [*every, *offered]


def people_asked_in(query: QueryDict) -> PeopleFilter:
    """The filter that an address names."""
    return PeopleFilter(
        text=" ".join(query.get("q", "").replace("\x00", "").split())[:200],
        country=_code(query.get("country", "")),
        ecosystem=_code(query.get("ecosystem", "")),
        language=_code(query.get("language", "")),
    )


class ListingForm(forms.Form):
    challenge = forms.CharField(
        label=_("What I bring, and what I look for"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[validate_characters],
        help_text=_("The others read and search it."),
    )


class SharesForm(forms.Form):
    """What one gives in an exchange; the name always goes with it."""

    shares = forms.MultipleChoiceField(
        label=_("Besides my name I give"),
        choices=ContactShare.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, card: ContactCard, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("shares", card.shares)
        super().__init__(*args, **kwargs)
        if not card.phone:
            offered = [choice for choice in ContactShare.choices if choice[0] != ContactShare.PHONE]
            cast(forms.MultipleChoiceField, self.fields["shares"]).choices = offered


class AskForm(SharesForm):
    message = LineField(
        label=_("A line to go with it"),
        max_length=300,
        required=False,
        help_text=_("Why you would like to be in touch."),
    )


class CardForm(forms.Form):
    phone = LineField(label=_("My phone number"), max_length=40, required=False)
    shares = forms.MultipleChoiceField(
        label=_("When my code is scanned, besides my name I give"),
        choices=ContactShare.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, card: ContactCard, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"phone": card.phone, "shares": card.shares})
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update({"type": "tel", "autocomplete": "tel"})

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not _PHONE.fullmatch(phone):
            raise ValidationError(
                _("This is not a phone number. Write it with the country, such as +39 011 1234567."),
                code="invalid",
            )
        return phone


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note to myself"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
    )


def _code(text: str) -> str:
    return text if text.isascii() and text.replace("-", "").isalnum() and len(text) <= 35 else ""
