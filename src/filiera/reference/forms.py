"""A newer official file, and what is said about it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.reference.load import TableSource
from filiera.texts.forms import LineField


class LoadForm(forms.Form):
    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV (UTF-8) or XLSX with the columns of the table that stands there now."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    source = LineField(label=_("Source"), max_length=300)
    source_url = forms.URLField(
        label=_("Address of the source"), max_length=500, required=False, assume_scheme="https"
    )
    source_date = forms.DateField(
        label=_("Date of the source"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    licence = LineField(label=_("Licence"), max_length=300)
    dry_run = forms.BooleanField(
        label=_("Only check it"), required=False, initial=True, help_text=_("Nothing is changed.")
    )

    def table_source(self) -> TableSource:
        values = self.cleaned_data
        return TableSource(
            source=values["source"],
            source_url=values["source_url"],
            source_date=values["source_date"],
            licence=values["licence"],
        )
