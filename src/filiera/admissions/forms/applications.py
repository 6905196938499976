"""The steps of an application as forms; each answers what `steps` keeps of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Application, Gender, Maturity
from filiera.admissions.queries.applications import organisations_like, organisations_of_person
from filiera.admissions.steps import (
    ApplyingOrganisation,
    Candidate,
    Challenge,
    Contact,
    Dates,
    Offer,
    Profile,
    StepName,
    StepValues,
    Venue,
    kept_in,
)
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.organisations.queries import possible_duplicates
from filiera.texts.forms import LineField, validate_characters

from .fields import country_field, ecosystem_field, language_choices, sort_choices

LONGEST_TEXT = 4_000


class LongTextField(forms.CharField):
    """Some sentences of plain text."""

    default_validators = [validate_characters]

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class OrganisationForm(forms.Form):
    """In whose name: an organisation of one's own, one of the directory, or a new name.

    `choices` are what the page offers; what was searched for joins them.
    """

    NEW = "new"

    organisation = forms.CharField(max_length=20, required=False)
    find = LineField(label=gettext_lazy("Search in the directory"), required=False, max_length=200)
    organisation_name = LineField(
        label=gettext_lazy("Name of the organisation"), required=False, max_length=200
    )
    organisation_kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), required=False, choices=OrganisationKind.choices
    )
    is_another = forms.BooleanField(
        label=gettext_lazy("It is another organisation than those found"), required=False
    )
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        viewer: Viewer,
        at: datetime,
        application: Application | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.viewer, self.at = viewer, at
        self.own = organisations_of_person(viewer, at)
        self.chosen: Organisation | None = None
        start = dict(initial or {})
        if application is not None:
            self.chosen = application.organisation
            start |= {
                "organisation": str(application.organisation_id or self.NEW),
                "organisation_name": application.organisation_name,
                "organisation_kind": application.organisation_kind,
            }
        elif len(self.own) == 1:
            start["organisation"] = str(self.own[0].pk)
        super().__init__(data, initial=start)
        text = self["find"].value() or ""
        self.found = organisations_like(viewer, text, at) if text else []
        self.has_searched = bool(text)

    @property
    def marked(self) -> str:
        return str(self["organisation"].value() or "")

    @property
    def offered(self) -> list[Organisation]:
        """Own ones, and the one that stands there already."""
        own = list(self.own)
        if self.chosen is not None and self.chosen not in own:
            own.append(self.chosen)
        return own

    @property
    def found_besides(self) -> list[Organisation]:
        return [organisation for organisation in self.found if organisation not in self.offered]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        marked = values.get("organisation", "")
        if marked == self.NEW or (not marked and values.get("organisation_name")):
            self.chosen = None
            self._check_new(values)
        elif marked.isdecimal() and len(marked) < 19:
            visible = Organisation.objects.visible_to(self.viewer).select_related("country")
            self.chosen = visible.filter(pk=int(marked)).first()
        if self.chosen is None and marked != self.NEW and not values.get("organisation_name"):
            self.add_error("organisation", _("Choose in whose name you apply."))
        return values

    def values(self) -> ApplyingOrganisation:
        if self.chosen is not None:
            return ApplyingOrganisation(organisation=self.chosen, organisation_kind=self.chosen.kind)
        return ApplyingOrganisation(
            organisation_name=self.cleaned_data["organisation_name"],
            organisation_kind=self.cleaned_data["organisation_kind"],
        )

    def _check_new(self, values: dict[str, Any]) -> None:
        name = values.get("organisation_name", "")
        if not name:
            self.add_error("organisation_name", _("Write the name of the organisation."))
            return
        alike = possible_duplicates(self.viewer, name=name)
        if alike and not values.get("is_another"):
            self.found = [duplicate.organisation for duplicate in alike]
            self.has_searched = True
            self.add_error(
                "organisation_name",
                _("The directory has a similar name. Choose it above, or say below that it is another."),
            )


class StepForm(forms.Form):
    """One step. As a draft nothing is required, so that a half-filled step can be kept."""

    kept: type[StepValues]

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        application: Application,
        viewer: Viewer,
        is_draft: bool = False,
    ) -> None:
        self.application, self.viewer = application, viewer
        super().__init__(data, initial=self.stored())
        if is_draft:
            for field in self.fields.values():
                field.required = False

    def stored(self) -> dict[str, Any]:
        row = kept_in(self.application, self.kept)
        return {name: getattr(row, name) for name in self.base_fields if hasattr(row, name)}

    def values(self) -> StepValues:
        return self.kept(**self.cleaned_data)


class CandidateForm(StepForm):
    kept = Candidate
    ME, OTHER, LATER = "me", "other", "later"

    # Who decides later leaves the others empty, and the browser has to let them.
    use_required_attribute = False

    who = forms.ChoiceField(label=gettext_lazy("Whom do you send?"), widget=forms.RadioSelect)
    candidate_name = LineField(label=gettext_lazy("Name"), max_length=200)
    candidate_email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("Decisions are sent to you and to this address."),
    )
    candidate_position = LineField(label=gettext_lazy("Position"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = self.fields["who"]
        who.choices = [
            (self.ME, _("I come myself")),
            (self.OTHER, _("Somebody else")),
            (self.LATER, _("We decide later")),
        ]

    def stored(self) -> dict[str, Any]:
        stored, person = super().stored(), self.viewer.person
        application = self.application
        if application.candidate_id is not None and application.candidate_id == self.viewer.person_id:
            return {**stored, "who": self.ME}
        if application.candidate_name:
            return {**stored, "who": self.OTHER}
        is_new = application.changed_at == application.created_at
        if is_new and person is not None:
            return {"who": self.ME, "candidate_name": person.name, "candidate_email": person.email}
        return {**stored, "who": self.LATER}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        who, person = values.get("who"), self.viewer.person
        if who == self.LATER:
            # What was typed for a person who is not named after all is nobody's data.
            for name in ("candidate_name", "candidate_email", "candidate_position"):
                self.errors.pop(name, None)
                values[name] = ""
        elif who == self.ME and person is not None:
            values["candidate_email"] = person.email
            self.errors.pop("candidate_email", None)
        return values

    def values(self) -> Candidate:
        values = {name: value for name, value in self.cleaned_data.items() if name != "who"}
        is_me = self.cleaned_data["who"] == self.ME
        return Candidate(candidate=self.viewer.person if is_me else None, **values)


class ProfileForm(StepForm):
    kept = Profile

    country = country_field()
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages the candidate works in"),
        widget=forms.SelectMultiple(attrs={"data-search": gettext_lazy("Type to search")}),
    )
    ecosystem = ecosystem_field(
        required=False, help_text=gettext_lazy("The one that says most about the organisation's members.")
    )
    maturity = forms.ChoiceField(
        label=gettext_lazy("How long is the organisation at work?"), widget=forms.RadioSelect
    )
    is_returning = forms.ChoiceField(
        label=gettext_lazy("Has the organisation taken part in an earlier edition?"),
        choices=[("no", gettext_lazy("No, this is new for us")), ("yes", gettext_lazy("Yes"))],
        widget=forms.RadioSelect,
    )
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender of the candidate"),
        required=False,
        help_text=gettext_lazy("Only so that the group is balanced; leave it open if you prefer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sort_choices(self, "country")
        languages: Any = self.fields["languages"]
        languages.choices = language_choices()
        maturity: Any = self.fields["maturity"]
        maturity.choices = [
            (Maturity.EMERGING, _("Emerging: under three years, still finding its members and services")),
            (Maturity.ESTABLISHED, _("Established: members, a team and services that run")),
            (Maturity.MATURE, _("Mature: more than ten years, projects across borders")),
        ]
        gender: Any = self.fields["gender"]
        gender.choices = [("", _("Not said")), *Gender.choices]

    def stored(self) -> dict[str, Any]:
        stored = super().stored()
        return {**stored, "is_returning": "yes" if stored["is_returning"] else "no"}

    def clean_is_returning(self) -> bool:
        return bool(self.cleaned_data["is_returning"] == "yes")


class ChallengeForm(StepForm):
    kept = Challenge

    challenge_title = LineField(
        label=gettext_lazy("What you bring, in one line"),
        max_length=200,
        help_text=gettext_lazy("A question of your cluster that you want to work on with others."),
    )
    challenge = LongTextField(
        label=gettext_lazy("Tell it in some sentences"),
        rows=9,
        help_text=gettext_lazy(
            "What happens now, what you have tried, what would be different if it were solved. "
            "Groups and meetings are formed by it."
        ),
    )


class ContactForm(StepForm):
    kept = Contact

    candidate_name = LineField(label=gettext_lazy("Name"), max_length=200)
    candidate_email = forms.EmailField(label=gettext_lazy("E-mail address"))
    candidate_position = LineField(label=gettext_lazy("Position"), required=False, max_length=200)
    country = country_field(label=gettext_lazy("Country in which you would host"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sort_choices(self, "country")

    def stored(self) -> dict[str, Any]:
        stored, person = super().stored(), self.viewer.person
        if not stored["candidate_name"] and not stored["candidate_email"] and person is not None:
            stored |= {"candidate_name": person.name, "candidate_email": person.email}
        return stored


class VenueForm(StepForm):
    kept = Venue

    venue_name = LineField(label=gettext_lazy("Venue"), max_length=200)
    address = LineField(label=gettext_lazy("Address"), required=False, max_length=300)
    city = LineField(label=gettext_lazy("City"), max_length=120)
    rooms = LongTextField(
        label=gettext_lazy("Rooms"),
        rows=5,
        help_text=gettext_lazy("One a line: name, places, how it can be furnished."),
    )
    seats = forms.IntegerField(
        label=gettext_lazy("Places in the largest room"), min_value=1, max_value=20_000
    )
    has_step_free_access = forms.BooleanField(
        label=gettext_lazy("All rooms can be reached without steps"), required=False
    )


class DatesForm(StepForm):
    kept = Dates

    first_day = forms.DateField(
        label=gettext_lazy("First possible day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last possible day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    dates_note = LongTextField(
        label=gettext_lazy("Anything to know about dates"),
        required=False,
        rows=4,
        help_text=gettext_lazy("Days that are impossible, fairs in town, holidays."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first: date | None = values.get("first_day")
        last: date | None = values.get("last_day")
        if first is not None and last is not None and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return values


class OfferForm(StepForm):
    kept = Offer

    offer = LongTextField(
        label=gettext_lazy("What do you offer?"),
        rows=9,
        help_text=gettext_lazy(
            "Companies and laboratories to visit, help on the spot, catering, a dinner; what you ask for it."
        ),
    )


STEP_FORMS: dict[StepName, type[StepForm]] = {
    StepName.CANDIDATE: CandidateForm,
    StepName.PROFILE: ProfileForm,
    StepName.CHALLENGE: ChallengeForm,
    StepName.CONTACT: ContactForm,
    StepName.VENUE: VenueForm,
    StepName.DATES: DatesForm,
    StepName.OFFER: OfferForm,
}
