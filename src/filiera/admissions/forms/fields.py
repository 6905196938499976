"""Fields that several forms of this room have."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.reference.models import Country, Ecosystem, Language
from filiera.shared.errors import DomainError
from filiera.shared.time import around_the_gap, at_zone, parse_zone, readings, zone_names
from filiera.texts.forms import WRITING_LANGUAGES
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
else:
    ModelChoice = forms.ModelChoiceField


class NamedRowField(ModelChoice):
    """A choice among reference rows, called by their name in the page's language and sorted by it."""

    def __init__(self, rows: Any, *, nothing: Any, **kwargs: Any) -> None:
        super().__init__(rows, empty_label=nothing, **kwargs)

    def label_from_instance(self, row: Any) -> str:
        return translated(row.names)

    def in_order(self) -> list[tuple[Any, str]]:
        rows: list[Any] = sorted(self.queryset or (), key=lambda row: sort_key(translated(row.names)))
        return [("", str(self.empty_label)), *((row.pk, translated(row.names)) for row in rows)]


def country_field(**kwargs: Any) -> NamedRowField:
    kwargs.setdefault("label", gettext_lazy("Country"))
    widget = forms.Select(attrs={"data-search": gettext_lazy("Type to search")})
    return NamedRowField(
        Country.objects.all(), nothing=gettext_lazy("Choose a country"), widget=widget, **kwargs
    )


def ecosystem_field(**kwargs: Any) -> NamedRowField:
    kwargs.setdefault("label", gettext_lazy("Industrial ecosystem"))
    rows = Ecosystem.objects.order_by("position")
    return NamedRowField(rows, nothing=gettext_lazy("Choose an ecosystem"), **kwargs)


def sort_choices(form: forms.Form, *names: str) -> None:
    """Put the rows of these fields into the order of the page's language."""
    for name in names:
        field: Any = form.fields[name]
        field.choices = field.in_order()


def language_choices() -> list[tuple[str, str]]:
    """The languages of Europe, in the page's language and its order."""
    rows = Language.objects.filter(code__in=WRITING_LANGUAGES)
    return sorted(((row.code, translated(row.names)) for row in rows), key=lambda choice: sort_key(choice[1]))


class ZoneField(forms.CharField):
    """A time zone by its name; an unknown one is told at the field."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Time zone"))
        super().__init__(max_length=60, **kwargs)
        self.widget = forms.Select(
            choices=[(name, name.replace("_", " ")) for name in zone_names()],
            attrs={"data-search": gettext_lazy("Type to search")},
        )

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        try:
            parse_zone(name)
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        return name


class LocalMomentField(forms.Field):
    """Day and time as clocks show them; the form says on whose clocks, see `moment_on_clocks`."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": 300})

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=None, second=0, microsecond=0)
        except ValueError:
            raise forms.ValidationError(
                _("This is not a day and time. Write it as 2027-03-31 18:00."), code="invalid"
            ) from None


def moment_on_clocks(form: forms.Form, name: str, zone: str) -> datetime | None:
    """The moment that a field means in a zone; of the hours in which clocks change none is guessed."""
    local: datetime | None = form.cleaned_data.get(name)
    if local is None:
        return None
    found = readings(local.date(), local.time(), zone)
    if len(found) == 1:
        return found[0]
    if found:
        form.add_error(
            name, _("Clocks go back on this day and this time comes twice. Choose a time outside that hour.")
        )
        return None
    before, after = around_the_gap(local.date(), local.time(), zone)
    form.add_error(
        name,
        _("Clocks go forward on this day, so this time does not exist. Choose %(before)s or %(after)s.")
        % {
            "before": at_zone(before, zone).strftime("%H:%M"),
            "after": at_zone(after, zone).strftime("%H:%M"),
        },
    )
    return None


def on_clocks(moment: datetime | None, zone: str) -> datetime | None:
    """What a field shows of a moment."""
    return at_zone(moment, zone).replace(tzinfo=None) if moment is not None else None
