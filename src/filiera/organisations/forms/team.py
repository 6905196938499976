"""People of a team."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.organisations.models import Role
from filiera.texts.forms import LineField

ROLE_HELP = _(
    "A manager changes everything here; staff edit the profile and the members; a contact only sees."
)


class PositionForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, help_text=ROLE_HELP)
    title = LineField(label=pgettext_lazy("job", "Title"), max_length=120, required=False)
    is_public = forms.BooleanField(label=_("Shown on the public page"), required=False)


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, help_text=ROLE_HELP)
    title = LineField(label=pgettext_lazy("job", "Title"), max_length=120, required=False)
