"""Speakers: what the team knows, and what they tell by their link."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy.actions.speakers import OwnWords, SpeakerDetails
from filiera.academy.dates import long_day
from filiera.academy.models import Day, Session, Speaker
from filiera.accounts.viewer import Viewer
from filiera.files.forms import PhotographField, UploadField
from filiera.files.rules import MATERIALS
from filiera.organisations.models import Organisation
from filiera.shared.time import at_zone
from filiera.texts.forms import LineField, RichTextField, TranslatedTextField
from filiera.texts.languages import translated

from .places import CountryField, date_input, time_input
from .sessions import LocalTimeMixin

NEEDS_MAX = 2000


class SpeakerForm(forms.Form):
    name = LineField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("The link to confirm, and reminders, go to this address."),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=Organisation.objects.none(), required=False
    )
    country = CountryField()
    position = TranslatedTextField(label=gettext_lazy("Role there"), required=False)
    biography = TranslatedTextField(label=gettext_lazy("Biography"), rich=True, rows=5, required=False)
    slides_due_on = forms.DateField(
        label=gettext_lazy("Slides are due on"), required=False, widget=date_input()
    )

    def __init__(self, *args: Any, viewer: Viewer, speaker: Speaker | None = None, **kwargs: Any) -> None:
        if speaker is not None:
            names = ("name", "email", "organisation", "country", "position", "biography", "slides_due_on")
            kwargs.setdefault("initial", {name: getattr(speaker, name) for name in names})
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.visible_to(viewer).order_by("sort_key", "pk")

    def details(self) -> SpeakerDetails:
        return SpeakerDetails(**self.cleaned_data)


class SpeakingForm(LocalTimeMixin):
    """What a speaker tells: biography, title and abstract of each session, times, needs, consent."""

    position = TranslatedTextField(label=gettext_lazy("Your role in your organisation"), required=False)
    biography = TranslatedTextField(
        label=gettext_lazy("Biography"),
        rich=True,
        rows=6,
        required=False,
        help_text=gettext_lazy("Five or six sentences, as visitors will read them."),
    )
    photo = PhotographField(
        label=gettext_lazy("Photograph"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 10 MB. It is cut to a square."),
    )
    needs = RichTextField(
        label=gettext_lazy("What you need"),
        required=False,
        max_length=NEEDS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Equipment, interpretation, access, diet: only the team reads this."),
    )
    consents = forms.BooleanField(
        label=gettext_lazy("My name, biography and photograph may be published with the programme"),
        required=False,
    )

    def __init__(
        self, *args: Any, speaker: Speaker, sessions: list[Session], days: list[Day], **kwargs: Any
    ) -> None:
        self.speaker, self.sessions, self.days = speaker, sessions, days
        kwargs.setdefault("initial", self._initial())
        super().__init__(*args, **kwargs)
        for session in sessions:
            self.fields[f"title_{session.pk}"] = TranslatedTextField(label=_("Title"))
            self.fields[f"abstract_{session.pk}"] = TranslatedTextField(
                label=_("What it is about"), rich=True, rows=5, required=False
            )
        for day in days:
            label = long_day(day.date)
            self.fields[f"from_{day.pk}"] = forms.TimeField(
                label=_("%(day)s, from") % {"day": label}, required=False, widget=time_input()
            )
            self.fields[f"until_{day.pk}"] = forms.TimeField(
                label=_("until"), required=False, widget=time_input()
            )

    def _initial(self) -> dict[str, Any]:
        speaker = self.speaker
        initial: dict[str, Any] = {
            "position": speaker.position,
            "biography": speaker.biography,
            "needs": speaker.needs,
            "consents": speaker.consented_at is not None,
        }
        for session in self.sessions:
            initial[f"title_{session.pk}"] = session.title
            initial[f"abstract_{session.pk}"] = session.abstract
        for availability in speaker.availabilities.order_by("during"):
            for day in self.days:
                start = at_zone(availability.during.lower, day.part.time_zone)
                if start.date() == day.date:
                    initial[f"from_{day.pk}"] = start.time()
                    initial[f"until_{day.pk}"] = at_zone(availability.during.upper, day.part.time_zone).time()
        return initial

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["availability"] = [found for day in self.days if (found := self._time_on(day, values))]
        return values

    def _time_on(self, day: Day, values: dict[str, Any]) -> Any:
        start_name, end_name = f"from_{day.pk}", f"until_{day.pk}"
        if values.get(start_name) is None and values.get(end_name) is None:
            return None
        if values.get(start_name) is None or values.get(end_name) is None:
            self.add_error(
                start_name if values.get(start_name) is None else end_name, _("Give both times, or neither.")
            )
            return None
        start = self.moment_of(day, start_name, f"{start_name}_reading")
        end = self.moment_of(day, end_name, f"{end_name}_reading")
        if start is None or end is None:
            return None
        if end <= start:
            self.add_error(end_name, _("The end comes before the start."))
            return None
        return start, end

    def session_fields(self) -> list[tuple[Session, Any, Any]]:
        return [
            (session, self[f"title_{session.pk}"], self[f"abstract_{session.pk}"])
            for session in self.sessions
        ]

    def day_fields(self) -> list[tuple[Day, list[Any]]]:
        return [
            (
                day,
                [
                    self[name]
                    for name in (
                        f"from_{day.pk}",
                        f"from_{day.pk}_reading",
                        f"until_{day.pk}",
                        f"until_{day.pk}_reading",
                    )
                    if name in self.fields
                ],
            )
            for day in self.days
        ]

    def words(self) -> OwnWords:
        values = self.cleaned_data
        return OwnWords(
            biography=values["biography"],
            position=values["position"],
            needs=values["needs"],
            consents=values["consents"],
            availability=values["availability"],
            sessions=[
                (session, values[f"title_{session.pk}"], values[f"abstract_{session.pk}"])
                for session in self.sessions
            ],
        )


class SlidesForm(forms.Form):
    session = forms.ModelChoiceField(label=gettext_lazy("Session"), queryset=Session.objects.none())
    upload = UploadField(
        label=gettext_lazy("Slides"),
        rules=MATERIALS,
        help_text=gettext_lazy("PDF or a presentation, at most 50 MB. Participants get them."),
    )

    def __init__(self, *args: Any, sessions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["session"]
        field.queryset = sessions
        field.label_from_instance = lambda session: translated(session.title)
        first = sessions.first()
        field.initial = first.pk if first is not None else None
