"""What becomes of an organisation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.organisations.models import Succession

from .fields import KnownDateField


class SuccessionForm(forms.Form):
    kind = forms.ChoiceField(label=_("What happened"), choices=Succession.Kind.choices)
    heir = forms.SlugField(
        label=_("Organisation that follows"),
        max_length=80,
        help_text=_("The last part of its address in the directory, such as officina-demo."),
    )
    when = KnownDateField(label=_("When"))
    source_url = forms.URLField(label=_("Source"), required=False, max_length=500, assume_scheme="https")


class CloseForm(forms.Form):
    closed = KnownDateField(label=_("Closed on"))
