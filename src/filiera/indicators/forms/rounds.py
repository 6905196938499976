"""Input to collection rounds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.files.forms import UploadField
from filiera.files.rules import TABLES
from filiera.indicators.actions.rounds import QuestionToFirms, RoundDetails
from filiera.indicators.definition import Definition, Stage
from filiera.indicators.forms.fields import DayField, offer
from filiera.indicators.models import CollectionFirm, CollectionRound, QuestionMeasure
from filiera.indicators.periods import Period, parse_period
from filiera.indicators.queries.round_answers import former_answers
from filiera.organisations.models import Organisation
from filiera.questionnaires.forms.answers import AnswerForm, field_name
from filiera.questionnaires.models import QuestionKind
from filiera.questionnaires.permissions import with_response
from filiera.texts.forms import TranslatedTextField, language_name, validate_characters
from filiera.texts.languages import page_languages, translated

_MOST_FIRMS = 100_000


class RoundForm(forms.Form):
    """What a round asks, of whom and until when."""

    title = TranslatedTextField(label=_("Title"), max_length=120)
    introduction = TranslatedTextField(
        label=_("What poles and firms read first"), required=False, rows=4, max_length=2000
    )
    period = forms.ChoiceField(label=_("Figures of the year"))
    deadline_on = DayField(label=_("Deadline"))
    codes = forms.MultipleChoiceField(
        label=_("Figures of the poles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    poles = forms.MultipleChoiceField(label=_("Poles that are asked"), widget=forms.CheckboxSelectMultiple)
    sample_size = forms.IntegerField(
        label=_("Firms that are asked"),
        required=False,
        min_value=5,
        max_value=_MOST_FIRMS,
        help_text=_("Empty: every company that was a member. A number: so many of them, drawn by chance."),
    )
    former = forms.ChoiceField(
        label=_("Ask firms the same as in"),
        required=False,
        help_text=_("They find what they answered then, and change what is different."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        definitions: Mapping[str, Definition],
        poles: Sequence[Organisation],
        former: Sequence[CollectionRound],
        periods: Sequence[Period],
        round_: CollectionRound | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(round_, poles, former, periods))
        self.definitions = definitions
        offer(self, "period", [(period.code, period.words) for period in periods])
        offer(self, "codes", [(code, translated(told.names)) for code, told in definitions.items()])
        offer(self, "poles", [(str(pole.pk), pole.name_here) for pole in poles])
        if round_ is not None or not former:
            del self.fields["former"]
        else:
            told = [(str(row.pk), f"{translated(row.title)} ({row.period.words})") for row in former]
            offer(self, "former", [("", _("nothing: new questions, or none")), *told])

    @property
    def figures_by_stage(self) -> Iterator[tuple[str, list[dict[str, Any]], int]]:
        """The figures to tick, by their stage in the logic model, with how many are ticked."""
        ticked = set(self["codes"].value() or ())
        for stage in Stage:
            shown = [
                {
                    "code": code,
                    "name": translated(told.names),
                    "about": translated(told.descriptions),
                    "is_ticked": code in ticked,
                }
                for code, told in self.definitions.items()
                if told.stage == stage
            ]
            if shown:
                yield str(stage.label), shown, sum(bool(each["is_ticked"]) for each in shown)

    def details(self) -> RoundDetails:
        given = self.cleaned_data
        return RoundDetails(
            title=given["title"],
            introduction=given["introduction"] or {},
            period=parse_period(given["period"]),
            deadline_on=given["deadline_on"],
            codes=given["codes"],
            poles=[int(key) for key in given["poles"]],
            sample_size=given["sample_size"],
        )


class QuestionForm(forms.Form):
    """One question to firms, and the figure that its answers give."""

    _KINDS = {
        "number_sum": (QuestionKind.NUMBER, QuestionMeasure.SUM, _("A number; all answers are added up")),
        "number_mean": (QuestionKind.NUMBER, QuestionMeasure.MEAN, _("A number; the mean is told")),
        "yes_no": (QuestionKind.YES_NO, QuestionMeasure.SHARE, _("Yes or no; the share of yes is told")),
        "scale": (QuestionKind.SCALE, QuestionMeasure.MEAN, _("From 1 to 5; the mean is told")),
    }

    label = TranslatedTextField(label=_("Question"), max_length=200)
    answer = forms.ChoiceField(label=_("Answer"), choices=[(key, told[2]) for key, told in _KINDS.items()])
    unit = TranslatedTextField(
        label=_("Unit"), required=False, max_length=40, help_text=_("Such as “people” or “euro”.")
    )

    def question(self, taken: Sequence[str]) -> QuestionToFirms:
        given = self.cleaned_data
        kind, measure, _words = self._KINDS[given["answer"]]
        return QuestionToFirms(
            code=_free_code(translated(given["label"], "en"), taken),
            kind=kind,
            label=given["label"],
            measure=measure,
            unit=given["unit"] or {},
        )


class CommentForm(forms.Form):
    """A word at a figure."""

    text = forms.CharField(
        label=_("Words at the figure"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_characters],
    )

    def __init__(self, data: Any = None, *, code: str, label: str = "") -> None:
        super().__init__(data, auto_id=f"{code}-%s")
        self.code = code
        if label:
            self.fields["text"].label = label


class FirmAddressForm(forms.Form):
    """Where one firm is written to."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, data: Any = None, *, firm: CollectionFirm) -> None:
        super().__init__(
            data, initial={"email": firm.email, "language": firm.language}, auto_id=f"firm-{firm.pk}-%s"
        )
        offer(self, "language", [(code, language_name(code)) for code in page_languages()])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class AddressesForm(forms.Form):
    """The table of firms with their addresses filled in."""

    table = UploadField(
        label=_("Table with addresses"),
        rules=TABLES,
        help_text=_("The table given here, with the column email filled in. All rows are taken, or none."),
    )


class FreezeForm(forms.Form):
    """That a round ends, if need be without those who are missing."""

    without_missing = forms.BooleanField(
        label=_("Freeze it without the poles whose figures are not accepted"), required=False
    )


def firm_form(firm: CollectionFirm, by: Viewer, data: Any = None) -> AnswerForm:
    """The questions to a firm, with what it answered: now, or else in the round before."""
    questionnaire = firm.round.questionnaire
    assert questionnaire is not None
    seen_as = by if firm.response is None else with_response(by, firm.response.pk)
    form = AnswerForm(questionnaire, firm.response, data, by=seen_as)
    if firm.response is None and data is None:
        former = former_answers(firm, by)
        for question in form.questions:
            before = former.get(question.code)
            if before is not None:
                form.initial[field_name(question.code)] = (
                    ("yes" if before else "no") if question.kind == QuestionKind.YES_NO else before
                )
    return form


def _initial(
    round_: CollectionRound | None,
    poles: Sequence[Organisation],
    former: Sequence[CollectionRound],
    periods: Sequence[Period],
) -> dict[str, Any]:
    if round_ is None:
        # The last year that is closed, and everybody.
        told: dict[str, Any] = {"period": periods[1].code, "poles": [str(pole.pk) for pole in poles]}
        if former:
            told |= {"former": str(former[0].pk), "codes": former[0].codes}
        return told
    return {
        "title": round_.title,
        "introduction": round_.introduction,
        "period": round_.period.code,
        "deadline_on": round_.deadline_on,
        "codes": round_.codes,
        "poles": [str(key) for key in round_.parts.values_list("organisation_id", flat=True)],
        "sample_size": round_.sample_size,
    }


def _free_code(label: str, taken: Sequence[str]) -> str:
    base = slugify(label).replace("-", "_")[:32].strip("_") or "question"
    numbered = (base, *(f"{base}_{number}" for number in range(2, 20)))
    return next(code for code in numbered if code not in taken)
