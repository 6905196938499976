"""How many places a session has, and from when until when they can be taken."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Session
from filiera.admissions.models import Participation, ParticipationState, SessionSignUp
from filiera.texts.languages import translated

from .fields import LocalMomentField, ModelChoice, moment_on_clocks, on_clocks


class SignUpForm(forms.Form):
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=100_000)
    opens_on = LocalMomentField(
        label=_("Opens"), required=False, help_text=_("Empty: at once. On the clocks of the session's part.")
    )
    closes_on = LocalMomentField(
        label=_("Closes"), required=False, help_text=_("Empty: when the session begins.")
    )

    def __init__(self, *args: Any, zone: str, sign_up: SessionSignUp | None = None, **kwargs: Any) -> None:
        self.zone = zone
        if sign_up is not None:
            initial = {
                "capacity": sign_up.capacity,
                "opens_on": on_clocks(sign_up.opens_at, zone),
                "closes_on": on_clocks(sign_up.closes_at, zone),
            }
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        values["opens_at"] = moment_on_clocks(self, "opens_on", self.zone)
        values["closes_at"] = moment_on_clocks(self, "closes_on", self.zone)
        if values["opens_at"] and values["closes_at"] and values["closes_at"] <= values["opens_at"]:
            self.add_error("closes_on", _("It closes before it opens. Choose a later closing."))
        return values


class SessionChoiceField(ModelChoice):
    def label_from_instance(self, session: Any) -> str:
        return translated(session.title) or session.slug


class NewSignUpForm(forms.Form):
    session = SessionChoiceField(
        queryset=Session.objects.none(), label=_("Session"), empty_label=_("Choose a session")
    )
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=100_000)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session: Any = self.fields["session"]
        session.queryset = (
            Session.objects.filter(edition=edition, sign_up__isnull=True, during__isnull=False)
            .select_related("edition", "part")
            .order_by("during", "pk")
        )


class SessionPersonForm(forms.Form):
    """Somebody whom the desk gives a place."""

    participation = ModelChoice(
        queryset=Participation.objects.none(),
        label=_("Participant"),
        empty_label=_("Choose a participant"),
        widget=forms.Select(attrs={"data-search": _("Type to search")}),
    )

    def __init__(self, *args: Any, sign_up: SessionSignUp, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        participation: Any = self.fields["participation"]
        participation.queryset = (
            Participation.objects.filter(edition=sign_up.session.edition, state=ParticipationState.CONFIRMED)
            .exclude(session_places__sign_up=sign_up)
            .order_by("sort_name", "pk")
        )
