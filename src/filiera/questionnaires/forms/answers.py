"""The form that a step of a questionnaire becomes, and what was typed into it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.files.forms import UploadField
from filiera.files.rules import MATERIALS
from filiera.organisations.models import Organisation
from filiera.questionnaires.conditions import shown
from filiera.questionnaires.models import Question, QuestionKind, Questionnaire, Response
from filiera.questionnaires.queries.questions import Step, own_answers, questions_of, steps_of
from filiera.reference.models import Country, Ecosystem
from filiera.texts.forms import validate_characters
from filiera.texts.languages import translated
from filiera.texts.markdown import rich_text
from filiera.texts.sorting import sort_key

SHORT_LENGTH, LONG_LENGTH = 300, 6_000
PREFIX = "q"


def field_name(code: str) -> str:
    return f"{PREFIX}-{code}"


class ScaleSelect(forms.RadioSelect):
    """Buttons in a row, with words at both ends."""

    # Read by the design system: the template draws the points, not a list.
    draws_options = True
    template_name = "questionnaires/scale.html"

    def __init__(self, *, low: str, high: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.low, self.high = low, high

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"].update(low=self.low, high=self.high)
        return context


class AnswerForm(forms.Form):
    """The questions of one step (or of all, without `step`) as fields; answers given before are filled in.

    A question whose condition does not hold is shown and ignored, so that the form works without script;
    `answers()` leaves it out. `typed()` is what a draft keeps even while other answers are still wrong.
    """

    # The browser would insist on an answer to what is not asked after all.
    use_required_attribute = False

    def __init__(
        self,
        questionnaire: Questionnaire,
        response: Response | None = None,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        by: Viewer,
        step: int | None = None,
        language: str | None = None,
    ) -> None:
        # Without data there is nothing to check, though a request always brings its (empty) files.
        super().__init__(data, files if data is not None else None)
        self.questionnaire, self.response, self.by, self.language = questionnaire, response, by, language
        self.questions = questions_of(questionnaire)
        self.steps: list[Step] = steps_of(self.questions)
        self.step = min(max(step, 1), len(self.steps) or 1) if step is not None else None
        self.given = own_answers(response, by)
        self.of_step = [
            question
            for part in self.steps
            if self.step is None or part.number == self.step
            for question in part.questions
        ]
        for question in self.of_step:
            if question.has_answer:
                self._add_field(question)

    @property
    def is_last_step(self) -> bool:
        return self.step is None or self.step >= len(self.steps)

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What the page shows in its order: each question with its field, texts with their words."""
        return [
            {
                "question": question,
                "field": self[field_name(question.code)] if question.has_answer else None,
                "label": translated(question.label, self.language),
                "text": rich_text(translated(question.help, self.language)),
                "condition": self._condition(question),
                "file": self.given.files.get(question.code),
            }
            for question in self.of_step
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        asked = {question.code for question in shown(self.questions, self._values())}
        for question in self.of_step:
            name = field_name(question.code)
            if question.code not in asked:
                # What is not asked cannot be wrong.
                self.errors.pop(name, None)
                values.pop(name, None)
        return values

    def answers(self) -> dict[str, Any]:
        """Values by code for every question of the step that is asked; None where it was left empty.

        A file is the upload; a file question that was left as it is does not appear.
        """
        asked = shown(self.questions, self._values())
        return {
            question.code: value
            for question in asked
            if question in self.of_step and question.has_answer
            for value in [self._value(question)]
            if not (question.kind == QuestionKind.FILE and value is None)
        }

    def typed(self) -> dict[str, Any]:
        """What can be kept already: the fields that are filled and right; to be asked of any bound form."""
        _errors = self.errors
        return {
            question.code: self._value(question)
            for question in self.of_step
            if question.has_answer
            and question.kind != QuestionKind.FILE
            and field_name(question.code) in self.cleaned_data
        }

    def _values(self) -> dict[str, Any]:
        given = dict(self.given.values)
        for question in self.of_step:
            if question.has_answer and question.kind != QuestionKind.FILE:
                given[question.code] = self._value(question)
        return given

    def _value(self, question: Question) -> Any:
        return plain(self.cleaned_data.get(field_name(question.code)))

    def _condition(self, question: Question) -> dict[str, str] | None:
        if question.shown_if_id is None:
            return None
        other = next((entry for entry in self.of_step if entry.pk == question.shown_if_id), None)
        if other is None:
            return None
        labels = [
            label for code, label in choices_of(other, self.language) if code in question.shown_if_values
        ]
        return {
            "field": field_name(other.code),
            "values": " ".join(question.shown_if_values),
            "label": _("Only if “%(question)s” is %(answer)s")
            % {
                "question": translated(other.label, self.language),
                "answer": _(" or ").join(f"“{label}”" for label in labels),
            },
        }

    def _add_field(self, question: Question) -> None:
        name = field_name(question.code)
        field = self.fields[name] = self._field(question)
        if question.shown_if_id is not None:
            # The browser cannot know whether it is asked, and would hold the page back in silence.
            field.widget.use_required_attribute = lambda _initial: False
        if question.code in self.given.values and question.kind != QuestionKind.FILE:
            self.initial[name] = self._initial(question, self.given.values[question.code])

    def _initial(self, question: Question, value: Any) -> Any:
        if question.kind == QuestionKind.YES_NO:
            return "yes" if value else "no"
        return value

    def _field(self, question: Question) -> forms.Field:
        common: dict[str, Any] = {
            "label": translated(question.label, self.language),
            "help_text": rich_text(translated(question.help, self.language)),
            "required": question.is_required,
        }
        match question.kind:
            case QuestionKind.SHORT:
                return forms.CharField(max_length=SHORT_LENGTH, validators=[validate_characters], **common)
            case QuestionKind.LONG:
                return forms.CharField(
                    max_length=question.maximum or LONG_LENGTH,
                    validators=[validate_characters],
                    widget=forms.Textarea(attrs={"rows": 5}),
                    **common,
                )
            case QuestionKind.CHOICE:
                return forms.ChoiceField(
                    choices=choices_of(question, self.language), widget=forms.RadioSelect, **common
                )
            case QuestionKind.CHOICES:
                return forms.MultipleChoiceField(
                    choices=choices_of(question, self.language), widget=forms.CheckboxSelectMultiple, **common
                )
            case QuestionKind.YES_NO:
                return forms.TypedChoiceField(
                    choices=choices_of(question, self.language),
                    widget=forms.RadioSelect,
                    coerce=lambda code: code == "yes",
                    empty_value=None,
                    **common,
                )
            case QuestionKind.SCALE | QuestionKind.RECOMMENDATION:
                return forms.TypedChoiceField(
                    choices=choices_of(question, self.language),
                    widget=ScaleSelect(
                        low=translated(question.minimum_label, self.language),
                        high=translated(question.maximum_label, self.language),
                    ),
                    coerce=int,
                    empty_value=None,
                    **common,
                )
            case QuestionKind.NUMBER:
                return forms.DecimalField(
                    min_value=question.minimum,
                    max_value=question.maximum,
                    max_digits=14,
                    decimal_places=4,
                    **common,
                )
            case QuestionKind.DATE:
                widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                return forms.DateField(widget=widget, **common)
            case QuestionKind.FILE:
                has_file = question.code in self.given.files
                return UploadField(
                    rules=MATERIALS,
                    widget=forms.FileInput,
                    **{**common, "required": question.is_required and not has_file},
                )
            case QuestionKind.ORGANISATION:
                field = forms.ModelChoiceField(
                    queryset=Organisation.objects.visible_to(self.by).order_by("sort_key", "pk"), **common
                )
                field.widget.attrs["data-search"] = ""
                return field
            case QuestionKind.COUNTRY:
                return _select([("", _("Choose a country")), *countries(self.language)], common)
            case QuestionKind.ECOSYSTEM:
                return _select([("", _("Choose an ecosystem")), *ecosystems(self.language)], common)
            case QuestionKind.CONSENT:
                return forms.BooleanField(
                    error_messages={
                        "required": gettext_lazy("Without this consent the form cannot be sent.")
                    },
                    **common,
                )
        raise ValueError(f"There is no field for {question.kind!r}.")


def _select(choices: list[tuple[str, str]], common: dict[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, widget=forms.Select(attrs={"data-search": ""}), **common)


def choices_of(question: Question, language: str | None = None) -> list[tuple[str, str]]:
    """The codes a question's answer may have, with the words shown for them."""
    match question.kind:
        case QuestionKind.CHOICE | QuestionKind.CHOICES:
            return [(option["code"], translated(option["label"], language)) for option in question.options]
        case QuestionKind.YES_NO | QuestionKind.CONSENT:
            with override(language or get_language()):
                return [("yes", _("Yes")), ("no", _("No"))]
        case QuestionKind.SCALE | QuestionKind.RECOMMENDATION:
            assert question.minimum is not None
            assert question.maximum is not None
            return [(str(point), str(point)) for point in range(question.minimum, question.maximum + 1)]
    return []


def countries(language: str | None = None) -> list[tuple[str, str]]:
    named = [(row.code, translated(row.names, language)) for row in Country.objects.all()]
    return sorted(named, key=lambda choice: sort_key(choice[1]))


def ecosystems(language: str | None = None) -> list[tuple[str, str]]:
    return [(row.code, translated(row.names, language)) for row in Ecosystem.objects.order_by("position")]


def plain(value: Any) -> Any:
    """A cleaned value as JSON keeps it; None where nothing was answered."""
    if isinstance(value, UploadedFile):
        return value
    if isinstance(value, Organisation):
        return value.pk
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if value in ("", [], None):
        return None
    return value
