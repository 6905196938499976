"""A table of figures over years, and which of its series is which indicator."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.files.forms import UploadField
from filiera.indicators.history_files import HISTORY_FILES, HistoryTable
from filiera.indicators.models import HistoryUpload
from filiera.indicators.queries import current_definitions
from filiera.indicators.starter import STARTER_CODES
from filiera.texts.languages import translated


class HistoryForm(forms.Form):
    file = UploadField(
        rules=HISTORY_FILES,
        label=_("Spreadsheet"),
        help_text=_("CSV (UTF-8) or the first sheet of an XLSX file, at most 5 MB."),
    )


class SeriesForm(forms.Form):
    """For each of the eight indicators the line or column that tells it."""

    def __init__(self, *args: Any, history: HistoryUpload, table: HistoryTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        definitions = current_definitions()
        choices = [("", _("not in the table")), *((name, name) for name in table.series)]
        for code in STARTER_CODES:
            if code in definitions:
                self.fields[code] = forms.ChoiceField(
                    label=translated(definitions[code].names),
                    help_text=translated(definitions[code].descriptions),
                    choices=choices,
                    required=False,
                    initial=history.chosen.get(code, ""),
                )

    def chosen(self) -> dict[str, str]:
        return {code: name for code, name in self.cleaned_data.items() if name}
