"""Fields that several forms of these rooms have."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.reference.models import Ecosystem
from filiera.texts.forms import validate_characters
from filiera.texts.languages import translated

LONGEST_TEXT = 6000

if TYPE_CHECKING:
    ModelChoice = forms.ModelChoiceField[Any]
else:
    ModelChoice = forms.ModelChoiceField


class LongTextField(forms.CharField):
    """Some sentences of plain text."""

    default_validators = [validate_characters]

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class EcosystemField(ModelChoice):
    """One of the industrial ecosystems, by its name in the page's language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Industrial ecosystem"))
        super().__init__(
            Ecosystem.objects.order_by("position"), empty_label=_("None in particular"), **kwargs
        )

    def label_from_instance(self, row: Any) -> str:
        return translated(row.names)
