"""Parts, days, rooms and venues."""

from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.actions.places import PartDetails, RoomDetails, VenueDetails
from filiera.academy.models import Day, Edition, Part, PartMode, Room, Venue
from filiera.reference.models import Country
from filiera.shared.errors import DomainError
from filiera.shared.time import parse_zone, zone_names
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import translated

from .sessions import DayChoiceField, LocalTimeMixin

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
else:
    ModelChoice = forms.ModelChoiceField


class CountryField(ModelChoice):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Country"))
        super().__init__(Country.objects.order_by("code"), required=False, **kwargs)

    def label_from_instance(self, country: Any) -> str:
        return translated(country.names)


class ZoneField(forms.CharField):
    """A time zone by its name, with suggestions; an unknown one is told at the field."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Time zone"))
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)
        self.widget = forms.Select(choices=[(name, name.replace("_", " ")) for name in zone_names()])

    def clean(self, value: Any) -> str:
        name: str = super().clean(value)
        try:
            parse_zone(name)
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error
        return name


def date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})


class PartForm(forms.Form):
    title = TranslatedTextField(label=gettext_lazy("Title"))
    mode = forms.ChoiceField(label=gettext_lazy("How it is held"), choices=PartMode.choices)
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=date_input())
    ends_on = forms.DateField(label=gettext_lazy("Last day"), widget=date_input())
    time_zone = ZoneField()
    opens_at = forms.TimeField(
        label=gettext_lazy("New days open at"), widget=time_input(), initial=time(9, 0), required=False
    )
    closes_at = forms.TimeField(
        label=gettext_lazy("and close at"), widget=time_input(), initial=time(18, 0), required=False
    )
    venue = forms.ModelChoiceField(label=gettext_lazy("Venue"), queryset=Venue.objects.none(), required=False)
    online_url = forms.URLField(
        label=gettext_lazy("Online link"), required=False, max_length=500, assume_scheme="https"
    )
    between = TranslatedTextField(
        label=gettext_lazy("What happens until the next part"), required=False, max_length=300
    )

    def __init__(self, *args: Any, edition: Edition, part: Part | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial_of_part(part) if part else {"time_zone": edition.time_zone})
        super().__init__(*args, **kwargs)
        venue: Any = self.fields["venue"]
        venue.queryset = Venue.objects.filter(edition=edition).order_by("name")

    def details(self) -> PartDetails:
        values = self.cleaned_data
        return PartDetails(
            title=values["title"],
            mode=values["mode"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            time_zone=values["time_zone"],
            venue=values["venue"],
            online_url=values["online_url"],
            between=values["between"],
            opens_at=values["opens_at"] or time(9, 0),
            closes_at=values["closes_at"] or time(18, 0),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The day closes before it opens."))
        return values


def _initial_of_part(part: Part) -> dict[str, Any]:
    return {
        "title": part.title,
        "mode": part.mode,
        "starts_on": part.starts_on,
        "ends_on": part.ends_on,
        "time_zone": part.time_zone,
        "venue": part.venue_id,
        "online_url": part.online_url,
        "between": part.between,
    }


class DayForm(forms.Form):
    opens_at = forms.TimeField(label=gettext_lazy("Opens at"), widget=time_input())
    closes_at = forms.TimeField(label=gettext_lazy("Closes at"), widget=time_input())
    title = TranslatedTextField(label=gettext_lazy("Title of the day"), required=False)

    def __init__(self, *args: Any, day: Day, **kwargs: Any) -> None:
        initial = {"opens_at": day.opens_at, "closes_at": day.closes_at, "title": day.title}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)


class RoomForm(forms.Form):
    name = TranslatedTextField(label=gettext_lazy("Name"))
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"), required=False, min_value=1, max_value=100_000
    )
    venue = forms.ModelChoiceField(label=gettext_lazy("Venue"), queryset=Venue.objects.none(), required=False)
    position = forms.IntegerField(
        label=gettext_lazy("Place in the grid"),
        min_value=0,
        max_value=1000,
        initial=0,
        help_text=gettext_lazy("Smaller numbers come first."),
    )

    def __init__(self, *args: Any, edition: Edition, room: Room | None = None, **kwargs: Any) -> None:
        if room is not None:
            kwargs.setdefault(
                "initial",
                {
                    "name": room.name,
                    "capacity": room.capacity,
                    "venue": room.venue_id,
                    "position": room.position,
                },
            )
        super().__init__(*args, **kwargs)
        venue: Any = self.fields["venue"]
        venue.queryset = Venue.objects.filter(edition=edition).order_by("name")

    def details(self) -> RoomDetails:
        values = self.cleaned_data
        return RoomDetails(
            name=values["name"],
            capacity=values["capacity"],
            venue=values["venue"],
            position=values["position"],
        )


class ClosureForm(LocalTimeMixin):
    """From when to when a room cannot be used, on one day."""

    day = DayChoiceField(label=gettext_lazy("Day"), queryset=Day.objects.none())
    from_time = forms.TimeField(label=gettext_lazy("Closed from"), widget=time_input())
    until_time = forms.TimeField(label=gettext_lazy("until"), widget=time_input())
    reason = LineField(label=gettext_lazy("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["day"]
        day.queryset = Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "pk")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        day = values.get("day")
        if day is not None:
            values["from_at"] = self.moment_of(day, "from_time", "from_reading")
            values["until_at"] = self.moment_of(day, "until_time", "until_reading")
        return values


class VenueForm(forms.Form):
    name = LineField(label=gettext_lazy("Name"), max_length=200)
    address = LineField(label=gettext_lazy("Address"), max_length=300, required=False)
    city = LineField(label=gettext_lazy("City"), max_length=120, required=False)
    country = CountryField()
    latitude = forms.DecimalField(
        label=gettext_lazy("Latitude"),
        required=False,
        min_value=-90,
        max_value=90,
        max_digits=8,
        decimal_places=5,
    )
    longitude = forms.DecimalField(
        label=gettext_lazy("Longitude"),
        required=False,
        min_value=-180,
        max_value=180,
        max_digits=8,
        decimal_places=5,
    )
    access = TranslatedTextField(
        label=gettext_lazy("How to get there, and access without steps"), required=False, max_length=1000
    )

    def __init__(self, *args: Any, venue: Venue | None = None, **kwargs: Any) -> None:
        if venue is not None:
            names = ("name", "address", "city", "country", "latitude", "longitude", "access")
            kwargs.setdefault("initial", {name: getattr(venue, name) for name in names})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and (values.get("latitude") is None) != (values.get("longitude") is None):
            self.add_error("longitude", _("Give both latitude and longitude, or neither."))
        return values

    def details(self) -> VenueDetails:
        return VenueDetails(**self.cleaned_data)
