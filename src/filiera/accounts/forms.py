"""What people type about themselves."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filiera.accounts.actions import Profile
from filiera.accounts.models import Circle, Person, ProfileField, Theme
from filiera.accounts.queries import country_choices
from filiera.accounts.scopes import offered_scopes
from filiera.files.forms import PhotographField
from filiera.shared.time import zone_names
from filiera.texts.forms import (
    WRITING_LANGUAGES,
    LineField,
    TranslatedTextField,
    language_name,
    validate_characters,
)

MAX_LINKS = 6
MAX_LINK_LENGTH = 300


class SignUpDetails(forms.Form):
    """What signing up asks besides the address and the password."""

    name = LineField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: Any, user: Any) -> None:
        """The library asks for this method; the adapter has already kept the name."""


class ProfileForm(forms.Form):
    """A person's profile, and for each part of it who may see it."""

    name = LineField(label=_("Name"), max_length=200, help_text=_("As it should stand on a badge."))
    photo = PhotographField(
        label=_("Photograph"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB; the middle of the picture is kept."),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photograph"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages I speak"), required=False, widget=forms.CheckboxSelectMultiple
    )
    biography = TranslatedTextField(
        label=_("Biography"),
        required=False,
        rich=True,
        help_text=_("A few sentences in each language; Markdown is possible."),
    )
    links = forms.CharField(
        label=_("Links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
        help_text=_("One address a line, at most six."),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial_of(person))
        super().__init__(*args, **kwargs)
        self.person = person
        language = get_language() or settings.LANGUAGE_CODE
        country, languages = self.fields["country"], self.fields["languages"]
        assert isinstance(country, forms.ChoiceField)
        assert isinstance(languages, forms.MultipleChoiceField)
        country.choices = [("", _("Not told")), *country_choices(language)]
        languages.choices = [(code, language_name(code)) for code in WRITING_LANGUAGES]
        if person.photo_id is None:
            del self.fields["remove_photo"]
        for part in ProfileField:
            self.fields[f"visibility_{part.value}"] = forms.ChoiceField(
                label=part.label, choices=Circle.choices
            )

    @property
    def visibility_fields(self) -> list[forms.BoundField]:
        return [self[f"visibility_{part.value}"] for part in ProfileField]

    def clean_links(self) -> list[str]:
        links = [line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip()]
        if len(links) > MAX_LINKS:
            raise ValidationError(_("At most six links are possible."), code="too_many")
        validate_address = URLValidator(schemes=["http", "https"])
        for link in links:
            if len(link) > MAX_LINK_LENGTH:
                raise ValidationError(_("A link has at most 300 characters."), code="too_long")
            try:
                validate_address(link)
            except ValidationError as error:
                raise ValidationError(
                    _("“%(link)s” is not an address such as https://example.org."),
                    code="no_address",
                    params={"link": link[:80]},
                ) from error
        return links

    def profile(self) -> Profile:
        told = self.cleaned_data
        return Profile(
            name=told["name"],
            country=told["country"],
            languages=told["languages"],
            biography=told["biography"],
            links=told["links"],
            visibility={part.value: told[f"visibility_{part.value}"] for part in ProfileField},
        )


class PreferencesForm(forms.Form):
    """How a person reads the platform."""

    language = forms.ChoiceField(
        label=_("Language of pages and mails"), required=False, choices=[("", _("As the browser asks"))]
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Times are shown where they happen; with a zone chosen here, yours stands beside them."),
    )
    theme = forms.ChoiceField(label=_("Appearance"), choices=Theme.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, zone = self.fields["language"], self.fields["time_zone"]
        assert isinstance(language, forms.ChoiceField)
        assert isinstance(zone, forms.ChoiceField)
        language.choices = [("", _("As the browser asks")), *settings.LANGUAGES]
        zone.choices = [("", _("As the event has it")), *((name, name) for name in zone_names())]


class TokenForm(forms.Form):
    """A new personal token."""

    name = LineField(
        label=_("Name"), max_length=80, help_text=_("What it is for, so that you know it again.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), widget=forms.CheckboxSelectMultiple, initial=["read"]
    )
    lasts = forms.TypedChoiceField(
        label=_("Valid for"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        coerce=lambda days: timedelta(days=int(days)),
        initial=90,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = offered_scopes()


class JoinForm(forms.Form):
    """The account of somebody invited."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    name = LineField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; a sentence is easier to remember than a riddle."),
    )

    def __init__(self, *args: Any, invited_address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invited_address = invited_address
        if invited_address:
            del self.fields["email"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        told = Person(
            email=self.invited_address or self.cleaned_data.get("email", ""),
            name=self.cleaned_data.get("name", ""),
        )
        validate_password(password, told)
        return password

    @property
    def address(self) -> str:
        address: str = self.invited_address or self.cleaned_data["email"]
        return address


class ReasonForm(forms.Form):
    """Why an administrator opens the hour."""

    reason = LineField(
        label=_("Reason"), max_length=300, help_text=_("It stands in the log beside everything you do.")
    )


class AdministratorInvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class ErasureForm(forms.Form):
    """The address, typed again: nobody leaves by a slip of the hand."""

    email = forms.CharField(label=_("Your e-mail address"), max_length=254)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"].strip().lower()
        if typed != self.person.email:
            raise ValidationError(_("This is not the address of your account."), code="other_address")
        return typed


def _initial_of(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "country": person.country,
        "languages": person.languages,
        "biography": person.biography,
        "links": "\n".join(person.links),
        **{f"visibility_{part}": circle for part, circle in person.visibility.items()},
    }
