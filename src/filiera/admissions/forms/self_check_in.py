"""What somebody types who checks themselves in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class HereForm(forms.Form):
    code = forms.CharField(
        label=_("Code on the screen"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    entry_code = forms.CharField(
        label=_("Your own code"),
        max_length=40,
        help_text=_("It stands on your badge and on the page of your place, such as K7M2-9XQ4-RTBN."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    is_online = forms.BooleanField(label=_("I take part online"), required=False)

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who is signed in with a place need not say who they are.
        if is_known:
            del self.fields["entry_code"]
