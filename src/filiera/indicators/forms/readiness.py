"""Targets, evidence and words for the interview."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.files.forms import UploadField
from filiera.files.rules import MATERIALS
from filiera.indicators.forms.fields import DayField
from filiera.indicators.models import EvidenceKind
from filiera.indicators.queries.readiness import ServingFigure
from filiera.indicators.words import typed
from filiera.ledger.models import Fact
from filiera.texts.dates import day_in_words
from filiera.texts.forms import LineField, validate_characters
from filiera.texts.languages import translated


class TargetForm(forms.Form):
    """What one figure should be, and until when."""

    value = forms.DecimalField(
        label=_("Target"), required=False, max_digits=22, decimal_places=4, help_text=_("Empty: no target.")
    )
    reach_on = DayField(label=_("To be reached by"), required=False)

    def __init__(self, data: Any = None, *, serving: ServingFigure) -> None:
        target, definition = serving.target, serving.figure.definition
        initial = {}
        if target is not None:
            initial = {"value": typed(target.value), "reach_on": target.reach_on}
        super().__init__(data, initial=initial, auto_id=f"{definition.code}-%s")
        self.serving = serving
        self.fields["value"].label = _("Target for “%(name)s” (%(unit)s)") % {
            "name": translated(definition.names),
            "unit": definition.unit.label,
        }


class EvidenceForm(forms.Form):
    """A file, an address, or a record of one's own ledger."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=EvidenceKind.choices)
    title = LineField(label=_("What it proves"), max_length=200)
    upload = UploadField(label=_("File"), rules=MATERIALS, required=False)
    url = forms.URLField(label=_("Address"), required=False, max_length=500, assume_scheme="https")
    record = forms.ChoiceField(label=_("Record of the ledger"), required=False)
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Empty where it does not run out.")
    )

    _needed = {EvidenceKind.FILE: "upload", EvidenceKind.LINK: "url", EvidenceKind.RECORD: "record"}

    def __init__(self, data: Any = None, files: Any = None, *, records: Sequence[Fact]) -> None:
        super().__init__(data, files, auto_id="evidence-%s")
        self.records = {f"{fact.year}/{fact.id}": fact for fact in records}
        choices = [(key, _record_words(fact)) for key, fact in self.records.items()]
        field = self.fields["record"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("no record")), *choices]
        if not choices:
            kinds = [(kind.value, kind.label) for kind in EvidenceKind if kind != EvidenceKind.RECORD]
            kind_field = self.fields["kind"]
            assert isinstance(kind_field, forms.ChoiceField)
            kind_field.choices = kinds
            del self.fields["record"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        needed = self._needed.get(EvidenceKind(given["kind"])) if given.get("kind") else None
        if needed and needed not in self.errors and not given.get(needed):
            self.add_error(needed, _("Add it here, or choose another kind of evidence."))
        return given

    @property
    def record_key(self) -> tuple[int, UUID] | None:
        fact = self.records.get(self.cleaned_data.get("record") or "")
        return (fact.year, fact.id) if fact else None


class InterviewForm(forms.Form):
    """What to say when asked."""

    text = forms.CharField(
        label=_("What you will say"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=6000,
        validators=[validate_characters],
        help_text=_("Name figures and people; the binder holds the proof."),
    )


def _record_words(fact: Fact) -> str:
    with_whom = f", {fact.counterpart.name}" if fact.counterpart else ""
    return f"{fact.kind_name}, {day_in_words(fact.happened_at.date())}{with_whom}"
