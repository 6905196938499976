"""People of an edition as its desk writes them down and looks for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.academy.dates import short_day
from filiera.academy.models import Day
from filiera.accounts.viewer import Viewer
from filiera.admissions.actions.participations import PlaceDetails
from filiera.admissions.models import AttendanceMode, Participation, ParticipationState
from filiera.admissions.queries.days import OwnDay
from filiera.admissions.queries.participants import NOT_SAID, Asked
from filiera.organisations.models import Organisation
from filiera.texts.forms import LineField, language_name
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages

from .fields import country_field, ecosystem_field, sort_choices

_KNOWN = (
    "name",
    "email",
    "position",
    "organisation",
    "organisation_name",
    "country",
    "ecosystem",
    "language",
)


class ParticipantForm(forms.Form):
    name = LineField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("The link to the place, and all mails about it, go to this address."),
    )
    position = LineField(label=_("Role there"), required=False, max_length=200)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Not in the directory, or none"),
        widget=forms.Select(attrs={"data-search": _("Type to search")}),
    )
    organisation_name = LineField(
        label=_("Organisation, if it is not in the directory"), required=False, max_length=200
    )
    country = country_field(required=False)
    ecosystem = ecosystem_field(required=False)
    language = forms.ChoiceField(label=_("Language of the mails"))

    def __init__(
        self, *args: Any, viewer: Viewer, participation: Participation | None = None, **kwargs: Any
    ) -> None:
        if participation is not None:
            kwargs.setdefault("initial", {name: getattr(participation, name) for name in _KNOWN})
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.visible_to(viewer).order_by("sort_key", "pk")
        language: Any = self.fields["language"]
        language.choices = [(code, language_name(code)) for code in page_languages()]
        language.initial = DEFAULT_LANGUAGE
        sort_choices(self, "country", "ecosystem")

    def details(self) -> PlaceDetails:
        return PlaceDetails(**{name: self.cleaned_data[name] for name in _KNOWN})


class NewParticipantForm(ParticipantForm):
    HOW_OFFERED, HOW_CONFIRMED, HOW_LATER = "offer", "confirmed", "later"

    how = forms.ChoiceField(
        label=_("Where the place stands"),
        widget=forms.RadioSelect,
        initial="offer",
        choices=[
            ("offer", _("Offer it now: a mail with the link to confirm goes out")),
            ("confirmed", _("Confirmed already: no mail goes out")),
            ("later", _("Selected, and told later")),
        ],
    )


class ParticipantFilterForm(forms.Form):
    """How the list is narrowed; what does not fit is left out, because an old link must still open it."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(label=_("Place"), required=False)
    registered = forms.ChoiceField(
        label=_("Registration"),
        required=False,
        choices=[("", _("All")), ("yes", _("Complete")), ("no", _("Not complete"))],
    )
    day = forms.TypedChoiceField(label=_("Day"), required=False, coerce=int, empty_value=None)
    mode = forms.ChoiceField(
        label=_("Attends"),
        required=False,
        choices=[("", _("In any way")), *AttendanceMode.choices, (NOT_SAID, _("Not said"))],
    )

    def __init__(self, *args: Any, days: list[Day], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state: Any = self.fields["state"]
        state.choices = [("", _("All")), *ParticipationState.choices]
        day: Any = self.fields["day"]
        day.choices = [("", _("Any day")), *((day.pk, short_day(day.date)) for day in days)]

    def asked(self) -> Asked:
        self.is_valid()
        told = self.cleaned_data
        return Asked(
            text=told.get("q", "").replace("\x00", ""),
            state=told.get("state", ""),
            registered=told.get("registered", ""),
            day=told.get("day"),
            mode=told.get("mode", ""),
        )


class AttendanceForm(forms.Form):
    """One row for each day; only what is chosen is said."""

    def __init__(self, *args: Any, days: list[OwnDay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days
        for own in days:
            self.fields[f"day_{own.day.pk}"] = forms.ChoiceField(
                label=short_day(own.day.date),
                choices=AttendanceMode.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=own.mode or own.usual,
            )

    def rows(self) -> list[tuple[OwnDay, forms.BoundField]]:
        return [(own, self[f"day_{own.day.pk}"]) for own in self.days]

    def modes(self) -> dict[int, str]:
        chosen = {own.day.pk: self.cleaned_data[f"day_{own.day.pk}"] for own in self.days}
        return {key: mode for key, mode in chosen.items() if mode}
