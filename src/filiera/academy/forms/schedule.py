"""What a reader may ask of a schedule: which sessions, in which view, on which clocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiera.academy.dates import short_day
from filiera.academy.joined import TIMELINE, VIEWS
from filiera.academy.models import SessionKind
from filiera.academy.page_cache import kept
from filiera.academy.queries.published import Item, Programme, day_of
from filiera.academy.templatetags.academy import language_label, zone_named
from filiera.shared.errors import DomainError
from filiera.shared.time import parse_zone
from filiera.texts.forms import LineField
from filiera.texts.languages import translated

# One zone for each clock in use among the people who come; any other may be asked for by its name.
OFFERED_ZONES = (
    "Atlantic/Azores", "Atlantic/Reykjavik", "Europe/Lisbon", "Europe/London", "Europe/Dublin",
    "Europe/Brussels", "Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Berlin", "Europe/Warsaw",
    "Europe/Stockholm", "Europe/Athens", "Europe/Bucharest", "Europe/Helsinki", "Europe/Kyiv",
    "Europe/Istanbul", "Africa/Tunis", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney", "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Los_Angeles",
    "UTC",
)  # fmt: skip

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked, with everything unknown left out."""

    view: str = TIMELINE
    day: str = ""
    kind: str = ""
    room: str = ""
    speaker: str = ""
    objective: str = ""
    language: str = ""
    q: str = ""
    zone: str = ""
    mine: bool = False

    @property
    def narrows(self) -> bool:
        return any(
            (self.day, self.kind, self.room, self.speaker, self.objective, self.language, self.q, self.mine)
        )

    def admits(self, item: Item) -> bool:
        """Whether a session belongs to what was asked, as far as the session alone can tell."""
        return (
            (not self.day or day_of(item, self.zone) == self.day)
            and (not self.kind or item.kind == self.kind)
            and (not self.room or item.room == self.room)
            and (not self.speaker or self.speaker in item.speakers)
            and (not self.objective or int(self.objective) in item.objectives)
            and (not self.language or self.language in item.languages)
        )

    def as_query(self, **changed: str) -> str:
        """The address of the same schedule with something else chosen."""
        values = {
            "view": "" if self.view == TIMELINE else self.view,
            "day": self.day,
            "kind": self.kind,
            "room": self.room,
            "speaker": self.speaker,
            "objective": self.objective,
            "language": self.language,
            "q": self.q,
            "zone": self.zone,
            "mine": "1" if self.mine else "",
        } | changed
        query = QueryDict(mutable=True)
        query.update({key: value for key, value in values.items() if value})
        return f"?{query.urlencode()}"


class ScheduleForm(forms.Form):
    """Reads the address; a value that the programme does not know is named, and otherwise ignored."""

    view = forms.ChoiceField(required=False, choices=[(view, view) for view in VIEWS])
    day = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False)
    room = forms.ChoiceField(required=False)
    speaker = forms.ChoiceField(required=False)
    objective = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False)
    q = LineField(required=False, max_length=100)
    zone = forms.CharField(required=False, max_length=60)
    mine = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict, *, programme: Programme) -> None:
        super().__init__(data)
        offered = offered_options(programme)
        for name in ("day", "kind", "room", "speaker", "objective", "language"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered[name]

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if not zone:
            return ""
        try:
            return parse_zone(zone).key
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error

    def chosen(self) -> Choice:
        self.is_valid()
        values: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        return Choice(**values)


def offered_options(programme: Programme) -> dict[str, Options]:
    """For each filter the values that occur in the programme, with the words for them."""
    items, frame = programme.items, programme.frame
    kinds = {item.kind for item in items}
    rooms = {item.room for item in items}
    objectives = {number for item in items for number in item.objectives}
    languages = sorted({language for item in items for language in item.languages})
    days = dict.fromkeys(day_of(item) for item in items)
    return {
        "day": [(day, short_day(date.fromisoformat(day))) for day in days],
        "kind": [(kind.value, str(kind.label)) for kind in SessionKind if kind in kinds],
        "room": [
            (room["slug"], translated(room["name"])) for room in frame["rooms"] if room["slug"] in rooms
        ],
        "speaker": list(programme.speakers),
        "objective": [
            (str(objective["number"]), f"{objective['number']}. {translated(objective['text'])}")
            for objective in frame["objectives"]
            if objective["number"] in objectives
        ],
        "language": [(code, language_label(code)) for code in languages],
    }


def select(
    name: str, label: str, everything: str, options: Iterable[tuple[str, str]], chosen: str
) -> SafeString:
    """A select written at once: a form widget would take longer for its options than the whole schedule."""
    written = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    return mark_safe(
        f'<div class="field"><label for="f-{name}">{escape(label)}</label>'
        f'<select name="{name}" id="f-{name}"><option value="">{escape(everything)}</option>{written}'
        "</select></div>"
    )


def filter_selects(programme: Programme, choice: Choice) -> SafeString:
    """The filters that can narrow this programme; one with a single value would be no choice."""
    if choice.narrows:
        return _written_selects(programme, choice)
    key = ("filters", programme.version_id, get_language())
    written = kept.get(key)
    if not isinstance(written, SafeString):
        written = _written_selects(programme, choice)
        kept.put(key, written, len(written))
    return written


def _written_selects(programme: Programme, choice: Choice) -> SafeString:
    words = {
        "day": (_("Day"), _("All days")),
        "kind": (_("Kind"), _("All kinds")),
        "room": (_("Room"), _("All rooms")),
        "speaker": (_("Speaker"), _("All speakers")),
        "objective": (_("Objective"), _("All objectives")),
        "language": (_("Language of the session"), _("All languages")),
    }
    offered = offered_options(programme)
    return mark_safe(
        "".join(
            select(name, label, everything, offered[name], getattr(choice, name))
            for name, (label, everything) in words.items()
            if len(offered[name]) > 1
        )
    )


def zone_select(programme: Programme, choice: Choice, own: str) -> SafeString:
    """Whose clocks: the venue's, the reader's own, another's."""
    first = programme.items[0].start if programme.items else programme.published_at
    names = list(dict.fromkeys([*([own] if own else []), *OFFERED_ZONES]))
    if choice.zone and choice.zone not in names:
        names.insert(0, choice.zone)
    options = [(name, zone_named(name, first)) for name in names]
    return select("zone", _("Clocks of"), _("The venue"), options, choice.zone)
