"""Rating oneself, and the items that are rated."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.admissions.actions.assessments import ItemDetails
from filiera.admissions.models import CompetenceItem
from filiera.texts.forms import TranslatedTextField
from filiera.texts.languages import translated

LEVELS = [
    ("1", _("1, not yet")),
    ("2", _("2, with help")),
    ("3", _("3, alone in simple cases")),
    ("4", _("4, alone in most cases")),
    ("5", _("5, could teach it")),
]


class RatingForm(forms.Form):
    """One choice from 1 to 5 for each item."""

    def __init__(
        self, *args: Any, items: Iterable[CompetenceItem], levels: dict[int, int] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {f"item_{key}": str(level) for key, level in (levels or {}).items()})
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"item_{item.pk}"] = forms.ChoiceField(
                label=translated(item.text), choices=LEVELS, widget=forms.RadioSelect
            )

    def areas(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under the names of their areas."""
        found: dict[str, list[forms.BoundField]] = {}
        for item in self.items:
            found.setdefault(translated(item.area), []).append(self[f"item_{item.pk}"])
        return list(found.items())

    def levels(self) -> dict[int, int]:
        return {item.pk: int(self.cleaned_data[f"item_{item.pk}"]) for item in self.items}


class ItemForm(forms.Form):
    area = TranslatedTextField(label=_("Area"), max_length=60)
    text = TranslatedTextField(label=_("What somebody says of themselves"), max_length=300, rows=3)

    def __init__(self, *args: Any, item: CompetenceItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            kwargs.setdefault("initial", {"area": item.area, "text": item.text})
        super().__init__(*args, **kwargs)

    def details(self) -> ItemDetails:
        return ItemDetails(**self.cleaned_data)


class CopyForm(forms.Form):
    source = forms.ModelChoiceField(label=_("From which edition"), queryset=Edition.objects.none())

    def __init__(self, *args: Any, editions: list[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = Edition.objects.filter(pk__in=[edition.pk for edition in editions])
        source.label_from_instance = lambda edition: translated(edition.name)
