"""Criteria and rules of the reviewing, and the scores of one review."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.admissions.actions.reviews import CriterionDetails, ReviewRules
from filiera.admissions.models import Call, Criterion, Review
from filiera.texts.forms import LineField, TranslatedTextField
from filiera.texts.languages import translated

from .applications import LongTextField


class RulesForm(forms.Form):
    reviews_per_application = forms.IntegerField(
        label=gettext_lazy("Reviews per application"), min_value=1, max_value=9
    )
    is_review_blind = forms.BooleanField(
        label=gettext_lazy("Blind"),
        required=False,
        help_text=gettext_lazy("Reviewers see no names, no organisation, no country, no files."),
    )
    conflict_by_country = forms.BooleanField(
        label=gettext_lazy("Nobody reviews applications from their own country"), required=False
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        names = ("reviews_per_application", "is_review_blind", "conflict_by_country")
        kwargs.setdefault("initial", {name: getattr(call, name) for name in names})
        super().__init__(*args, **kwargs)

    def rules(self) -> ReviewRules:
        return ReviewRules(**self.cleaned_data)


class CriterionForm(forms.Form):
    name = TranslatedTextField(label=gettext_lazy("Criterion"), max_length=120)
    guidance = TranslatedTextField(label=gettext_lazy("What to look at"), required=False, max_length=400)
    weight = forms.IntegerField(label=gettext_lazy("Weight"), min_value=1, max_value=100, initial=1)
    lowest = forms.IntegerField(label=gettext_lazy("Lowest score"), min_value=0, max_value=9, initial=1)
    highest = forms.IntegerField(label=gettext_lazy("Highest score"), min_value=1, max_value=10, initial=5)

    def __init__(self, *args: Any, criterion: Criterion | None = None, **kwargs: Any) -> None:
        if criterion is not None:
            names = ("name", "guidance", "weight", "lowest", "highest")
            kwargs.setdefault("initial", {name: getattr(criterion, name) for name in names})
        super().__init__(*args, **kwargs)

    def details(self) -> CriterionDetails:
        return CriterionDetails(**self.cleaned_data)


class ReviewForm(forms.Form):
    """A score by every criterion, and a comment; digits on the keyboard give scores."""

    comment = LongTextField(
        label=gettext_lazy("Comment"),
        required=False,
        rows=4,
        help_text=gettext_lazy("Read by the team, and by the other reviewers after they gave their scores."),
    )

    def __init__(self, *args: Any, review: Review, criteria: list[Criterion], **kwargs: Any) -> None:
        self.criteria = criteria
        initial: dict[str, Any] = {"comment": review.comment}
        initial |= {f"criterion_{score.criterion_id}": str(score.value) for score in review.scores.all()}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        for criterion in criteria:
            points = range(criterion.lowest, criterion.highest + 1)
            self.fields[f"criterion_{criterion.pk}"] = forms.TypedChoiceField(
                label=translated(criterion.name),
                help_text=translated(criterion.guidance),
                choices=[(str(point), str(point)) for point in points],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("Give a score.")},
            )
        self.order_fields([*(name for name in self.fields if name != "comment"), "comment"])

    @property
    def score_fields(self) -> list[Any]:
        return [(criterion, self[f"criterion_{criterion.pk}"]) for criterion in self.criteria]

    def scores(self) -> dict[int, int]:
        return {criterion.pk: self.cleaned_data[f"criterion_{criterion.pk}"] for criterion in self.criteria}


class ConflictForm(forms.Form):
    note = LineField(label=gettext_lazy("Why, if you want to say"), required=False, max_length=300)


class RemarkForm(forms.Form):
    text = LongTextField(label=gettext_lazy("Your remark"), rows=3)
