"""The file of a video tool, its columns, and who its names are."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from filiera.admissions.models import PresenceImport
from filiera.admissions.queries.presence_matching import Attendee, Matching
from filiera.shared.tables import MAXIMUM_BYTES

_LABELS = {
    "name": _("Name"),
    "email": _("E-mail address"),
    "join": _("Joined"),
    "leave": _("Left"),
    "minutes": _("Minutes, or duration"),
}


class AttendanceFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("The report of participants of Zoom, Teams or Webex, or any table with names and times."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAXIMUM_BYTES:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        return file


class ColumnsForm(forms.Form):
    """Which column holds what."""

    def __init__(self, *args: Any, presence_import: PresenceImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [(str(at), heading or f"{at + 1}") for at, heading in enumerate(presence_import.headings)]
        for name, label in _LABELS.items():
            held = presence_import.mapping.get(name)
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", _now("no column")), *columns],
                required=name == "name",
                initial="" if held is None else str(held),
            )

    def mapping(self) -> dict[str, int]:
        return {name: int(value) for name, value in self.cleaned_data.items() if value != ""}


class DecisionsForm(forms.Form):
    """For each name that was not found by its address: who it is."""

    def __init__(self, *args: Any, matching: Matching, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        looked_at = (attendee for attendee in matching.attendees if attendee.how != "email")
        # What stops the recording comes first.
        self.attendees = sorted(looked_at, key=lambda attendee: not attendee.is_doubtful)
        for number, attendee in enumerate(self.attendees):
            proposed = dict(attendee.proposals)
            others = [(str(key), label) for key, label in matching.people if key not in proposed]
            choices: list[Any] = [("", _now("choose")), ("0", _now("nobody of this edition"))]
            if proposed:
                alike = [(str(key), label) for key, label in attendee.proposals]
                choices.append((_now("Alike"), alike))
            choices.append((_now("All participants"), others))
            self.fields[f"name-{number}"] = forms.ChoiceField(
                label=_now("Who is %(name)s") % {"name": attendee.name},
                choices=choices,
                required=False,
                initial=_initial(attendee),
                widget=forms.Select(attrs={"data-search": _now("Type to search")}),
            )

    def rows(self) -> Iterator[tuple[Attendee, BoundField]]:
        for number, attendee in enumerate(self.attendees):
            yield attendee, self[f"name-{number}"]

    def decisions(self) -> dict[str, int]:
        chosen = {}
        for number, attendee in enumerate(self.attendees):
            value = self.cleaned_data.get(f"name-{number}", "")
            if value != "" and value != _initial(attendee):
                chosen[attendee.key] = int(value)
        return chosen


def _initial(attendee: Attendee) -> str:
    if attendee.is_doubtful:
        return ""
    return str(attendee.participation or 0)
