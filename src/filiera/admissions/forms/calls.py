"""Writing a call, and the codes that let somebody in beside it."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.admissions.actions.calls import CallDetails
from filiera.admissions.models import Call, CallKind
from filiera.shared.time import readings
from filiera.texts.forms import LineField, TranslatedTextField

from .fields import LocalMomentField, ZoneField, moment_on_clocks, on_clocks

USUAL_PLACES, USUAL_REPLY_DAYS = 30, 7


class CallForm(forms.Form):
    """What a call says and the rules it sets."""

    title = TranslatedTextField(label=_("Title"))
    text = TranslatedTextField(
        label=_("Text"),
        rich=True,
        required=False,
        help_text=_("For whom it is, what is expected and what is given. Markdown is possible."),
    )
    opens_on = LocalMomentField(label=_("Opens"), required=False)
    closes_on = LocalMomentField(label=_("Closes"), required=False)
    time_zone = ZoneField(label=_("On the clocks of"))
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=5_000)
    most_per_organisation = forms.IntegerField(
        label=_("Most applications per organisation"),
        min_value=1,
        max_value=1_000,
        required=False,
        help_text=_("Empty: as many as they like."),
    )
    reply_days = forms.IntegerField(label=_("Days to answer an offered place"), min_value=1, max_value=90)
    by_invitation = forms.BooleanField(
        label=_("By invitation only"),
        required=False,
        help_text=_("Everybody reads the call; only whoever has an access code may apply."),
    )

    def __init__(self, *args: Any, edition: Edition, kind: str, call: Call | None, **kwargs: Any) -> None:
        zone = call.time_zone if call is not None else edition.time_zone
        initial: dict[str, Any] = {"time_zone": zone}
        if call is not None:
            for name in ("title", "text", "places", "most_per_organisation", "reply_days", "by_invitation"):
                initial[name] = getattr(call, name)
            initial |= {
                "opens_on": on_clocks(call.opens_at, zone),
                "closes_on": on_clocks(call.closes_at, zone),
            }
        else:
            places = 1 if kind == CallKind.HOSTS else USUAL_PLACES
            initial |= {"places": places, "reply_days": USUAL_REPLY_DAYS}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        if kind == CallKind.HOSTS:
            del self.fields["reply_days"]
            self.fields["places"].label = _("How many hosts are looked for")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        zone = values.get("time_zone")
        if zone:
            values["opens_at"] = moment_on_clocks(self, "opens_on", zone)
            values["closes_at"] = moment_on_clocks(self, "closes_on", zone)
        return values

    def details(self) -> CallDetails:
        values = self.cleaned_data
        return CallDetails(
            title=values["title"],
            text=values["text"],
            opens_at=values["opens_at"],
            closes_at=values["closes_at"],
            time_zone=values["time_zone"],
            places=values["places"],
            most_per_organisation=values["most_per_organisation"],
            reply_days=values.get("reply_days") or USUAL_REPLY_DAYS,
            by_invitation=values["by_invitation"],
        )


class ExtensionForm(forms.Form):
    """A later closing, on the clocks of the call."""

    extends_to = LocalMomentField(label=_("New closing"))

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "extension")
        super().__init__(*args, **kwargs)
        self.zone = call.time_zone

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["closes_at"] = moment_on_clocks(self, "extends_to", self.zone)
        return values


class CodeForm(forms.Form):
    """A code for somebody who may apply late or by invitation."""

    note = LineField(label=_("For whom"), max_length=200, help_text=_("Only the team reads this."))
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("With an address the code is mailed there; without one you pass it on yourself."),
    )
    most_uses = forms.IntegerField(
        label=_("For how many applications"), min_value=1, max_value=1_000, initial=1
    )
    valid_on = forms.DateField(
        label=_("Valid until the end of"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, call: Call, at: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("most_uses", 1)
        kwargs["initial"].setdefault("valid_on", (at + timedelta(days=14)).date())
        super().__init__(*args, **kwargs)
        self.zone = call.time_zone

    @property
    def valid_until(self) -> datetime:
        midnight = readings(self.cleaned_data["valid_on"] + timedelta(days=1), time(0, 0), self.zone)
        # In the rare zones whose clocks change at midnight the first hour of the day will do.
        return (
            midnight[0]
            if midnight
            else datetime.combine(self.cleaned_data["valid_on"] + timedelta(days=1), time(1, 0), UTC)
        )


class EnterCodeForm(forms.Form):
    """The code somebody was given."""

    code = LineField(label=_("Access code"), max_length=40)
