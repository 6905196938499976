"""What a party says of an agreement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.organisations.models import Stage


class StageForm(forms.Form):
    other = forms.SlugField(
        label=_("With which organisation"),
        max_length=80,
        help_text=_("The last part of its address in the directory, such as officina-demo."),
    )
    stage = forms.ChoiceField(label=_("What was reached"), choices=Stage.choices)
    happened_on = forms.DateField(
        label=_("On which day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
