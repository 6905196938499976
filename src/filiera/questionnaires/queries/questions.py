"""The questions of a questionnaire, and what somebody has answered so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.questionnaires import wall
from filiera.questionnaires.models import Answer, Question, QuestionKind, Questionnaire, Response
from filiera.texts.languages import translated


def questions_of(questionnaire: Questionnaire) -> list[Question]:
    """All questions in the order in which they are asked."""
    return list(Question.objects.filter(questionnaire=questionnaire).in_order())


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a questionnaire: its number in the row of steps, its heading, its questions."""

    number: int
    title: str
    questions: tuple[Question, ...]


def steps_of(questions: Iterable[Question]) -> list[Step]:
    """The pages, numbered without gaps; the first text of a page is its heading."""
    by_step: dict[int, list[Question]] = {}
    for question in questions:
        by_step.setdefault(question.step, []).append(question)
    return [
        Step(number, _heading(listed), tuple(listed))
        for number, (_step, listed) in enumerate(sorted(by_step.items()), start=1)
    ]


def _heading(questions: list[Question]) -> str:
    first = questions[0]
    return translated(first.label) if first.kind == QuestionKind.TEXT else ""


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """What a respondent has answered: values by the question's code, and the files among them."""

    values: Mapping[str, Any]
    files: Mapping[str, StoredFile]


def own_answers(response: Response | None, by: Viewer) -> OwnAnswers:
    """The respondent's own answers, sensitive ones included; none before there is a response.

    Raises PermissionDenied for anybody else.
    """
    if response is None:
        return OwnAnswers({}, {})
    with wall.opened_for_respondent(response=response, by=by):
        answers = list(Answer.objects.filter(response=response).select_related("question", "file"))
    return OwnAnswers(
        {answer.question.code: answer.value for answer in answers},
        {answer.question.code: answer.file for answer in answers if answer.file is not None},
    )
