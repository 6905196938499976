"""What one writes down for oneself and for the board at home."""

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.texts.forms import validate_characters


class TakeHomeForm(forms.Form):
    for_board = forms.CharField(
        label=_("To my board, in a few words"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Three sentences: what changes for us, what it takes, what we decide."),
        validators=[validate_characters],
    )
    notes = forms.CharField(
        label=_("My notes"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Nobody but you sees them."),
        validators=[validate_characters],
    )
