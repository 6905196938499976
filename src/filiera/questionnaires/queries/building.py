"""What the pages of the builder show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.questionnaires.conditions import told
from filiera.questionnaires.models import (
    KINDS_WITH_OPTIONS,
    Question,
    QuestionKind,
    Questionnaire,
    ResponseState,
)
from filiera.questionnaires.purposes import is_registered, purpose_of
from filiera.texts.languages import translated

from .questions import questions_of, steps_of


@dataclass(frozen=True, slots=True)
class QuestionnaireLine:
    """One questionnaire of a workspace in the list."""

    questionnaire: Questionnaire
    purpose_name: str
    questions: int
    handed_in: int


def questionnaires_of(workspace: str, by: Viewer) -> list[QuestionnaireLine]:
    """The questionnaires of a workspace that the viewer may know, newest first."""
    found = (
        Questionnaire.objects.visible_to(by)
        .of_workspace(workspace)
        .annotate(
            question_count=Count("questions", filter=~Q(questions__kind=QuestionKind.TEXT), distinct=True),
            handed_in=Count("responses", filter=Q(responses__state=ResponseState.SUBMITTED), distinct=True),
        )
    )
    counts = {
        key: (question_count, handed_in)
        for key, question_count, handed_in in found.values_list("pk", "question_count", "handed_in")
    }
    return [
        QuestionnaireLine(
            row,
            str(purpose_of(row.purpose).name) if is_registered(row.purpose) else row.purpose,
            *counts[row.pk],
        )
        for row in Questionnaire.objects.filter(pk__in=counts).order_by("-created_at", "-pk")
    ]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    question: Question
    label: str
    options: str
    condition: str
    missing_languages: Sequence[str]


@dataclass(frozen=True, slots=True)
class StepLines:
    number: int
    step: int
    title: str
    lines: Sequence[QuestionLine]


def steps_for_builder(questionnaire: Questionnaire) -> list[StepLines]:
    """Every question of every page with what the builder says about it."""
    questions = questions_of(questionnaire)
    by_key = {question.pk: question for question in questions}
    return [
        StepLines(
            step.number,
            step.questions[0].step,
            step.title,
            [_line(question, by_key, questionnaire) for question in step.questions],
        )
        for step in steps_of(questions)
    ]


def _line(question: Question, by_key: dict[int, Question], questionnaire: Questionnaire) -> QuestionLine:
    other = by_key.get(question.shown_if_id) if question.shown_if_id else None
    options = [translated(option["label"]) for option in question.options]
    return QuestionLine(
        question=question,
        label=translated(question.label),
        options=" · ".join(options) if question.kind in KINDS_WITH_OPTIONS else "",
        condition=_condition(question, other) if other else "",
        missing_languages=[code for code in questionnaire.languages if not question.label.get(code)],
    )


def _condition(question: Question, other: Question) -> str:
    labels = {option["code"]: translated(option["label"]) for option in other.options}
    labels |= {"yes": _("Yes"), "no": _("No")} if not other.options else {}
    values = ", ".join(labels.get(value, value) for value in sorted(told(question.shown_if_values)))
    return f"{translated(other.label)} {values}"
