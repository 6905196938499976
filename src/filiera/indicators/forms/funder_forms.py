"""Uploading a funder's form, and tying one of its cells."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.files.forms import UploadField
from filiera.indicators.actions.funder_forms import WORKBOOKS
from filiera.indicators.forms.reports import figure_choices
from filiera.indicators.models.funder_forms import MOST_PERIODS_BACK
from filiera.texts.forms import LineField


class FunderFormForm(forms.Form):
    """A title for one's own list, and the workbook."""

    title = LineField(label=_("Title"), max_length=200, help_text=_("For your own list, such as the call."))
    upload = UploadField(label=_("Workbook of the funder (XLSX)"), rules=WORKBOOKS)


class ReplacementForm(forms.Form):
    upload = UploadField(label=_("New workbook (XLSX)"), rules=WORKBOOKS)


class CellForm(forms.Form):
    """A cell, the figure that fills it, and of which period."""

    cell = LineField(
        label=_("Cell"), max_length=60, help_text=_("Choose it in the table, or write Sheet1!B7.")
    )
    code = forms.ChoiceField(label=_("Which figure"))
    periods_back = forms.TypedChoiceField(label=_("Of which period"), coerce=int)
    replaces_formula = forms.BooleanField(
        label=_("The figure may take the place of the formula"), required=False
    )

    def __init__(self, data: Any = None, *, cell: str = "", holds_formula: bool = False) -> None:
        super().__init__(data, initial={"cell": cell}, auto_id="tie-%s")
        code, back = self.fields["code"], self.fields["periods_back"]
        assert isinstance(code, forms.ChoiceField)
        assert isinstance(back, forms.ChoiceField)
        code.choices = [("", _("choose")), *figure_choices()]
        code.widget.attrs["data-search"] = str(_("Search figures"))
        back.choices = [
            (0, _("the period it is filled for")),
            (1, _("the period before")),
            *(
                (steps, _("%(count)s periods before") % {"count": steps})
                for steps in range(2, MOST_PERIODS_BACK + 1)
            ),
        ]
        if not (holds_formula or data is not None):
            del self.fields["replaces_formula"]
