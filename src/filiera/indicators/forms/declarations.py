"""Input to declared figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.files.forms import UploadField
from filiera.files.rules import MATERIALS
from filiera.indicators.actions.asking import OutsideOwner
from filiera.indicators.definition import Change, Definition, Unit
from filiera.indicators.forms.fields import DayField, offer
from filiera.indicators.models import Declaration
from filiera.indicators.periods import Period
from filiera.indicators.words import typed
from filiera.texts.forms import language_name, validate_characters
from filiera.texts.languages import page_languages, translated

# Growth and results may be less than nothing; what is counted is not.
_MAY_BE_BELOW = (Unit.PERCENT, Unit.EURO)


class DeclarationForm(forms.Form):
    """A value, what it rests on, and what proves it."""

    value = forms.DecimalField(label=_("Value"), max_digits=22, decimal_places=4)
    note = forms.CharField(
        label=_("What it rests on"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
        help_text=_("Where the number comes from, and what is counted in it."),
    )
    upload = UploadField(label=_("File that proves it"), rules=MATERIALS, required=False)
    source_url = forms.URLField(
        label=_("Or the address of a public source"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("What a public source tells is shown to everybody."),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        definition: Definition,
        former: Declaration | None = None,
    ) -> None:
        """`former` is what came back: it is put right, not told from the beginning."""
        initial = {}
        if former is not None:
            initial = {
                "value": typed(former.value),
                "note": former.note,
                "source_url": former.source_url,
            }
        super().__init__(data, files, initial=initial)
        value = self.fields["value"]
        value.label = _("Value (%(unit)s)") % {"unit": definition.unit.label}
        if definition.unit not in _MAY_BE_BELOW and not isinstance(definition.measure, Change):
            value.validators.append(MinValueValidator(0))


class ReturnForm(forms.Form):
    """Why a declaration goes back."""

    because = forms.CharField(
        label=_("What is to be put right"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_characters],
    )

    def __init__(self, data: Any = None, *, key: int) -> None:
        super().__init__(data, auto_id=f"return-{key}-%s")
        self.key = key


OUTSIDE = "outside"
_OF_OUTSIDE = ("owner_name", "owner_email", "owner_language")


class AskingForm(forms.Form):
    """Which figure of which year, of whom, until when; somebody outside the team by name and address."""

    code = forms.ChoiceField(label=_("Figure"), widget=forms.Select(attrs={"data-search": ""}))
    period = forms.ChoiceField(label=_("Year"))
    owner = forms.ChoiceField(label=_("Who tells it"))
    owner_name = forms.CharField(label=_("Name"), max_length=200, validators=[validate_characters])
    owner_email = forms.EmailField(label=_("E-mail address"), max_length=254)
    owner_language = forms.ChoiceField(label=_("Language of the mail"))
    due_on = DayField(label=_("Due by"))
    note = forms.CharField(
        label=_("What else they should know"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_characters],
    )

    def __init__(
        self,
        data: Any = None,
        *,
        definitions: Mapping[str, Definition],
        periods: Sequence[Period],
        team: Sequence[Person],
    ) -> None:
        initial = {"period": periods[1].code, "owner_language": (get_language() or "en")[:2]}
        super().__init__(data, initial=initial, auto_id="ask-%s")
        self.team = {str(person.pk): person for person in team}
        offer(self, "code", [(code, translated(told.names)) for code, told in definitions.items()])
        offer(self, "period", [(period.code, period.words) for period in periods])
        people = [(key, person.shown_name) for key, person in self.team.items()]
        offer(self, "owner", [*people, (OUTSIDE, _("Somebody outside"))])
        offer(self, "owner_language", [(code, language_name(code)) for code in page_languages()])

    def clean(self) -> dict[str, Any]:
        """Of the team nothing more is to be told, and what was typed meanwhile is out of sight."""
        given: dict[str, Any] = self.cleaned_data
        if given.get("owner") != OUTSIDE:
            for name in _OF_OUTSIDE:
                self.errors.pop(name, None)
        return given

    def asked_owner(self) -> Person | OutsideOwner:
        """Whom to ask, once the form is valid."""
        given = self.cleaned_data
        if given["owner"] != OUTSIDE:
            return self.team[given["owner"]]
        return OutsideOwner(given["owner_name"], given["owner_email"], given["owner_language"])
