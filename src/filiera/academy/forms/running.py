"""The running day: how late it runs and what is said about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.models import SessionKind
from filiera.academy.queries.delays import FROM_NOW, LONGEST_MINUTES, RunningDay, Wish
from filiera.academy.queries.times import clock
from filiera.texts.forms import TranslatedTextField
from filiera.texts.languages import translated


class DelayForm(forms.Form):
    """From where, by how much, where it is made up and in which rooms."""

    since = forms.ChoiceField(label=gettext_lazy("From here on"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes later"),
        min_value=-LONGEST_MINUTES,
        max_value=LONGEST_MINUTES,
        initial=15,
        help_text=gettext_lazy("With a minus: earlier."),
    )
    slack = forms.ChoiceField(
        label=gettext_lazy("Made up in"),
        required=False,
        help_text=gettext_lazy("What comes after it keeps its time, as far as it goes."),
    )
    room = forms.ChoiceField(label=gettext_lazy("Rooms"), required=False)

    def __init__(self, *args: Any, day: RunningDay, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self._choices("since", list(_starts(day)))
        asked = self.data.get("since") if self.is_bound else None
        since = day.since(str(asked or self._first("since")))
        slacks = day.slacks(since) if since is not None else []
        self._choices(
            "slack",
            [
                ("", _("Nowhere: everything moves, the day ends later")),
                *((slack.key, slack.label) for slack in slacks),
            ],
        )
        rooms = {
            str(session.room_id): translated(session.room.name)
            for session in day.sessions
            if session.room is not None
        }
        self._choices("room", [("", _("All rooms")), *rooms.items()])
        if len(rooms) < 2:
            del self.fields["room"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _first(self, name: str) -> str:
        field: Any = self.fields[name]
        return next((str(value) for value, _label in field.choices), "")

    def clean_minutes(self) -> int:
        minutes: int = self.cleaned_data["minutes"]
        if minutes == 0:
            raise forms.ValidationError(_("Say by how many minutes."))
        return minutes

    def first_wish(self) -> Wish | None:
        """What the page shows before anything was chosen."""
        since = self._first("since")
        return Wish(since=since, minutes=15) if since else None

    def wish(self) -> Wish:
        values = self.cleaned_data
        room = values.get("room", "")
        return Wish(
            since=values["since"],
            minutes=values["minutes"],
            slack=values["slack"],
            room_id=int(room) if room else None,
        )


def _starts(day: RunningDay) -> Any:
    if day.has_now:
        yield FROM_NOW, _("Now, %(clock)s: what runs goes on longer") % {"clock": clock(day.moment, day.zone)}
    for session in day.starts:
        assert session.during is not None
        room = f" · {translated(session.room.name)}" if session.room is not None else ""
        kind = f" ({SessionKind(session.kind).label})" if session.kind == SessionKind.BREAK else ""
        title = translated(session.title) or session.slug
        yield str(session.pk), f"{clock(session.during.lower, day.zone)} {title}{kind}{room}"


class DelayMessageForm(forms.Form):
    """What everybody reads, and what is published with it."""

    message = TranslatedTextField(
        label=gettext_lazy("In other words"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Empty: the sentence above."),
    )
    with_draft = forms.BooleanField(
        label=gettext_lazy("Publish the other changes of the draft too"), required=False
    )
    is_told_by_mail = forms.BooleanField(
        label=gettext_lazy("Also write a mail to those who starred one of these sessions"), required=False
    )

    def __init__(self, *args: Any, has_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_draft:
            del self.fields["with_draft"]
