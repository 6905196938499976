"""What the team types on the board of a selection."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from filiera.admissions.actions.selection_versions import MOST_IN_RESERVE
from filiera.admissions.models import BalanceAttribute, HandChoice, SelectionRule
from filiera.admissions.queries.selection_pool import Applicant, ValueNames
from filiera.admissions.queries.selection_problem import Rule, values_among
from filiera.texts.forms import LineField

MOST_WEIGHT = 1000
_SEPARATOR = "|"


def _count(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, max_value=9999, required=False)


class RuleForm(forms.Form):
    """A limit that every proposal keeps, or a wish with its price."""

    group = forms.ChoiceField(label=gettext_lazy("Of whom"))
    least = _count(gettext_lazy("At least"))
    most = _count(gettext_lazy("At most"))
    target = _count(pgettext_lazy("a number", "About"), gettext_lazy("A wish: a number to come close to."))
    weight = forms.FloatField(
        label=gettext_lazy("Price"),
        help_text=gettext_lazy("Points of score that each one off is worth."),
        min_value=0.01,
        max_value=MOST_WEIGHT,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        applicants: Sequence[Applicant],
        names: ValueNames,
        places: int,
        row: SelectionRule | None = None,
        **kwargs: Any,
    ) -> None:
        if row is not None:
            kwargs.setdefault(
                "initial",
                {
                    "group": f"{row.attribute}{_SEPARATOR}{row.value}",
                    "least": row.least,
                    "most": row.most,
                    "target": row.target,
                    "weight": row.weight,
                },
            )
        super().__init__(*args, **kwargs)
        self.applicants, self.names, self.places = applicants, names, places
        group: Any = self.fields["group"]
        group.choices = [self._group(attribute, row) for attribute in BalanceAttribute]

    def _group(
        self, attribute: BalanceAttribute, row: SelectionRule | None
    ) -> tuple[str, list[tuple[str, str]]]:
        values = values_among(self.applicants, attribute)
        if row is not None and row.attribute == attribute and row.value:
            values = sorted({*values, row.value})
        named = sorted((self.names(attribute, value), value) for value in values)
        every = _("%(attribute)s: each of them") % {"attribute": attribute.label}
        return str(attribute.label), [
            (f"{attribute}{_SEPARATOR}", every),
            *(
                (f"{attribute}{_SEPARATOR}{value}", f"{name} ({self._there(attribute, value)})")
                for name, value in named
            ),
        ]

    def _there(self, attribute: str, value: str) -> int:
        return sum(value in applicant.values[attribute] for applicant in self.applicants)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        least, most, target = (values.get(name) for name in ("least", "most", "target"))
        is_wish = target is not None or values.get("weight") is not None
        if self.errors:
            return values
        if is_wish and (least is not None or most is not None):
            self.add_error("target", _("A rule is a limit or a wish. Fill in one of the two."))
        elif is_wish and target is None:
            self.add_error("target", _("Say the number the wish is about."))
        elif is_wish and values.get("weight") is None:
            self.add_error("weight", _("Say how many points each one off is worth, for example 1."))
        elif not is_wish and least is None and most is None:
            self.add_error("least", _("Say at least, at most, or a number to come close to."))
        elif least is not None and most is not None and least > most:
            self.add_error("most", _("“At most” is below “at least”. Raise it, or lower the other."))
        else:
            self._check_reach(values)
        return values

    def _check_reach(self, values: dict[str, Any]) -> None:
        """More than the places, or than have the value, can never be."""
        attribute, _bar, value = values["group"].partition(_SEPARATOR)
        for name in ("least", "target"):
            wanted = values.get(name)
            if wanted is None:
                continue
            if wanted > self.places:
                said = ngettext(
                    "There is only %(places)s place.", "There are only %(places)s places.", self.places
                )
                self.add_error(name, said % {"places": self.places})
            elif name == "least" and value and wanted > self._there(attribute, value):
                there = self._there(attribute, value)
                said = ngettext(
                    "Only %(there)s applicant has this. Ask for at most as many.",
                    "Only %(there)s applicants have this. Ask for at most as many.",
                    there,
                )
                self.add_error(name, said % {"there": there})

    def rule(self) -> Rule:
        values = self.cleaned_data
        attribute, _bar, value = values["group"].partition(_SEPARATOR)
        return Rule(
            attribute=attribute,
            value=value,
            least=values["least"],
            most=values["most"],
            target=values["target"],
            weight=values["weight"],
        )


class HandForm(forms.Form):
    """A pin, an exclusion, or leaving it to the scores; alone or with the others chosen anew."""

    hand = forms.ChoiceField(
        choices=[("", ""), *HandChoice.choices], widget=forms.HiddenInput, required=False
    )
    reason = LineField(
        label=gettext_lazy("Why"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Stands beside the decision on this board; the candidate does not read it."),
    )
    alone = forms.BooleanField(widget=forms.HiddenInput, required=False)


class VersionForm(forms.Form):
    name = LineField(
        label=gettext_lazy("Name of this version"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("For example “more newcomers”."),
    )


class ReserveForm(forms.Form):
    count = forms.IntegerField(
        label=gettext_lazy("Places on the reserve list"), min_value=0, max_value=MOST_IN_RESERVE
    )
