"""Answering: drafts that are kept, responses that are submitted, with a name or without."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.files.actions import discard_file, store_upload
from filiera.files.models import StoredFile
from filiera.files.rules import MATERIALS
from filiera.push.actions import publish_event
from filiera.questionnaires import policies, wall
from filiera.questionnaires.conditions import shown
from filiera.questionnaires.models import (
    Anonymity,
    Answer,
    Answered,
    Question,
    Questionnaire,
    Response,
    ResponseState,
)
from filiera.questionnaires.queries.questions import questions_of
from filiera.questionnaires.values import fits, is_answered
from filiera.shared.errors import DomainError

from .errors import AlreadyAnswered, AnswerDoesNotFit, QuestionnaireNotOpen

FILE_POLICY = "questionnaires.answer"


class AnswersMissing(DomainError):
    """`questions` are those that still need an answer, in their order."""

    message = _("Some questions still need an answer.")

    def __init__(self, questions: Iterable[Question]) -> None:
        super().__init__()
        self.questions = tuple(questions)


class NamesNotAsked(DomainError):
    message = _("This form takes answers without a name only.")


class NamesNeeded(DomainError):
    message = _("This form takes answers with a name only.")


def topic_of(questionnaire: Questionnaire) -> str:
    """Where pages hear that somebody answered."""
    return f"questionnaire:{questionnaire.pk}"


@transaction.atomic
def start_response(
    *,
    questionnaire: Questionnaire,
    by: Viewer,
    at: datetime,
    about: str = "",
    respondent: str = "",
    language: str = "",
) -> Response:
    """The response of this respondent: the one begun before, or a new draft.

    `about` tells apart what one questionnaire serves, e.g. "session:7"; `respondent` is the key of
    somebody without an account whose link the caller has checked, e.g. "participation:31".
    Raises PermissionDenied, QuestionnaireNotOpen, NamesNotAsked, AlreadyAnswered.
    """
    _check_may_answer(questionnaire, about, by)
    if questionnaire.anonymity == Anonymity.ANONYMOUS:
        raise NamesNotAsked
    if not respondent and by.person is None:
        raise PermissionDenied
    key = _respondent(by, respondent)
    if questionnaire.may_be_anonymous and key in _answered(questionnaire, about).respondents:
        raise AlreadyAnswered
    response, _created = Response.objects.get_or_create(
        questionnaire=questionnaire,
        about=about,
        person=None if respondent else by.person,
        respondent=respondent,
        is_anonymous=False,
        defaults={"created_at": at, "language": language},
    )
    return response


@transaction.atomic
def save_draft(*, response: Response, answers: Mapping[str, Any], by: Viewer, at: datetime) -> Response:
    """Keep what was answered so far, question by question; None takes an answer back.

    What is already submitted is changed by `submit_response` alone.
    Raises PermissionDenied, QuestionnaireNotOpen, AnswerDoesNotFit, and what `store_upload` raises.
    """
    response = _locked(response, by)
    if response.is_submitted:
        raise PermissionDenied
    _write(response, answers, by=by, at=at)
    response.changed_at = at
    response.save(update_fields=["changed_at"])
    return response


@transaction.atomic
def submit_response(
    *, response: Response, answers: Mapping[str, Any] | None = None, by: Viewer, at: datetime
) -> Response:
    """Hand the response in, with last answers; also changes one that was handed in, while it is open.

    Answers to questions that are not asked after all are removed.
    Raises PermissionDenied, QuestionnaireNotOpen, AnswerDoesNotFit, AnswersMissing, and what
    `store_upload` raises.
    """
    response = _locked(response, by)
    _write(response, answers or {}, by=by, at=at)
    questions = questions_of(response.questionnaire)
    with wall.opened_for_response(response.pk):
        present = list(Answer.objects.filter(response=response).select_related("question", "file"))
        values = {answer.question.code: answer.value for answer in present}
        asked = shown(questions, values)
        _remove(answer for answer in present if answer.question not in asked)
    _check_complete(asked, values)
    is_first = not response.is_submitted
    response.state = ResponseState.SUBMITTED
    response.changed_at = at
    if is_first:
        response.submitted_at, response.submitted_on = at, at.date()
    response.save(update_fields=["state", "changed_at", "submitted_at", "submitted_on"])
    if is_first:
        publish_event(topic_of(response.questionnaire), {"about": response.about})
    return response


@transaction.atomic
def submit_anonymously(
    *,
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    by: Viewer,
    at: datetime,
    about: str = "",
    respondent: str = "",
) -> None:
    """Hand in a response that leads to nobody; only that this respondent has answered is kept, apart.

    Nothing is returned and no event is told: either would join the answers to a person or a minute.
    Raises PermissionDenied, QuestionnaireNotOpen, NamesNeeded, AlreadyAnswered, AnswerDoesNotFit,
    AnswersMissing.
    """
    _check_may_answer(questionnaire, about, by)
    if questionnaire.anonymity == Anonymity.NAMED:
        raise NamesNeeded
    if not respondent and by.person is None:
        raise PermissionDenied
    key = _respondent(by, respondent)
    answered = _answered(questionnaire, about)
    has_name = Response.objects.submitted().filter(
        questionnaire=questionnaire,
        about=about,
        **({"respondent": respondent} if respondent else {"person": by.person}),
    )
    if key in answered.respondents or has_name.exists():
        raise AlreadyAnswered
    answered.respondents = sorted([*answered.respondents, key])
    answered.save(update_fields=["respondents"])
    given = {code: value for code, value in answers.items() if value is not None}
    asked = shown(questions_of(questionnaire), given)
    _check_complete(asked, given)
    response = Response.objects.create(
        questionnaire=questionnaire,
        about=about,
        is_anonymous=True,
        state=ResponseState.SUBMITTED,
        submitted_on=at.date(),
    )
    codes = {question.code for question in asked}
    _write(response, {code: value for code, value in given.items() if code in codes}, by=by, at=at)
    if questionnaire.shows_results_while_open:
        release_responses(questionnaire, about)


def release_responses(questionnaire: Questionnaire, about: str) -> int:
    """Let anonymous responses into the results once enough of them wait together; how many.

    They come in groups, so that nobody learns from two looks at the results what one person said.
    Asks no policy: it follows an answer or the closing, which have asked their own.
    """
    waiting = Response.objects.filter(
        questionnaire=questionnaire, about=about, is_anonymous=True, is_released=False
    )
    if waiting.count() < questionnaire.minimum_group:
        return 0
    return waiting.update(is_released=True)


def _check_may_answer(questionnaire: Questionnaire, about: str, by: Viewer) -> None:
    questionnaire.refresh_from_db(fields=["state"])
    if not questionnaire.is_open:
        raise QuestionnaireNotOpen
    if not policies.can_answer(by, questionnaire, about):
        raise PermissionDenied


def _locked(response: Response, by: Viewer) -> Response:
    if not policies.is_own(by, response):
        raise PermissionDenied
    locked = Response.objects.select_for_update(of=("self",)).select_related("questionnaire")
    response = locked.get(pk=response.pk)
    _check_may_answer(response.questionnaire, response.about, by)
    return response


def _respondent(by: Viewer, respondent: str) -> str:
    return respondent or f"person:{by.person_id}"


def _answered(questionnaire: Questionnaire, about: str) -> Answered:
    Answered.objects.bulk_create([Answered(questionnaire=questionnaire, about=about)], ignore_conflicts=True)
    return Answered.objects.select_for_update().get(questionnaire=questionnaire, about=about)


def _check_complete(asked: Iterable[Question], values: Mapping[str, Any]) -> None:
    missing = [
        question
        for question in asked
        if question.has_answer
        and question.is_required
        and not is_answered(question, values.get(question.code))
    ]
    if missing:
        raise AnswersMissing(missing)


def _write(response: Response, answers: Mapping[str, Any], *, by: Viewer, at: datetime) -> None:
    questions = {
        question.code: question
        for question in Question.objects.filter(questionnaire=response.questionnaire, code__in=answers)
    }
    with wall.opened_for_response(response.pk):
        present = {
            answer.question_id: answer
            for answer in Answer.objects.filter(response=response).select_related("file")
        }
        for code, value in answers.items():
            question = questions.get(code)
            if question is None:
                raise AnswerDoesNotFit
            _write_one(response, question, value, present.get(question.pk), by=by, at=at)


def _write_one(
    response: Response, question: Question, value: Any, present: Answer | None, *, by: Viewer, at: datetime
) -> None:
    if value is None:
        _remove([present] if present else [])
        return
    file: StoredFile | None = None
    if isinstance(value, UploadedFile):
        file = store_upload(upload=value, rules=MATERIALS, policy=FILE_POLICY, by=by, at=at)
        value = file.name
    if not fits(question, value):
        raise AnswerDoesNotFit
    if present is None:
        Answer.objects.create(response=response, question=question, value=value, file=file)
        return
    replaced = present.file
    present.value, present.file = value, file
    present.save(update_fields=["value", "file"])
    if replaced is not None:
        discard_file(stored_file=replaced)


def _remove(answers: Iterable[Answer]) -> None:
    """Take answers out together with their files."""
    for answer in answers:
        file = answer.file
        answer.delete()
        if file is not None:
            discard_file(stored_file=file)
