"""Putting ready-made questions into a questionnaire."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction

from filiera.accounts.viewer import Viewer
from filiera.questionnaires.models import Question, Questionnaire
from filiera.questionnaires.sets import QuestionSet

from .building import QuestionDetails, lock_questionnaire, save_question

_KNOWN = {field.name for field in fields(QuestionDetails)}


@transaction.atomic
def add_question_set(*, questionnaire: Questionnaire, chosen: QuestionSet, by: Viewer, at: datetime) -> int:
    """Add the questions of a set behind those that stand; how many.

    A question whose code is there already is left out, so that a set can be added twice without harm.
    Raises PermissionDenied, and what `save_question` raises.
    """
    questionnaire = lock_questionnaire(questionnaire, by)
    present = {question.code: question for question in questionnaire.questions.all()}
    last_step = max((question.step for question in present.values()), default=0)
    count = 0
    for told in chosen.questions:
        if told["code"] in present:
            continue
        details: dict[str, Any] = {key: value for key, value in told.items() if key in _KNOWN}
        details["step"] = last_step + int(told.get("step", 1))
        if "shown_if" in told:
            details["shown_if"] = _condition(present, told["shown_if"])
        present[told["code"]] = save_question(
            questionnaire=questionnaire, question=None, details=QuestionDetails(**details), by=by, at=at
        )
        count += 1
    return count


def _condition(present: dict[str, Question], code: str) -> Question:
    return present[code]
