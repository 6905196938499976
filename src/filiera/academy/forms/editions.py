"""Editions: new ones, copies, what they are called, and publication."""

from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.actions.editions import EditionDetails
from filiera.academy.models import Edition, EditionState, Series
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation
from filiera.texts.forms import TranslatedTextField
from filiera.texts.languages import translated

from .places import ZoneField, date_input

RESERVED_SLUGS = frozenset({"new"})


class EditionForm(forms.Form):
    """What an edition is called and who stands behind it."""

    name = TranslatedTextField(label=gettext_lazy("Name"))
    slug = forms.SlugField(
        label=gettext_lazy("Address"),
        max_length=60,
        help_text=gettext_lazy("The last part of the web address: letters, figures and hyphens."),
    )
    number = forms.IntegerField(label=gettext_lazy("Which edition of the series"), min_value=1, max_value=999)
    time_zone = ZoneField()
    host = forms.ModelChoiceField(
        label=gettext_lazy("Host"), queryset=Organisation.objects.none(), required=False
    )
    headline = TranslatedTextField(label=gettext_lazy("Headline"), required=False)
    summary = TranslatedTextField(label=gettext_lazy("Summary"), rich=True, rows=4, required=False)

    def __init__(self, *args: Any, viewer: Viewer, edition: Edition | None = None, **kwargs: Any) -> None:
        if edition is not None:
            names = ("name", "slug", "number", "time_zone", "host", "headline", "summary")
            kwargs.setdefault("initial", {name: getattr(edition, name) for name in names})
        super().__init__(*args, **kwargs)
        host: Any = self.fields["host"]
        host.queryset = Organisation.objects.visible_to(viewer).order_by("sort_key", "pk")

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in RESERVED_SLUGS:
            raise forms.ValidationError(_("This word is part of another address. Choose a different one."))
        return slug

    def details(self) -> EditionDetails:
        values = self.cleaned_data
        return EditionDetails(
            name=values["name"],
            slug=values["slug"],
            number=values["number"],
            time_zone=values["time_zone"],
            host=values["host"],
            headline=values["headline"],
            summary=values["summary"],
        )


class NewEditionForm(EditionForm):
    """A new edition, and what it starts from."""

    EMPTY, FOUR_DAYS = "empty", "four-days"

    series = forms.ModelChoiceField(
        label=gettext_lazy("Series"),
        queryset=Series.objects.none(),
        required=False,
        empty_label=gettext_lazy("A new series"),
    )
    series_name = TranslatedTextField(
        label=gettext_lazy("Name of the new series"),
        required=False,
        help_text=gettext_lazy("An academy that returns: its editions share this name and an organiser."),
    )
    organiser = forms.ModelChoiceField(
        label=gettext_lazy("Organiser of the new series"),
        queryset=Organisation.objects.none(),
        required=False,
    )
    start = forms.ChoiceField(label=gettext_lazy("Start from"), widget=forms.RadioSelect)
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=date_input())

    field_order = [
        "series",
        "series_name",
        "organiser",
        "name",
        "slug",
        "number",
        "start",
        "first_day",
        "time_zone",
        "host",
    ]

    def __init__(
        self,
        *args: Any,
        viewer: Viewer,
        series: Any,
        organisers: Any,
        sources: list[Edition],
        **kwargs: Any,
    ) -> None:
        self.sources = {str(source.pk): source for source in sources}
        initial = kwargs.setdefault("initial", {})
        initial.setdefault("start", self.FOUR_DAYS)
        initial.setdefault("time_zone", "Europe/Rome")
        initial.setdefault("number", _next_number(series))
        super().__init__(*args, viewer=viewer, **kwargs)
        field: Any = self.fields["series"]
        field.queryset = series
        field.label_from_instance = lambda row: translated(row.name)
        organiser: Any = self.fields["organiser"]
        organiser.queryset = organisers
        if not series.exists():
            del self.fields["series"]
            initial.setdefault("organiser", organisers.first())
            for name in ("series_name", "organiser"):
                self.fields[name].required = True
        start: Any = self.fields["start"]
        start.choices = [
            (self.FOUR_DAYS, _("The four-day academy: two days online, two in person")),
            *(
                (
                    key,
                    _("Template: %(name)s") % {"name": translated(source.name)}
                    if source.is_template
                    else _("A copy of %(name)s") % {"name": translated(source.name)},
                )
                for key, source in self.sources.items()
            ),
            (self.EMPTY, _("Nothing: an empty programme")),
        ]

    @property
    def source(self) -> Edition | None:
        return self.sources.get(self.cleaned_data["start"])

    @property
    def chosen_series(self) -> Series | None:
        """The series that was chosen; none for a new one."""
        found: Series | None = self.cleaned_data.get("series")
        return found

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # A copy belongs to the series of what it is a copy of.
        if self.chosen_series is None and self.cleaned_data.get("start") not in self.sources:
            for name in ("series_name", "organiser"):
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, _("A new series needs this."))
        return cleaned


def _next_number(series: Any) -> int:
    highest = series.aggregate(highest=Max("editions__number"))["highest"]
    return int(highest or 0) + 1


class CopyForm(forms.Form):
    """A copy or a template of an edition."""

    name = TranslatedTextField(label=gettext_lazy("Name"))
    slug = forms.SlugField(label=gettext_lazy("Address"), max_length=60)
    number = forms.IntegerField(label=gettext_lazy("Which edition of the series"), min_value=1, max_value=999)
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=date_input())
    as_template = forms.BooleanField(
        label=gettext_lazy("Keep it as a template: it is not held itself"), required=False
    )

    clean_slug = EditionForm.clean_slug

    def details(self, edition: Edition) -> EditionDetails:
        values = self.cleaned_data
        return EditionDetails(
            name=values["name"],
            slug=values["slug"],
            number=values["number"],
            time_zone=edition.time_zone,
            host=edition.host,
            headline=edition.headline,
            summary=edition.summary,
        )


class StateForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("Who sees it"), choices=EditionState.choices, widget=forms.RadioSelect
    )


class ObjectivesForm(forms.Form):
    """The numbered objectives, with two empty lines for more."""

    MORE = 2

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        present = list(edition.objectives.order_by("number"))
        kwargs.setdefault("initial", {f"objective_{at}": row.text for at, row in enumerate(present, start=1)})
        super().__init__(*args, **kwargs)
        for at in range(1, len(present) + self.MORE + 1):
            self.fields[f"objective_{at}"] = TranslatedTextField(
                label=_("Objective %(number)s") % {"number": at}, required=False, max_length=400
            )

    def texts(self) -> list[dict[str, str]]:
        return [self.cleaned_data[name] for name in self.fields if self.cleaned_data[name]]


class PublicationForm(forms.Form):
    note = TranslatedTextField(
        label=gettext_lazy("What is new, in a sentence"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Visitors read it on the page of changes. May stay empty."),
    )
