"""A panel's file, its columns, and what is compared."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.files.forms import UploadField
from filiera.indicators.models import ImpactPanel
from filiera.indicators.panel_files import PANELS, PanelColumns


class PanelForm(forms.Form):
    title = forms.CharField(
        label=_("Name of the panel"), max_length=200, help_text=_("Such as: firms of Piemonte, 2014 to 2023")
    )
    source = forms.CharField(
        label=_("Where the data come from"),
        max_length=500,
        help_text=_(
            "The register or archive, when they were taken from it, and what allows you to use them."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    keep_until = forms.DateField(
        label=_("Delete the file on"),
        help_text=_("It is deleted by itself on this day; what studies found stays."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    file = UploadField(
        rules=PANELS,
        label=_("File"),
        help_text=_(
            "CSV or XLSX with up to 20,000 rows, Parquet with up to 200,000; one row for each firm and year."
        ),
    )

    def __init__(self, *args: Any, keep_until: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep_until"].initial = keep_until


class ColumnsForm(forms.Form):
    """Which column holds what."""

    firm = forms.ChoiceField(label=_("The firm"), help_text=_("A number or code that stays the same."))
    year = forms.ChoiceField(label=_("The year"))
    joined = forms.ChoiceField(
        label=_("The year of joining"),
        help_text=_("The same in all rows of a firm; empty where it never joined."),
    )
    outcomes = forms.MultipleChoiceField(
        label=_("What joining may have changed"),
        help_text=_("Numbers, such as turnover, employees or patents."),
        widget=forms.CheckboxSelectMultiple,
    )
    covariates = forms.MultipleChoiceField(
        label=_("What compared firms should be near in"),
        help_text=_("Numbers that are known before joining, such as age, employees or productivity."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    classes = forms.MultipleChoiceField(
        label=_("What compared firms must be equal in"),
        help_text=_("Few values each, such as sector, size class or region."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, panel: ImpactPanel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = dict(panel.mapping)
        columns = [(heading, heading) for heading in panel.headings]
        for name in ("firm", "year", "joined"):
            _choose(self, name, [("", _("choose")), *columns])
        for name in ("outcomes", "covariates", "classes"):
            _choose(self, name, columns)

    def columns(self) -> PanelColumns:
        told = self.cleaned_data
        return PanelColumns.from_json(told)


class StudyForm(forms.Form):
    """What is compared, and how."""

    outcome = forms.ChoiceField(label=_("What joining may have changed"))
    unit = forms.CharField(
        label=_("Its unit"), max_length=30, required=False, help_text=_("Such as: thousand euro, people")
    )
    scale = forms.ChoiceField(
        label=_("The effect is told"),
        choices=[
            ("level", _("in this unit")),
            ("log", _("in percent (only where all values are above zero)")),
        ],
    )
    covariates = forms.MultipleChoiceField(
        label=_("Near in"), widget=forms.CheckboxSelectMultiple, required=False
    )
    classes = forms.MultipleChoiceField(
        label=_("Equal in"), widget=forms.CheckboxSelectMultiple, required=False
    )
    method = forms.ChoiceField(
        label=_("Nearest by"),
        choices=[
            ("propensity", _("how likely such a firm is to join (propensity score)")),
            ("mahalanobis", _("all characteristics together (Mahalanobis distance)")),
        ],
    )
    neighbours = forms.TypedChoiceField(
        label=_("Firms to compare each member with"),
        coerce=int,
        choices=[(count, str(count)) for count in (1, 2, 3, 4, 5, 10)],
        initial=3,
    )
    years_before = forms.TypedChoiceField(
        label=_("Years before joining to test"),
        coerce=int,
        choices=[(count, str(count)) for count in range(2, 7)],
        initial=3,
    )
    years_after = forms.TypedChoiceField(
        label=_("Years after joining to follow"),
        coerce=int,
        choices=[(count, str(count)) for count in range(1, 7)],
        initial=3,
    )
    is_shown = forms.BooleanField(label=_("Show an estimate in the logic model at once"), required=False)

    def __init__(self, *args: Any, columns: PanelColumns, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "outcome", _pairs(columns.outcomes))
        for name, offered in (("covariates", columns.covariates), ("classes", columns.classes)):
            _choose(self, name, _pairs(offered))
            self.fields[name].initial = list(offered)
            if not offered:
                del self.fields[name]

    def choices(self) -> dict[str, Any]:
        told = self.cleaned_data
        names = ("method", "neighbours", "years_before", "years_after", "scale", "is_shown")
        return {
            **{name: told[name] for name in names},
            "covariates": told.get("covariates", []),
            "classes": told.get("classes", []),
        }


def _choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def _pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]
