"""What is said of trends: by those who put them up, by those who rate them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.reference.models import Ecosystem
from filiera.texts.forms import TranslatedTextField
from filiera.texts.languages import translated
from filiera.workshops.actions.trends import TrendDetails
from filiera.workshops.models import Scale, Trend, TrendRating

from .fields import LongTextField

_MOST_SOURCES = 12

# From the lowest to the highest point; what each means is said in words.
POINTS: dict[str, tuple[tuple[str, Any], ...]] = {
    Scale.IMPACT: (
        ("1", _("no impact")),
        ("2", _("small")),
        ("3", _("noticeable")),
        ("4", _("great")),
        ("5", _("it changes everything")),
    ),
    Scale.LIKELIHOOD: (
        ("1", _("hardly")),
        ("2", _("rather not")),
        ("3", _("perhaps")),
        ("4", _("rather yes")),
        ("5", _("nearly certain")),
    ),
    Scale.TIME_TO_EFFECT: (
        ("1", _("already here")),
        ("2", _("within 2 years")),
        ("3", _("in 2 to 5 years")),
        ("4", _("in 5 to 10 years")),
        ("5", _("later than that")),
    ),
    Scale.READINESS: (
        ("1", _("not at all")),
        ("2", _("we talk about it")),
        ("3", _("we have begun")),
        ("4", _("we are well on the way")),
        ("5", _("we lead others")),
    ),
}
QUESTIONS: dict[str, Any] = {
    Scale.IMPACT: _("How much would it change your cluster?"),
    Scale.LIKELIHOOD: _("How likely is it?"),
    Scale.TIME_TO_EFFECT: _("When does it take effect?"),
    Scale.READINESS: _("How ready is your cluster?"),
}


class RatingForm(forms.Form):
    """Four scales; each may be left open for later."""

    def __init__(self, *args: Any, rating: TrendRating | None = None, trend: Trend, **kwargs: Any) -> None:
        said = {scale: getattr(rating, scale) for scale in Scale.values} if rating else {}
        kwargs.setdefault("initial", {scale: str(point) for scale, point in said.items() if point})
        kwargs.setdefault("auto_id", f"trend-{trend.pk}-%s")
        super().__init__(*args, **kwargs)
        for scale in Scale:
            self.fields[scale.value] = forms.ChoiceField(
                label=QUESTIONS[scale], choices=POINTS[scale], widget=forms.RadioSelect, required=False
            )

    def points(self) -> dict[str, int]:
        return {scale: int(point) for scale, point in self.cleaned_data.items() if point}


class TrendForm(forms.Form):
    title = TranslatedTextField(label=_("In one line"), max_length=120)
    description = TranslatedTextField(label=_("What it is about"), max_length=1500, rows=4)
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("The same in every edition, so that ratings can be compared over the years."),
    )
    ecosystems = forms.ModelMultipleChoiceField(
        label=_("Industrial ecosystems"),
        queryset=Ecosystem.objects.order_by("position"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None means all."),
    )
    sources = forms.CharField(
        label=_("Sources"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: an address, and after a blank what it says."),
    )

    def __init__(self, *args: Any, trend: Trend | None = None, **kwargs: Any) -> None:
        if trend is not None:
            kwargs.setdefault(
                "initial",
                {
                    "title": trend.title,
                    "description": trend.description,
                    "code": trend.code,
                    "ecosystems": list(trend.ecosystems.values_list("pk", flat=True)),
                    "sources": "\n".join(
                        f"{source['url']} {source.get('note', '')}".strip() for source in trend.sources
                    ),
                },
            )
        super().__init__(*args, **kwargs)
        ecosystems: Any = self.fields["ecosystems"]
        ecosystems.label_from_instance = lambda row: translated(row.names)

    def clean_sources(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["sources"].splitlines() if line.strip()]
        if len(lines) > _MOST_SOURCES:
            raise ValidationError(_("Twelve sources are enough."), code="many")
        sources = []
        for line in lines:
            url, _blank, note = line.partition(" ")
            if not re.match(r"https?://", url):
                raise ValidationError(_("Begin each line with an address such as https://…"), code="address")
            URLValidator()(url)
            sources.append({"url": url, "note": note.strip()})
        return sources

    def details(self) -> TrendDetails:
        return TrendDetails(**self.cleaned_data)


class TrendCommentForm(forms.Form):
    text = LongTextField(label=_("What you think of it"), rows=3, max_length=2000)
    names_author = forms.BooleanField(
        label=_("With my name"),
        required=False,
        help_text=_("Otherwise nobody reads who wrote it. How you rated is never shown."),
    )


class CopyTrendsForm(forms.Form):
    source = forms.ModelChoiceField(label=_("From which edition"), queryset=Edition.objects.none())

    def __init__(self, *args: Any, editions: list[Edition], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = Edition.objects.filter(pk__in=[edition.pk for edition in editions])
        source.label_from_instance = lambda edition: translated(edition.name)
