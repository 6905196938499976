"""The file of a programme from elsewhere."""

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.shared.tables import MAXIMUM_BYTES


class ProgrammeImportForm(forms.Form):
    """A CSV, XLSX or Frab XML file, and whether to look only."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A table (CSV or XLSX) or the schedule of another tool (Frab, XML); at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xml"}),
    )
    dry_run = forms.BooleanField(label=_("Only look what would happen"), required=False, initial=True)

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAXIMUM_BYTES:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        if not file.name.lower().endswith((".csv", ".xlsx", ".xml")):
            raise forms.ValidationError(_("This is no CSV, XLSX or XML file. Save the table as one of them."))
        return file
