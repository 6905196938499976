"""What people choose about plans and measures, and say of them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.accounts.models import Person
from filiera.admissions.models import Participation
from filiera.organisations.models import Organisation
from filiera.texts.forms import LineField, validate_characters
from filiera.texts.languages import translated
from filiera.workshops.actions.plans import MeasureDetails, PlanDetails
from filiera.workshops.models import (
    ActionPlan,
    Challenge,
    FeedbackKind,
    Measure,
    PlanKind,
    ProofKind,
    Trend,
)
from filiera.workshops.queries.follow_up_links import ANSWERS

Choices = list[tuple[str, Any]]
_NOBODY = ("", _("nobody yet"))


class PlanForm(forms.Form):
    """Title, and where the plan leads from."""

    title = LineField(label=pgettext_lazy("action plan", "Title"), max_length=200)
    challenge = forms.ChoiceField(label=pgettext_lazy("action plan", "Challenge"), required=False)
    trend = forms.ChoiceField(label=pgettext_lazy("action plan", "Trend"), required=False)
    presentation_minutes = forms.IntegerField(
        label=_("Minutes on stage"), min_value=1, max_value=60, required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        plan: ActionPlan,
        challenges: Sequence[Challenge],
        trends: Sequence[Trend],
    ) -> None:
        initial = {
            "title": plan.title,
            "challenge": plan.challenge_id or "",
            "trend": plan.trend_id or "",
            "presentation_minutes": plan.presentation_minutes,
        }
        super().__init__(data, initial=initial, auto_id="plan_%s")
        self.plan = plan
        self.challenges = {str(each.pk): each for each in challenges}
        self.trends = {str(each.pk): each for each in trends}
        _fill(self, "challenge", [("", _("none"))], [(str(each.pk), each.title) for each in challenges])
        _fill(self, "trend", [("", _("none"))], [(str(each.pk), translated(each.title)) for each in trends])
        if plan.kind == PlanKind.CLUSTER:
            for name in ("challenge", "trend", "presentation_minutes"):
                del self.fields[name]

    def details(self) -> PlanDetails:
        given = self.cleaned_data
        if self.plan.kind == PlanKind.CLUSTER:
            return PlanDetails(
                title=given["title"],
                challenge=self.plan.challenge,
                trend=self.plan.trend,
                presentation_minutes=self.plan.presentation_minutes,
            )
        return PlanDetails(
            title=given["title"],
            challenge=self.challenges.get(given["challenge"]),
            trend=self.trends.get(given["trend"]),
            presentation_minutes=given["presentation_minutes"] or self.plan.presentation_minutes,
        )


class MeasureForm(forms.Form):
    """Who does it, until when, and how it is measured."""

    is_idea_only = forms.BooleanField(label=_("Idea only: nobody promises it"), required=False)
    owner = forms.ChoiceField(label=_("Person who does it"), required=False)
    cluster = forms.ChoiceField(label=_("Cluster that does it"), required=False)
    due_on = forms.DateField(
        label=_("Done by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    indicator_start = forms.DecimalField(
        label=_("Value today"), required=False, max_digits=14, decimal_places=2
    )
    indicator_start_on = forms.DateField(
        label=_("Measured on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    indicator_target = forms.DecimalField(label=_("Target"), required=False, max_digits=14, decimal_places=2)
    peer = forms.ChoiceField(
        label=_("Peer partner"),
        required=False,
        help_text=_("Somebody of another cluster who asks now and then how it goes."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        measure: Measure,
        participants: Sequence[Participation],
        team: Sequence[Person],
        clusters: Sequence[Organisation],
    ) -> None:
        self.is_of_group = measure.plan.kind == PlanKind.GROUP
        owner_id = measure.owner_id if self.is_of_group else measure.owner_person_id
        initial = {
            "is_idea_only": measure.is_idea_only,
            "owner": owner_id or "",
            "cluster": measure.cluster_id or "",
            "peer": measure.peer_id or "",
            "due_on": measure.due_on,
            "indicator_start": _plain(measure.indicator_start),
            "indicator_start_on": measure.indicator_start_on,
            "indicator_target": _plain(measure.indicator_target),
        }
        super().__init__(data, initial=initial, auto_id=f"m{measure.pk}_%s")
        self.measure = measure
        self.participants = {str(each.pk): each for each in participants}
        self.team = {str(each.pk): each for each in team}
        self.clusters = {str(each.pk): each for each in clusters}
        people: Choices = (
            [(str(each.pk), _with_cluster(each)) for each in participants]
            if self.is_of_group
            else [(str(each.pk), each.shown_name) for each in team]
        )
        _fill(self, "owner", [_NOBODY], people)
        _fill(self, "cluster", [("", _("no cluster yet"))], [(str(each.pk), each.name) for each in clusters])
        _fill(self, "peer", [("", _("none"))], [(str(each.pk), _with_cluster(each)) for each in participants])
        if not self.is_of_group:
            del self.fields["cluster"], self.fields["peer"]

    def details(self) -> MeasureDetails:
        given = self.cleaned_data
        return MeasureDetails(
            is_idea_only=given["is_idea_only"],
            owner=self.participants.get(given["owner"]) if self.is_of_group else None,
            owner_person=None if self.is_of_group else self.team.get(given["owner"]),
            cluster=self.clusters.get(given["cluster"])
            if self.is_of_group
            else self.measure.plan.organisation,
            peer=self.participants.get(given["peer"]) if self.is_of_group else None,
            due_on=given["due_on"],
            indicator_start=given["indicator_start"],
            indicator_start_on=given["indicator_start_on"],
            indicator_target=given["indicator_target"],
        )


class TextsForm(forms.Form):
    """Texts that came with a form instead of stroke by stroke, each with the revision it was read at.

    A text without its revision was sent already and is left alone.
    """

    def __init__(self, *args: Any, names: Sequence[str], most: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        for name in names:
            self.fields[name] = forms.CharField(
                required=False, strip=False, max_length=most[name] * 2, validators=[validate_characters]
            )
            self.fields[f"revision_{name}"] = forms.IntegerField(
                required=False, min_value=0, max_value=2**31 - 1
            )
        self.fields["copy"] = forms.CharField(required=False, max_length=64)

    def given(self) -> list[tuple[str, int, str]]:
        """Name, revision and words of each text to merge."""
        return [
            (name, self.cleaned_data[f"revision_{name}"], self.cleaned_data[name])
            for name in self.names
            if self.cleaned_data.get(f"revision_{name}") is not None
        ]


class FeedbackForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Card"), choices=FeedbackKind.choices, widget=forms.RadioSelect, initial=FeedbackKind.KEEP
    )
    text = forms.CharField(
        label=_("Your words"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
    )


class ReportForm(forms.Form):
    """How far a measure is."""

    state = forms.ChoiceField(
        label=_("How far is it?"), choices=[(state.value, state.label) for state in ANSWERS]
    )
    note = forms.CharField(
        label=_("What happened, in a sentence"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_characters],
    )


class NoteForm(forms.Form):
    """What the owner adds to an answer by link."""

    note = forms.CharField(
        label=_("Would you like to add a sentence?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
    )


class ProofForm(forms.Form):
    """A file, a link or a figure."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=ProofKind.choices)
    label = LineField(label=_("What it shows"), max_length=200, required=False)
    upload = forms.FileField(label=_("File"), required=False)
    url = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")
    figure = forms.DecimalField(label=_("Figure"), required=False, max_digits=14, decimal_places=2)

    _needed = {"file": "upload", "link": "url", "figure": "figure"}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        needed = self._needed.get(given.get("kind", ""))
        if needed and needed not in self.errors and given.get(needed) in (None, ""):
            self.add_error(needed, _("Add it here, or choose another kind of proof."))
        return given


class HomeForm(forms.Form):
    """Which measures go home, where the cluster stands today, and who reads the plan there."""

    organisation = forms.ChoiceField(label=_("Into the plan of"))
    measures = forms.MultipleChoiceField(
        label=_("Measures"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one measure to bring home.")},
    )
    readers = forms.MultipleChoiceField(
        label=_("Who of your organisation reads along"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Managers and staff see the plan anyway; name the members of your board here."),
    )

    def __init__(
        self,
        *args: Any,
        homes: Sequence[Organisation],
        measures: Sequence[Measure],
        team: Sequence[Person],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.homes = {str(each.pk): each for each in homes}
        self.measure_of = {str(each.pk): each for each in measures}
        self.team = {str(each.pk): each for each in team}
        _fill(self, "organisation", [], [(str(each.pk), each.name) for each in homes])
        _fill(self, "measures", [], [(str(each.pk), each.text) for each in measures])
        _fill(self, "readers", [], [(str(each.pk), each.shown_name) for each in team])
        if not team:
            del self.fields["readers"]
        for measure in measures:
            self.fields[f"baseline_{measure.pk}"] = forms.DecimalField(
                label=_("Value today"), required=False, max_digits=14, decimal_places=2
            )


class ReadersForm(forms.Form):
    readers = forms.MultipleChoiceField(
        label=_("Readers"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, team: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = {str(each.pk): each for each in team}
        _fill(self, "readers", [], [(str(each.pk), each.shown_name) for each in team])

    def people(self) -> list[Person]:
        return [self.team[key] for key in self.cleaned_data["readers"]]


def _fill(form: forms.Form, name: str, first: Choices, others: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [*first, *others]


def _plain(value: Decimal | None) -> Decimal | None:
    """Without the noughts that nobody typed."""
    return None if value is None else value.quantize(Decimal(1)) if value == value.to_integral() else value


def _with_cluster(participant: Participation) -> str:
    of = participant.organisation.name if participant.organisation else participant.organisation_name
    return f"{participant.name}, {of}" if of else participant.name
