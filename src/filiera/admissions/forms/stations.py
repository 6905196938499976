"""What is typed at a station, and what a station is made of."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.admissions.actions.stations import Scan


class TypedCodeForm(forms.Form):
    """A code from a badge, typed or by a scanner that types; or somebody ticked in the list."""

    code = forms.CharField(
        label=_("Code"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "autocorrect": "off",
                "spellcheck": "false",
                "enterkeyhint": "go",
            }
        ),
    )
    person = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    # Made with the page, so that a form sent twice is one scan.
    scan = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("code") and not values.get("person") and not self.errors:
            raise forms.ValidationError(_("Type a code, or choose somebody from the list."))
        return values

    def scan_at(self, at: datetime) -> Scan:
        values = self.cleaned_data
        return Scan(id=values["scan"] or uuid4(), device_at=at, code=values["code"], person=values["person"])
