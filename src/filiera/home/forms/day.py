"""What the desk of a day says, and the clocks it lets run."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.models import Edition, Room
from filiera.home.queries.circles import Circle
from filiera.shared.time import at_zone, parse_zone
from filiera.texts.languages import translated


class BroadcastForm(forms.Form):
    """A message, to whom, and how long it stands at the head of pages."""

    to = forms.ChoiceField(label=gettext_lazy("To"))
    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Shown for, in minutes"), min_value=1, max_value=600, initial=30
    )

    def __init__(self, *args: Any, circles: Sequence[Circle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circles = {circle.key: circle for circle in circles}
        field: Any = self.fields["to"]
        field.choices = [(circle.key, circle.label) for circle in circles]

    @property
    def circle(self) -> Circle:
        return self.circles[self.cleaned_data["to"]]


class CountdownForm(forms.Form):
    """How long, where, and what it counts."""

    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=480, initial=20)
    label = forms.CharField(label=gettext_lazy("What for"), max_length=120, required=False)
    room = forms.ModelChoiceField(
        label=gettext_lazy("Screens of"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=gettext_lazy("All rooms"),
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["room"]
        field.queryset = edition.rooms.order_by("position", "pk")
        field.label_from_instance = lambda room: translated(room.name)


class MoreTimeForm(forms.Form):
    minutes = forms.IntegerField(min_value=1, max_value=120)


class HourForm(forms.Form):
    """The hour at which a demonstration stands."""

    hour = forms.TimeField(label=gettext_lazy("It is"), widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        if edition.clock_at is not None:
            kwargs.setdefault("initial", {"hour": f"{at_zone(edition.clock_at, edition.time_zone):%H:%M}"})
        super().__init__(*args, **kwargs)

    def moment(self, edition: Edition) -> datetime:
        """The hour on the day where the demonstration stands. Raises ValueError where it has none."""
        if edition.clock_at is None:
            raise ValueError(_("This edition has no hour of its own."))
        zone = parse_zone(edition.time_zone)
        chosen: time = self.cleaned_data["hour"]
        return datetime.combine(edition.clock_at.astimezone(zone).date(), chosen, zone)
