"""For whom badges are printed, and how."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.academy.dates import long_day
from filiera.academy.models import Day, Edition
from filiera.admissions.queries.badges import BadgeFilter

WHO = [
    ("participants", _("Participants with a confirmed place")),
    ("speakers", _("Speakers")),
    ("team", _("Team")),
    ("all", _("All of them")),
]


class BadgeForm(forms.Form):
    who = forms.ChoiceField(label=_("For whom"), choices=WHO, required=False)
    day = forms.ModelChoiceField(
        label=_("In person on"),
        queryset=Day.objects.none(),
        required=False,
        empty_label=_("any day"),
    )
    words = forms.CharField(label=_("Name or organisation"), max_length=200, required=False)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["day"]
        day.queryset = Day.objects.filter(part__edition=edition).order_by("date", "pk")
        day.label_from_instance = lambda row: long_day(row.date)

    def wanted(self) -> BadgeFilter:
        """What was asked for; what cannot be read is left out."""
        if not self.is_valid():
            return BadgeFilter()
        values = self.cleaned_data
        return BadgeFilter(who=values["who"] or "participants", day=values["day"], words=values["words"])
