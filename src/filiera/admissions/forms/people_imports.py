"""The file of people from elsewhere, and what its columns are."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.admissions.imports.people import FIELDS, LABELS
from filiera.shared.tables import MAXIMUM_BYTES


class PeopleUploadForm(forms.Form):
    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV or XLSX with one row for each person, at most 10 MB and 20,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding of a text file"),
        required=False,
        choices=[
            ("", _("Guess it")),
            ("utf-8", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("cp1252", _("Windows, western Europe")),
            ("cp1250", _("Windows, central Europe")),
            ("iso-8859-15", "ISO 8859-15"),
            ("iso-8859-2", "ISO 8859-2"),
            ("mac-roman", "Macintosh"),
        ],
        help_text=_("Choose another one when letters with accents come out wrong."),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAXIMUM_BYTES:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        return file


class PeopleMappingForm(forms.Form):
    """Which column is what; a field without a column stays as it is."""

    def __init__(self, *args: Any, headings: Sequence[str], mapping: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not in this file")), *((heading, heading) for heading in headings)]
        for name in FIELDS:
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=choices, required=False, initial=mapping.get(name, "")
            )
        self.fields["confirmed"] = forms.ChoiceField(
            label=_("These people"),
            widget=forms.RadioSelect,
            initial="no",
            choices=[
                ("no", _("are selected and are asked to confirm; you send the offers afterwards")),
                ("yes", _("have confirmed elsewhere already")),
            ],
        )

    def mapping(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    @property
    def is_confirmed(self) -> bool:
        return bool(self.cleaned_data["confirmed"] == "yes")

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in FIELDS]
