"""Input to definitions of one's own."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DefinitionForm(forms.Form):
    """A definition as YAML; what is wrong in it is told with its place."""

    text = forms.CharField(
        label=_("Definition"),
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 26, "spellcheck": "false", "class": "code"}),
        help_text=_(
            "Every text in English and Italian. Places in messages are written like measure.facts[0]."
        ),
    )
