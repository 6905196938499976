"""What people type about themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.texts.forms import LineField


class SignUpDetails(forms.Form):
    """What signing up asks besides the address and the password."""

    name = LineField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: Any, user: Any) -> None:
        """The library asks for this method; the adapter has already kept the name."""
