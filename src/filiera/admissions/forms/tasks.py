"""Tasks as the team sets them, what participants hand in, what a coach answers."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filiera.academy.models import Edition, Part, Session
from filiera.admissions.actions.tasks import HandInDetails, TaskDetails
from filiera.admissions.models import CoachState, HandIn, HandInForm, Task, TaskAudience, TaskKind
from filiera.files.forms import UploadField
from filiera.files.rules import MATERIALS
from filiera.shared.errors import DomainError
from filiera.shared.time import at_zone, local_moment, parse_zone
from filiera.texts.forms import LineField, TranslatedTextField, validate_characters
from filiera.texts.languages import translated

_PART, _SESSION = "part", "session"


class TaskForm(forms.Form):
    title = TranslatedTextField(label=gettext_lazy("What is to be done"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TaskKind.choices)
    about = forms.ChoiceField(label=gettext_lazy("Before which part or session"), required=False)
    text = TranslatedTextField(label=gettext_lazy("How"), rich=True, rows=5, required=False)
    due_on = forms.DateField(
        label=gettext_lazy("Due on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    due_time = forms.TimeField(
        label=pgettext_lazy("time of day", "Until"),
        initial=time(18, 0),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    hand_in = forms.MultipleChoiceField(
        label=gettext_lazy("What is handed in"),
        choices=HandInForm.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing ticked: participants only say that they have done it."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("For whom"), choices=TaskAudience.choices)
    remind_days = forms.IntegerField(
        label=gettext_lazy("Reminder, days before"),
        required=False,
        min_value=1,
        max_value=60,
        initial=3,
        help_text=gettext_lazy("Leave empty for none. Only who still owes it gets a mail."),
    )

    def __init__(self, *args: Any, edition: Edition, task: Task | None = None, **kwargs: Any) -> None:
        self.edition = edition
        if task is not None:
            kwargs.setdefault("initial", _initial_of(task, edition))
        super().__init__(*args, **kwargs)
        parts = Part.objects.filter(edition=edition).order_by("number")
        sessions = Session.objects.filter(edition=edition, during__isnull=False).order_by("during", "pk")
        about: Any = self.fields["about"]
        about.choices = [
            ("", _("The whole edition")),
            (_("Parts"), [(f"{_PART}:{part.pk}", translated(part.title)) for part in parts]),
            (
                _("Sessions"),
                [(f"{_SESSION}:{session.pk}", translated(session.title)) for session in sessions],
            ),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("due_on") and values.get("due_time") is not None:
            try:
                values["due_at"] = local_moment(
                    values["due_on"], values["due_time"], parse_zone(self.edition.time_zone)
                )
            except DomainError as error:
                self.add_error("due_time", str(error))
        return values

    def details(self) -> TaskDetails:
        values = self.cleaned_data
        what, _colon, key = values["about"].partition(":")
        return TaskDetails(
            kind=values["kind"],
            title=values["title"],
            text=values["text"],
            due_at=values["due_at"],
            part=Part.objects.get(pk=key) if what == _PART else None,
            session=Session.objects.get(pk=key) if what == _SESSION else None,
            hand_in=values["hand_in"],
            audience=values["audience"],
            remind_days=values["remind_days"],
        )


class OwnHandInForm(forms.Form):
    """What this task wants; a task that wants nothing asks only what was learnt."""

    text = forms.CharField(
        label=gettext_lazy("My text"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        validators=[validate_characters],
    )
    link = forms.URLField(
        label=gettext_lazy("My link"), max_length=500, required=False, assume_scheme="https"
    )
    upload = UploadField(rules=MATERIALS, label=gettext_lazy("My file"), required=False)
    learnt = LineField(
        label=gettext_lazy("What I take from it"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A sentence for the debrief."),
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("The other participants may read it"),
        required=False,
        help_text=gettext_lazy("Otherwise only the coaches do."),
    )

    def __init__(self, *args: Any, task: Task, given: HandIn | None, **kwargs: Any) -> None:
        if given is not None:
            names = ("text", "link", "learnt", "is_shared")
            kwargs.setdefault("initial", {name: getattr(given, name) for name in names})
        super().__init__(*args, **kwargs)
        self.task, self.given = task, given
        wanted = {"text": HandInForm.TEXT, "link": HandInForm.LINK, "upload": HandInForm.FILE}
        for name, form in wanted.items():
            if form not in task.hand_in:
                del self.fields[name]
        if not task.hand_in:
            del self.fields["is_shared"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        has_file = values.get("upload") or (self.given is not None and self.given.file_id)
        is_empty = not (values.get("text") or values.get("link") or has_file)
        if self.task.hand_in and is_empty and not self.errors:
            raise ValidationError(_("Write, link or upload what you hand in."), code="nothing_handed_in")
        return values

    def details(self) -> HandInDetails:
        values = self.cleaned_data
        return HandInDetails(
            text=values.get("text", ""),
            link=values.get("link", ""),
            upload=values.get("upload"),
            learnt=values["learnt"],
            is_shared=values.get("is_shared", False),
        )


class CommentForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=CoachState.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=gettext_lazy("Comment for the participant"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        validators=[validate_characters],
    )

    def __init__(self, *args: Any, given: HandIn, **kwargs: Any) -> None:
        initial = {"state": given.coach_state or CoachState.SEEN, "comment": given.comment}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)


def _initial_of(task: Task, edition: Edition) -> dict[str, Any]:
    due = at_zone(task.due_at, edition.time_zone)
    about = f"{_PART}:{task.part_id}" if task.part_id else ""
    if task.session_id:
        about = f"{_SESSION}:{task.session_id}"
    names = ("title", "kind", "text", "hand_in", "audience", "remind_days")
    return {
        **{name: getattr(task, name) for name in names},
        "about": about,
        "due_on": due.date(),
        "due_time": due.time(),
    }
