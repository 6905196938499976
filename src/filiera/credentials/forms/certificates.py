"""Issuing, revoking, putting right."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.admissions.models import Participation
from filiera.credentials.models import Award
from filiera.credentials.queries.preview import candidates
from filiera.texts.forms import LineField


class IssueForm(forms.Form):
    """Those who are ticked in the preview, and the reason where one of them misses something."""

    chosen = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Ticked people"), queryset=Participation.objects.none(), required=False
    )
    exception_reason = LineField(
        label=gettext_lazy("Reason, where a condition is not met"), required=False, max_length=500
    )

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["chosen"]
        chosen.queryset = candidates(award)

    def clean_chosen(self) -> Any:
        chosen = self.cleaned_data["chosen"]
        if not chosen:
            raise forms.ValidationError(_("Tick at least one person."), code="nobody")
        return chosen


class RevocationForm(forms.Form):
    reason = LineField(
        label=gettext_lazy("Why it is revoked"),
        max_length=500,
        help_text=gettext_lazy("Only the desk sees the reason."),
    )


class CorrectionForm(forms.Form):
    holder_name = LineField(label=gettext_lazy("Name on the certificate"), max_length=200)


class ReplacementForm(forms.Form):
    exception_reason = LineField(
        label=gettext_lazy("Reason, where a condition is not met"), required=False, max_length=500
    )
