"""Building a questionnaire: what it asks, in which order, for whom and for how long.

Once somebody has answered, words may still change; what gives the answers their meaning may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.questionnaires import policies, wall
from filiera.questionnaires.models import (
    KINDS_FOR_CONDITIONS,
    KINDS_WITH_OPTIONS,
    MINIMUM_GROUP,
    Anonymity,
    Answer,
    Audience,
    Question,
    QuestionKind,
    Questionnaire,
)

from .errors import QuestionnaireError

_ORDER = list(Audience)


class Locked(QuestionnaireError):
    message = _("Somebody has answered already; this can no longer change. Make a copy to ask differently.")


class OptionIsAnswered(Locked):
    message = _("Options that were offered stay; their words may change and new ones may be added.")
    field = "options"


class AudienceOnlyNarrower(Locked):
    message = _("People answered for this audience or a narrower one; it can no longer be widened.")
    field = "audience"


class RetentionOnlyShorter(Locked):
    message = _("People answered with this date of deletion or an earlier one; it can no longer be later.")
    field = "delete_answers_on"


class CodeTaken(QuestionnaireError):
    message = _("Another question of this form has this code.")
    field = "code"


class OptionsMissing(QuestionnaireError):
    message = _("Write at least two options, each on a line of its own.")
    field = "options"


class OptionCodesTwice(QuestionnaireError):
    message = _("Two options have the same code.")
    field = "options"


class ConditionNotBefore(QuestionnaireError):
    message = _("A condition can only name a question that stands earlier.")
    field = "shown_if"


class ConditionUnknownValue(QuestionnaireError):
    message = _("The condition names an answer that the other question does not have.")
    field = "shown_if_values"


class ConditionHangsOnIt(QuestionnaireError):
    message = _("Another question is shown only with an answer to this one. Change that question first.")


class SensitiveNeedsEnd(QuestionnaireError):
    message = _("Sensitive answers need a day on which they are deleted.")
    field = "delete_answers_on"


class ScaleNeedsEnds(QuestionnaireError):
    message = _("A scale needs a first and a last point, at most eleven points in all.")
    field = "maximum"


class AnonymousAsksNoFiles(QuestionnaireError):
    message = _("A file tells who sent it: forms without names ask for none.")
    field = "kind"


class Option(TypedDict):
    code: str
    label: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class QuestionnaireDetails:
    title: dict[str, str]
    introduction: dict[str, str] = field(default_factory=dict)
    thanks: dict[str, str] = field(default_factory=dict)
    languages: Sequence[str] = ("en", "it")
    anonymity: str = Anonymity.NAMED
    minimum_group: int = MINIMUM_GROUP
    shows_results_while_open: bool = True
    delete_answers_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class QuestionDetails:
    code: str
    kind: str
    label: dict[str, str]
    help: dict[str, str] = field(default_factory=dict)
    step: int = 1
    is_required: bool = False
    options: Sequence[Option] = ()
    minimum: int | None = None
    maximum: int | None = None
    minimum_label: dict[str, str] = field(default_factory=dict)
    maximum_label: dict[str, str] = field(default_factory=dict)
    shown_if: Question | None = None
    shown_if_values: Sequence[str] = ()
    audience: str = Audience.TEAM
    is_hidden_in_blind_review: bool = False
    delete_answers_on: date | None = None
    keep_answers_days: int | None = None


@transaction.atomic
def create_questionnaire(
    *,
    purpose: str,
    workspace: str,
    details: QuestionnaireDetails,
    by: Viewer,
    at: datetime,
    is_demonstration: bool = False,
) -> Questionnaire:
    """Begin a questionnaire as a draft. Raises PermissionDenied."""
    if not policies.can_edit_in(by, purpose, workspace):
        raise PermissionDenied
    questionnaire = Questionnaire(
        purpose=purpose, workspace=workspace, created_at=at, is_demonstration=is_demonstration
    )
    _take(questionnaire, details)
    questionnaire.save()
    return questionnaire


@transaction.atomic
def change_questionnaire(
    *, questionnaire: Questionnaire, details: QuestionnaireDetails, by: Viewer, at: datetime
) -> Questionnaire:
    """Change what it is called and how it is answered; with answers there only words and stricter rules.

    Raises PermissionDenied, Locked, RetentionOnlyShorter, AnonymousAsksNoFiles.
    """
    questionnaire = lock_questionnaire(questionnaire, by)
    if is_answered(questionnaire):
        if details.anonymity != questionnaire.anonymity:
            raise Locked
        if details.minimum_group < questionnaire.minimum_group:
            raise Locked
        if _is_later(details.delete_answers_on, questionnaire.delete_answers_on):
            raise RetentionOnlyShorter
    asks_files = questionnaire.questions.filter(kind=QuestionKind.FILE).exists()
    if details.anonymity != Anonymity.NAMED and asks_files:
        raise AnonymousAsksNoFiles
    _take(questionnaire, details)
    questionnaire.save()
    return questionnaire


@transaction.atomic
def save_question(
    *,
    questionnaire: Questionnaire,
    question: Question | None,
    details: QuestionDetails,
    by: Viewer,
    at: datetime,
) -> Question:
    """Add a question at the end of its step, or change one.

    Raises PermissionDenied and the refusals of this module.
    """
    questionnaire = lock_questionnaire(questionnaire, by)
    if question is None:
        question = Question(questionnaire=questionnaire, position=_next_position(questionnaire))
        audience_before = ""
    else:
        question = questionnaire.questions.get(pk=question.pk)
        audience_before = question.audience
        if is_answered(questionnaire):
            _check_keeps_meaning(question, details)
    _check(questionnaire, question, details)
    for name in (
        "code", "kind", "label", "help", "step", "is_required", "minimum", "maximum", "minimum_label",
        "maximum_label", "shown_if", "audience", "is_hidden_in_blind_review", "delete_answers_on",
        "keep_answers_days",
    ):  # fmt: skip
        setattr(question, name, getattr(details, name))
    question.options = list(details.options) if details.kind in KINDS_WITH_OPTIONS else []
    question.shown_if_values = list(details.shown_if_values) if details.shown_if else []
    if details.kind == QuestionKind.RECOMMENDATION:
        question.minimum, question.maximum = 0, 10
    question.save()
    if audience_before and audience_before != question.audience:
        _carry_audience(question)
    return question


@transaction.atomic
def move_question(*, question: Question, up: bool, by: Viewer, at: datetime) -> Question:
    """Change places with the question before or after; at the edge of a step go into the next one.

    Raises PermissionDenied, ConditionNotBefore.
    """
    questionnaire = lock_questionnaire(question.questionnaire, by)
    listed = list(questionnaire.questions.in_order())
    here = next(index for index, entry in enumerate(listed) if entry.pk == question.pk)
    there = here - 1 if up else here + 1
    question = listed[here]
    if not 0 <= there < len(listed):
        return question
    other = listed[there]
    if other.step != question.step:
        question.step = other.step
    else:
        listed[here], listed[there] = other, question
    _save_order(listed)
    return question


@transaction.atomic
def place_question(*, question: Question, after: Question | None, by: Viewer, at: datetime) -> Question:
    """Put a question behind another one, or first of all; it takes that one's step.

    Raises PermissionDenied, ConditionNotBefore.
    """
    questionnaire = lock_questionnaire(question.questionnaire, by)
    listed = [entry for entry in questionnaire.questions.in_order() if entry.pk != question.pk]
    question = questionnaire.questions.get(pk=question.pk)
    where = (
        0
        if after is None
        else 1 + next((index for index, entry in enumerate(listed) if entry.pk == after.pk), len(listed) - 1)
    )
    listed.insert(where, question)
    neighbour = after or (listed[1] if len(listed) > 1 else None)
    if neighbour is not None:
        question.step = neighbour.step
    _save_order(listed)
    return question


@transaction.atomic
def delete_question(*, question: Question, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, Locked, ConditionHangsOnIt."""
    questionnaire = lock_questionnaire(question.questionnaire, by)
    if is_answered(questionnaire) and question.has_answer:
        raise Locked
    if Question.objects.filter(shown_if=question).exists():
        raise ConditionHangsOnIt
    Question.objects.filter(pk=question.pk).delete()


def lock_questionnaire(questionnaire: Questionnaire, by: Viewer) -> Questionnaire:
    """The row, locked for a change of what is asked.

    Raises PermissionDenied.
    """
    if not policies.can_edit(by, questionnaire):
        raise PermissionDenied
    return Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)


def is_answered(questionnaire: Questionnaire) -> bool:
    """Whether somebody has begun to answer; the answers themselves may stand behind the wall."""
    return questionnaire.responses.exists()


def _take(questionnaire: Questionnaire, details: QuestionnaireDetails) -> None:
    for name in (
        "title", "introduction", "thanks", "anonymity", "minimum_group", "shows_results_while_open",
        "delete_answers_on",
    ):  # fmt: skip
        setattr(questionnaire, name, getattr(details, name))
    questionnaire.languages = list(details.languages)


def _check_keeps_meaning(question: Question, details: QuestionDetails) -> None:
    if (question.code, question.kind) != (details.code, details.kind):
        raise Locked
    ends_changed = (question.minimum, question.maximum) != (details.minimum, details.maximum)
    if ends_changed and details.kind != QuestionKind.RECOMMENDATION:
        raise Locked
    if set(question.option_codes) - {option["code"] for option in details.options}:
        raise OptionIsAnswered
    if details.is_required and not question.is_required:
        raise Locked
    if _ORDER.index(Audience(details.audience)) < _ORDER.index(Audience(question.audience)):
        raise AudienceOnlyNarrower
    if _is_later(details.delete_answers_on, question.delete_answers_on) or _is_more(
        details.keep_answers_days, question.keep_answers_days
    ):
        raise RetentionOnlyShorter


def _is_later(asked: date | None, stands: date | None) -> bool:
    return stands is not None and (asked is None or asked > stands)


def _is_more(asked: int | None, stands: int | None) -> bool:
    return stands is not None and (asked is None or asked > stands)


def _check(questionnaire: Questionnaire, question: Question, details: QuestionDetails) -> None:
    others = questionnaire.questions.exclude(pk=question.pk)
    if others.filter(code=details.code).exists():
        raise CodeTaken
    if details.kind in KINDS_WITH_OPTIONS:
        codes = [option["code"] for option in details.options]
        if len(codes) < 2:
            raise OptionsMissing
        if len(set(codes)) < len(codes):
            raise OptionCodesTwice
    if details.kind == QuestionKind.SCALE:
        first, last = details.minimum, details.maximum
        if first is None or last is None or not 1 <= last - first <= 10:
            raise ScaleNeedsEnds
    if details.kind == QuestionKind.FILE and questionnaire.may_be_anonymous:
        raise AnonymousAsksNoFiles
    has_end = details.delete_answers_on is not None or details.keep_answers_days is not None
    if details.audience == Audience.SENSITIVE and not has_end:
        raise SensitiveNeedsEnd
    _check_condition(questionnaire, question, details)


def _check_condition(questionnaire: Questionnaire, question: Question, details: QuestionDetails) -> None:
    other = details.shown_if
    if other is None:
        return
    here = (details.step, question.position)
    is_before = (other.step, other.position) < here and other.pk != question.pk
    if other.questionnaire_id != questionnaire.pk or not is_before:
        raise ConditionNotBefore
    if other.kind not in KINDS_FOR_CONDITIONS or not details.shown_if_values:
        raise ConditionUnknownValue
    if set(details.shown_if_values) - set(condition_values(other)):
        raise ConditionUnknownValue


def condition_values(question: Question) -> list[str]:
    """What a condition on this question may compare with."""
    if question.kind in KINDS_WITH_OPTIONS:
        return question.option_codes
    if question.kind in (QuestionKind.YES_NO, QuestionKind.CONSENT):
        return ["yes", "no"]
    if question.minimum is None or question.maximum is None:
        return []
    return [str(point) for point in range(question.minimum, question.maximum + 1)]


def _next_position(questionnaire: Questionnaire) -> int:
    highest = questionnaire.questions.aggregate(highest=Max("position"))["highest"]
    return 1 if highest is None else int(highest) + 1


def _save_order(listed: Sequence[Question]) -> None:
    places = {question.pk: index for index, question in enumerate(listed)}
    for index, question in enumerate(listed):
        question.position = index + 1
        if question.shown_if_id is not None and places[question.shown_if_id] > index:
            raise ConditionNotBefore
    Question.objects.bulk_update(listed, ["position", "step"])


def _carry_audience(question: Question) -> None:
    # The trigger puts the question's audience in; behind the wall none of its answers would be found.
    with wall.opened_for_jobs():
        Answer.objects.filter(question=question).update(audience=F("audience"))
