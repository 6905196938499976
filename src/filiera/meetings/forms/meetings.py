"""What people and organisers enter about meetings of two."""

from collections.abc import Sequence
from datetime import time
from itertools import groupby
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filiera.academy.dates import short_day
from filiera.academy.models import Day, Edition, Room, Session
from filiera.meetings.actions.rounds import RoundRules
from filiera.meetings.models import (
    Attendee,
    MeetingRound,
    MeetingSlot,
    Outcome,
    Presence,
    Priority,
    RoundScope,
    TableKind,
    WhoAccepts,
    WhoSchedules,
)
from filiera.shared.errors import DomainError
from filiera.shared.time import at_zone, local_moment, parse_zone
from filiera.texts.forms import LineField, TranslatedTextField, validate_characters
from filiera.texts.languages import translated


class RulesForm(forms.Form):
    title = TranslatedTextField(label=gettext_lazy("Title"))
    scope = forms.ChoiceField(label=gettext_lazy("For"), choices=RoundScope.choices)
    session = forms.ChoiceField(
        label=gettext_lazy("Session"),
        required=False,
        help_text=gettext_lazy("Only where the meetings are held in one session."),
    )
    who_accepts = forms.ChoiceField(
        label=gettext_lazy("Who accepts a wish"), choices=WhoAccepts.choices, widget=forms.RadioSelect
    )
    who_schedules = forms.ChoiceField(
        label=gettext_lazy("Who schedules"), choices=WhoSchedules.choices, widget=forms.RadioSelect
    )
    most_meetings = forms.IntegerField(
        label=gettext_lazy("Most meetings for one person"), min_value=1, max_value=100, initial=8
    )
    answer_within_h = forms.IntegerField(
        label=gettext_lazy("Hours to answer a wish"),
        required=False,
        min_value=1,
        max_value=2000,
        help_text=gettext_lazy("After them a wish expires. Leave empty for no end."),
    )
    freezes_on = forms.DateField(
        label=gettext_lazy("Wishes and times stay as they are from"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    freezes_time = forms.TimeField(
        label=pgettext_lazy("time of day", "At"),
        required=False,
        initial=time(18, 0),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(
        self, *args: Any, edition: Edition, round_: MeetingRound | None = None, **kwargs: Any
    ) -> None:
        self.edition = edition
        initial: dict[str, Any] = {
            "who_accepts": WhoAccepts.ORGANISER,
            "who_schedules": WhoSchedules.SOLVER,
        }
        if round_ is not None:
            initial = _rules_of(round_, edition)
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        sessions = Session.objects.filter(edition=edition, during__isnull=False).order_by("during", "pk")
        field: Any = self.fields["session"]
        field.choices = [
            ("", _("None")),
            *((str(session.pk), translated(session.title)) for session in sessions),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["freezes_at"] = None
        if values.get("freezes_on"):
            try:
                values["freezes_at"] = local_moment(
                    values["freezes_on"],
                    values.get("freezes_time") or time(18, 0),
                    parse_zone(self.edition.time_zone),
                )
            except DomainError as error:
                self.add_error("freezes_time", str(error))
        return values

    def rules(self) -> RoundRules:
        values = self.cleaned_data
        return RoundRules(
            title=values["title"],
            scope=values["scope"],
            session=Session.objects.get(pk=values["session"]) if values["session"] else None,
            who_accepts=values["who_accepts"],
            who_schedules=values["who_schedules"],
            freezes_at=values["freezes_at"],
            answer_within_h=values["answer_within_h"],
            most_meetings=values["most_meetings"],
        )


def _rules_of(round_: MeetingRound, edition: Edition) -> dict[str, Any]:
    names = ("title", "scope", "who_accepts", "who_schedules", "most_meetings", "answer_within_h")
    frozen = at_zone(round_.freezes_at, edition.time_zone) if round_.freezes_at else None
    return {
        **{name: getattr(round_, name) for name in names},
        "session": str(round_.session_id or ""),
        "freezes_on": frozen.date() if frozen else None,
        "freezes_time": frozen.time() if frozen else time(18, 0),
    }


class SlotsForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    begins = forms.TimeField(
        label=pgettext_lazy("time of day", "From"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    until = forms.TimeField(
        label=pgettext_lazy("time of day", "Until"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes for a meeting"), min_value=5, max_value=240, initial=20
    )
    pause_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes between two"), min_value=0, max_value=120, initial=0
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        self.edition = edition
        first = Day.objects.filter(part__edition=edition).order_by("-date").first()
        kwargs.setdefault("initial", {"day": first.date} if first else {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        zone = parse_zone(self.edition.time_zone)
        for name, clock in (("starts_at", "begins"), ("ends_at", "until")):
            if values.get("day") and values.get(clock) is not None:
                try:
                    values[name] = local_moment(values["day"], values[clock], zone)
                except DomainError as error:
                    self.add_error(clock, str(error))
        return values


class TablesForm(forms.Form):
    tables = forms.IntegerField(label=gettext_lazy("Number of tables"), min_value=0, max_value=200)
    room = forms.ChoiceField(label=gettext_lazy("Room"), required=False)
    links = forms.CharField(
        label=gettext_lazy("Video links"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[validate_characters],
        help_text=gettext_lazy("One on each line; each holds one meeting at a time."),
    )

    def __init__(self, *args: Any, round_: MeetingRound, **kwargs: Any) -> None:
        tables = list(round_.tables.order_by("number"))
        at_tables = [table for table in tables if table.kind == TableKind.TABLE]
        kwargs.setdefault(
            "initial",
            {
                "tables": len(at_tables),
                "room": str(at_tables[0].room_id or "") if at_tables else "",
                "links": "\n".join(table.url for table in tables if table.kind == TableKind.LINK),
            },
        )
        super().__init__(*args, **kwargs)
        self.rooms = {str(room.pk): room for room in Room.objects.filter(edition=round_.edition)}
        field: Any = self.fields["room"]
        field.choices = [
            ("", _("No room")),
            *((key, translated(room.name)) for key, room in self.rooms.items()),
        ]

    def clean_links(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines()]
        links = [line for line in lines if line]
        for link in links:
            URLValidator(schemes=["https", "http"])(link)
        return links

    def chosen_room(self) -> Room | None:
        return self.rooms.get(self.cleaned_data["room"])


class ProfileForm(forms.Form):
    """What somebody brings to a round."""

    offers = forms.CharField(
        label=gettext_lazy("What I offer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
        help_text=gettext_lazy("Knowledge, laboratories, partners, a market. The others read it."),
    )
    needs = forms.CharField(
        label=gettext_lazy("What I need"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
    )
    most = forms.IntegerField(
        label=gettext_lazy("At most so many meetings"), required=False, min_value=1, max_value=100
    )

    def __init__(self, *args: Any, attendee: Attendee | None, **kwargs: Any) -> None:
        if attendee is not None:
            names = ("offers", "needs", "most")
            kwargs.setdefault("initial", {name: getattr(attendee, name) for name in names})
        super().__init__(*args, **kwargs)


class WishForm(forms.Form):
    priority = forms.TypedChoiceField(
        label=gettext_lazy("How much"),
        choices=[(choice.value, choice.label) for choice in reversed(Priority)],
        coerce=int,
        initial=Priority.WANTED,
        widget=forms.RadioSelect,
    )
    why = LineField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The other reads it, and so do the organisers."),
    )


class PresenceForm(forms.Form):
    """One choice for each slot; what follows from the day is chosen already."""

    def __init__(
        self,
        *args: Any,
        slots: Sequence[MeetingSlot],
        presences: dict[int, Presence],
        zone: str,
        closed: frozenset[int] = frozenset(),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.days: list[tuple[str, list[str]]] = []

        def day_of(slot: MeetingSlot) -> Any:
            return at_zone(slot.starts_at, zone).date()

        for day, of_day in groupby(slots, key=day_of):
            names = []
            for slot in of_day:
                name = f"slot-{slot.pk}"
                times = (at_zone(moment, zone) for moment in (slot.starts_at, slot.ends_at))
                self.fields[name] = forms.ChoiceField(
                    label="–".join(f"{moment:%H:%M}" for moment in times),
                    choices=Presence.choices,
                    initial=presences[slot.pk],
                    disabled=slot.pk in closed,
                )
                names.append(name)
            self.days.append((short_day(day), names))

    @property
    def bound_days(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(day, [self[name] for name in names]) for day, names in self.days]

    def presences(self) -> dict[int, str]:
        return {
            int(name.removeprefix("slot-")): value
            for name, value in self.cleaned_data.items()
            if not self.fields[name].disabled
        }


class SlotChoiceForm(forms.Form):
    """One of the slots in which both could meet."""

    slot = forms.ChoiceField(label=gettext_lazy("Time"))

    def __init__(
        self, *args: Any, slots: Sequence[MeetingSlot], zone: str, label: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.choices = [(str(slot.pk), slot_words(slot, zone)) for slot in slots]
        if label:
            field.label = label
        self.slots = {str(slot.pk): slot for slot in slots}

    def chosen(self) -> MeetingSlot:
        return self.slots[self.cleaned_data["slot"]]


class PairForm(forms.Form):
    """Two people whom the organiser brings together by hand."""

    one = forms.ChoiceField(label=gettext_lazy("Who"))
    other = forms.ChoiceField(label=gettext_lazy("With whom"))
    slot = forms.ChoiceField(label=gettext_lazy("Time"))

    def __init__(
        self,
        *args: Any,
        attendees: Sequence[Attendee],
        slots: Sequence[MeetingSlot],
        zone: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.attendees = {str(attendee.pk): attendee for attendee in attendees}
        self.slots = {str(slot.pk): slot for slot in slots}
        names = [(key, attendee.name) for key, attendee in self.attendees.items()]
        one, other, slot = (self.fields[name] for name in ("one", "other", "slot"))
        one.choices = other.choices = names  # type: ignore[attr-defined]
        slot.choices = [  # type: ignore[attr-defined]
            (key, slot_words(each, zone)) for key, each in self.slots.items()
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("one") and values.get("one") == values.get("other"):
            self.add_error("other", _("Choose two different people."))
        return values


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("My notes"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        validators=[validate_characters],
        help_text=gettext_lazy("Nobody else reads them, no organiser either."),
    )


class OutcomeForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    comment = LineField(
        label=gettext_lazy("A sentence about it"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("The organisers read it."),
    )

    def __init__(self, *args: Any, after_days: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if after_days:
            field: Any = self.fields["answer"]
            field.choices = [choice for choice in Outcome.choices if choice[0] != Outcome.NOT_HELD]


def slot_words(slot: MeetingSlot, zone: str) -> str:
    """A slot as people say it: Thu 21 September, 14:00–14:20."""
    begins, ends = at_zone(slot.starts_at, zone), at_zone(slot.ends_at, zone)
    return f"{short_day(begins.date())}, {begins:%H:%M}–{ends:%H:%M}"
