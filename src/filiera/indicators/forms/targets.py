"""Input to targets, and to notes beside a figure."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.indicators.forms.fields import offer
from filiera.indicators.models import FigureTarget, PathKind
from filiera.indicators.paths import PathPoint
from filiera.indicators.periods import Period, parse_period
from filiera.indicators.queries import Figure
from filiera.indicators.words import typed
from filiera.texts.forms import TranslatedTextField, validate_characters


class PathForm(forms.Form):
    """A base, and what the figure should be in the years after it."""

    kind = forms.ChoiceField(label=_("The path goes"), choices=PathKind.choices, widget=forms.RadioSelect)
    base_period = forms.ChoiceField(label=_("Base year"), required=False)
    base_value = forms.DecimalField(
        label=_("Value of the base"), required=False, max_digits=22, decimal_places=4
    )
    reason = forms.CharField(
        label=_("Why this target"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_characters],
    )

    def __init__(
        self,
        data: Any = None,
        *,
        target: FigureTarget | None,
        series: Sequence[Figure],
        bases: Sequence[Period],
        years: Sequence[Period],
    ) -> None:
        super().__init__(data, initial=_initial(target, series, bases))
        self.years = years
        offer(self, "base_period", [("", _("no base")), *((period.code, period.words) for period in bases)])
        for year in years:
            self.fields[f"year_{year.code}"] = forms.DecimalField(
                label=year.words, required=False, max_digits=22, decimal_places=4
            )

    @property
    def year_fields(self) -> list[forms.BoundField]:
        return [self[f"year_{year.code}"] for year in self.years]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("base_value") is not None and not (
            given.get("base_period") or "base_period" in self.errors
        ):
            self.add_error("base_period", _("Say of which year this value is, or leave it empty."))
        return given

    def points(self) -> list[PathPoint]:
        given = self.cleaned_data
        points = [
            PathPoint(year, value) for year in self.years if (value := given[f"year_{year.code}"]) is not None
        ]
        if given["base_period"] and given["base_value"] is not None:
            points.append(PathPoint(parse_period(given["base_period"]), given["base_value"], is_base=True))
        return points


class NoteForm(forms.Form):
    """What the team says to a figure of one period."""

    text = TranslatedTextField(label=_("Note"), rows=3, max_length=3000)


def _initial(
    target: FigureTarget | None, series: Sequence[Figure], bases: Sequence[Period]
) -> dict[str, Any]:
    if target is None:
        known = [figure for figure in series if figure.value is not None and figure.period in bases]
        told: dict[str, Any] = {"kind": PathKind.LINEAR.value}
        if known and known[-1].value is not None:
            told |= {"base_period": known[-1].period.code, "base_value": typed(known[-1].value)}
        return told
    told = {"kind": target.kind, "reason": target.reason}
    for point in target.points.all():
        if point.is_base:
            told |= {"base_period": point.period.code, "base_value": typed(point.value)}
        else:
            told[f"year_{point.period.code}"] = typed(point.value)
    return told
