"""What the desk says about presence, and what a station is made of."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from filiera.academy.dates import long_day
from filiera.academy.models import Day, Edition, Session, SessionState
from filiera.admissions.models import PresenceMode
from filiera.shared.time import at_zone, local_moment, parse_zone
from filiera.texts.languages import translated


class PresenceForm(forms.Form):
    """Somebody ticked in the list."""

    participation = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    mode = forms.ChoiceField(choices=PresenceMode)


class StationForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the station"),
        max_length=80,
        help_text=_("Where it stands, such as “Main entrance”. Who is scanned twice hears this name."),
    )
    where = forms.ChoiceField(label=_("Checks in for"))
    until_date = forms.DateField(
        label=_("Link works until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until_time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, edition: Edition, at: datetime, **kwargs: Any) -> None:
        self.edition = edition
        end = at_zone(at, edition.time_zone) + timedelta(hours=12)
        kwargs.setdefault("initial", {"until_date": end.date(), "until_time": time(end.hour, 0)})
        super().__init__(*args, **kwargs)
        self.days = {
            f"day-{day.pk}": day
            for day in Day.objects.filter(part__edition=edition).select_related("part").order_by("date", "pk")
        }
        sessions = Session.objects.filter(edition=edition, state=SessionState.PLANNED, during__isnull=False)
        self.sessions = {
            f"session-{session.pk}": session
            for session in sessions.select_related("part").order_by("during", "pk")
        }
        where: Any = self.fields["where"]
        where.choices = [
            ("edition", _now("Whichever day of the edition it is")),
            (_now("Days"), [(key, long_day(day.date)) for key, day in self.days.items()]),
            (_now("Sessions"), [(key, _session(session)) for key, session in self.sessions.items()]),
        ]
        where.widget.attrs["data-search"] = ""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("until_date") and values.get("until_time"):
            zone = parse_zone(self.edition.time_zone)
            values["expires_at"] = local_moment(values["until_date"], values["until_time"], zone, second=True)
        where = values.get("where", "")
        values["day"], values["session"] = self.days.get(where), self.sessions.get(where)
        return values


def _session(session: Session) -> str:
    assert session.during is not None
    start = at_zone(session.during.lower, session.part.time_zone)
    return f"{start:%d.%m. %H:%M} {translated(session.title)}"
