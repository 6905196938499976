"""Sessions of the draft: what they say, and where and when they are."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.actions.programme import LONGEST_MINUTES, SHORTEST_MINUTES, SessionDetails
from filiera.academy.dates import long_day
from filiera.academy.models import (
    ContributionRole,
    Day,
    Edition,
    MaterialAudience,
    MaterialMoment,
    Objective,
    Part,
    Room,
    Session,
    SessionKind,
    Speaker,
)
from filiera.files.forms import UploadField
from filiera.files.rules import MATERIALS
from filiera.shared.time import around_the_gap, at_zone, readings
from filiera.texts.forms import WRITING_LANGUAGES, LineField, TranslatedTextField, language_name
from filiera.texts.languages import translated

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
else:
    ModelChoice = forms.ModelChoiceField

MOST_PEOPLE = 100_000


class RowChoiceField(ModelChoice):
    """A choice among rows that are called by a text in several languages."""

    def __init__(self, *args: Any, attribute: str = "name", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attribute = attribute

    def label_from_instance(self, row: Any) -> str:
        return translated(getattr(row, self.attribute)) or str(row)


class DayChoiceField(ModelChoice):
    def label_from_instance(self, day: Any) -> str:
        return f"{long_day(day.date)} · {translated(day.part.title)}"


class MinutesField(forms.IntegerField):
    """A length; what it may be is said at the field, in the words of the action that asks it again."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Minutes"))
        super().__init__(
            validators=[MinValueValidator(SHORTEST_MINUTES), MaxValueValidator(LONGEST_MINUTES)],
            widget=forms.NumberInput(attrs={"min": SHORTEST_MINUTES, "max": LONGEST_MINUTES, "step": 5}),
            **kwargs,
        )


class SessionForm(forms.Form):
    """What a session says."""

    title = TranslatedTextField(label=gettext_lazy("Title"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SessionKind.choices)
    part = RowChoiceField(label=gettext_lazy("Part"), queryset=Part.objects.none(), attribute="title")
    minutes = MinutesField(initial=60)
    abstract = TranslatedTextField(label=gettext_lazy("What it is about"), rich=True, rows=5, required=False)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages spoken"),
        choices=[(code, language_name(code)) for code in WRITING_LANGUAGES],
        required=False,
        widget=forms.SelectMultiple(
            attrs={"data-search": gettext_lazy("Find a language"), "data-remove": gettext_lazy("take out")}
        ),
    )
    objectives = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Objectives it serves"),
        queryset=Objective.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"),
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text=gettext_lazy("Leave empty where everybody fits."),
    )
    online_url = forms.URLField(
        label=gettext_lazy("Online link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Members of the edition see it from 15 minutes before the start."),
    )
    short_talks_open = forms.BooleanField(
        label=gettext_lazy("Participants may sign up for short talks"), required=False
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, edition: Edition, session: Session | None = None, **kwargs: Any) -> None:
        if session is not None:
            kwargs.setdefault("initial", _initial_of(session))
        super().__init__(*args, **kwargs)
        parts = Part.objects.filter(edition=edition).order_by("number")
        _choices(self, "part").queryset = parts
        if session is not None:
            # A session changes its part by being moved to a day of the other.
            del self.fields["part"]
        objectives = _choices(self, "objectives")
        objectives.queryset = Objective.objects.filter(edition=edition).order_by("number")
        objectives.label_from_instance = lambda row: f"{row.number} · {translated(row.text)}"

    def details(self) -> SessionDetails:
        """The clean values as the actions take them."""
        values = self.cleaned_data
        return SessionDetails(
            kind=values["kind"],
            title=values["title"],
            abstract=values["abstract"],
            minutes=values["minutes"],
            capacity=values["capacity"],
            languages=values["languages"],
            online_url=values["online_url"],
            objectives=list(values["objectives"]),
            short_talks_open=values["short_talks_open"],
        )


def _initial_of(session: Session) -> dict[str, Any]:
    return {
        "title": session.title,
        "kind": session.kind,
        "minutes": session.minutes,
        "abstract": session.abstract,
        "languages": session.languages,
        "objectives": [objective.pk for objective in session.objectives.all()],
        "capacity": session.capacity,
        "online_url": session.online_url,
        "short_talks_open": session.short_talks_open,
        "sequence": session.sequence,
    }


def _choices(form: forms.Form, name: str) -> Any:
    return form.fields[name]


class LocalTimeMixin(forms.Form):
    """A day and a time on its clocks; a repeated time asks which of the two is meant."""

    FIRST, SECOND = "first", "second"

    def moment_of(self, day: Day, field: str, reading_field: str) -> Any:
        """The moment meant, or None after telling what is wrong with it."""
        clock_time = self.cleaned_data.get(field)
        if clock_time is None:
            return None
        zone = day.part.time_zone
        found = readings(day.date, clock_time, zone)
        if len(found) == 1:
            return found[0]
        if not found:
            before, after = around_the_gap(day.date, clock_time, zone)
            self.add_error(
                field,
                _(
                    "Clocks go forward on this day, so %(time)s does not exist. "
                    "Choose %(before)s or %(after)s."
                )
                % {
                    "time": clock_time.strftime("%H:%M"),
                    "before": at_zone(before, zone).strftime("%H:%M"),
                    "after": at_zone(after, zone).strftime("%H:%M"),
                },
            )
            return None
        chosen = self.data.get(reading_field)
        options = {self.FIRST: found[0], self.SECOND: found[1]}
        labels = [
            (self.FIRST, _("The first, before clocks go back")),
            (self.SECOND, _("The second, an hour later")),
        ]
        self.fields[reading_field] = forms.ChoiceField(
            label=_("Which %(time)s?") % {"time": clock_time.strftime("%H:%M")},
            choices=labels,
            widget=forms.RadioSelect,
            required=False,
        )
        if chosen in options:
            return options[chosen]
        self.add_error(
            field,
            _("Clocks go back on this day, so %(time)s comes twice. Say below which one you mean.")
            % {"time": clock_time.strftime("%H:%M")},
        )
        return None


class MoveForm(LocalTimeMixin):
    """Where and when a session is."""

    day = DayChoiceField(label=gettext_lazy("Day"), queryset=Day.objects.none())
    time = forms.TimeField(
        label=gettext_lazy("Starts at"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
    )
    minutes = MinutesField()
    room = RowChoiceField(
        label=gettext_lazy("Room"),
        queryset=Room.objects.none(),
        required=False,
        empty_label=gettext_lazy("No room"),
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    field_order = ["day", "time", "reading", "minutes", "room"]

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _place_of(session))
        super().__init__(*args, **kwargs)
        days = Day.objects.filter(part__edition_id=session.edition_id).select_related("part")
        _choices(self, "day").queryset = days.order_by("date", "part__number")
        _choices(self, "room").queryset = Room.objects.filter(edition_id=session.edition_id).order_by(
            "position", "pk"
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        day = values.get("day")
        if day is not None:
            values["starts_at"] = self.moment_of(day, "time", "reading")
            self.order_fields(self.field_order)
        return values


def _place_of(session: Session) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "minutes": session.minutes,
        "room": session.room_id,
        "sequence": session.sequence,
    }
    days = Day.objects.filter(part_id=session.part_id).order_by("date")
    if session.during is None:
        initial["day"] = days.first()
    else:
        local = at_zone(session.during.lower, session.part.time_zone)
        initial["time"] = local.time().replace(second=0, microsecond=0)
        initial["day"] = days.filter(date=local.date()).first()
    return initial


class OverlapForm(forms.Form):
    """Two sessions that may overlap, and why."""

    other = RowChoiceField(label=gettext_lazy("With"), queryset=Session.objects.none(), attribute="title")
    speaker = forms.ModelChoiceField(
        queryset=Speaker.objects.none(), required=False, widget=forms.HiddenInput
    )
    reason = LineField(
        label=gettext_lazy("Why may they overlap?"),
        max_length=300,
        help_text=gettext_lazy("For instance: two groups take turns in one room."),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Session.objects.filter(edition_id=session.edition_id).exclude(pk=session.pk)
        _choices(self, "other").queryset = others.order_by("during", "pk")
        _choices(self, "speaker").queryset = Speaker.objects.filter(edition_id=session.edition_id)


class ContributionForm(forms.Form):
    """Who is in a session, and as what."""

    speaker = forms.ModelChoiceField(label=gettext_lazy("Speaker"), queryset=Speaker.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("As"), choices=ContributionRole.choices)
    allowed_with = forms.ModelChoiceField(
        queryset=Session.objects.none(), required=False, widget=forms.HiddenInput
    )
    reason = LineField(label=gettext_lazy("Why may they overlap?"), max_length=300, required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        already = session.contributions.values("speaker")
        speakers = Speaker.objects.filter(edition_id=session.edition_id).exclude(pk__in=already)
        _choices(self, "speaker").queryset = speakers.order_by("name", "pk")
        others = Session.objects.filter(edition_id=session.edition_id).exclude(pk=session.pk)
        _choices(self, "allowed_with").queryset = others

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("allowed_with") is not None and not values.get("reason"):
            self.add_error("reason", _("Say why, so that others understand it later."))
        return values


class MaterialForm(forms.Form):
    """A file or a link of a session."""

    title = TranslatedTextField(label=gettext_lazy("Title"))
    upload = UploadField(
        label=gettext_lazy("File"),
        rules=MATERIALS,
        required=False,
        help_text=gettext_lazy("At most 50 MB: PDF, slides, documents, tables, pictures."),
    )
    url = forms.URLField(
        label=gettext_lazy("Or a link"), required=False, max_length=500, assume_scheme="https"
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("For"), choices=MaterialAudience.choices, initial=MaterialAudience.PARTICIPANTS
    )
    moment = forms.ChoiceField(
        label=gettext_lazy("Shown"), choices=MaterialMoment.choices, initial=MaterialMoment.BEFORE
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.errors and bool(values.get("upload")) == bool(values.get("url")):
            self.add_error("upload", _("Give either a file or a link."))
        return values
