"""Answers that leave: on their day, or with the person who gave them."""

from datetime import UTC, date, datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import F, Func, Q, QuerySet
from django.db.models.functions import Cast, Coalesce
from procrastinate.contrib.django import app

from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.files.actions import discard_file
from filiera.questionnaires import policies, wall
from filiera.questionnaires.models import (
    Answer,
    Answered,
    Audience,
    QuestionKind,
    Response,
    ResponseState,
)

_AT_ONCE = 500
# Counts that lead to nobody once the name is gone; words, dates and places might.
_COUNTABLE = (
    QuestionKind.CHOICE,
    QuestionKind.CHOICES,
    QuestionKind.YES_NO,
    QuestionKind.SCALE,
    QuestionKind.RECOMMENDATION,
)


class DaysLater(Func):
    """A day and a number of days as a day."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = models.DateField()


def delete_expired_answers(*, by: Viewer, at: datetime) -> int:
    """Delete the answers whose day has come, with their files; how many.

    The day is the question's, the questionnaire's, or so many days after the answer was handed in
    (a draft counts from its last change).
    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    count = 0
    while True:
        with transaction.atomic(), wall.opened_for_jobs():
            found = list(_expired(at.date()).select_related("file").order_by("pk")[:_AT_ONCE])
            _delete(found)
        count += len(found)
        if len(found) < _AT_ONCE:
            return count


@app.periodic(cron="23 2 * * *")
@app.task(name="questionnaires.delete_expired_answers", queueing_lock="questionnaires.delete_expired_answers")
def delete_expired_answers_nightly(timestamp: int) -> None:
    delete_expired_answers(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


@transaction.atomic
def forget_person_in_responses(*, person: Person, at: datetime) -> None:
    """Take a person out of their responses and out of the lists of who has answered.

    Of what was handed in, ticks and grades stay without a name, so that results keep their counts; words,
    files, drafts and everything sensitive leave. Asks no policy: it follows an erasure that asked its own.
    """
    _forget(Response.objects.filter(person=person))
    _take_off_lists(f"person:{person.pk}")


@transaction.atomic
def forget_respondent(*, respondent: str, at: datetime) -> None:
    """The same for somebody without an account, by the key they answered under.

    Asks no policy: the action that calls it has asked its own.
    """
    _forget(Response.objects.filter(respondent=respondent))
    _take_off_lists(respondent)


def _expired(day: date) -> QuerySet[Answer]:
    given_on = Coalesce(
        "response__submitted_on",
        Cast("response__changed_at", models.DateField()),
        Cast("response__created_at", models.DateField()),
    )
    return Answer.objects.annotate(kept_until=DaysLater(given_on, F("question__keep_answers_days"))).filter(
        Q(question__delete_answers_on__lte=day)
        | Q(questionnaire__delete_answers_on__lte=day)
        | Q(kept_until__lte=day)
    )


def _forget(responses: QuerySet[Response]) -> None:
    keys = list(responses.values_list("pk", flat=True))
    stays = Q(response__state=ResponseState.SUBMITTED, question__kind__in=_COUNTABLE) & ~Q(
        audience=Audience.SENSITIVE
    )
    with wall.opened_for_jobs():
        _delete(list(Answer.objects.filter(response__in=keys).exclude(stays).select_related("file")))
    for key in keys:
        # The key of the response itself: random, unique, and leading nowhere else.
        Response.objects.filter(pk=key).update(person=None, respondent=f"forgotten:{key}", language="")


def _take_off_lists(respondent: str) -> None:
    lists = Answered.objects.select_for_update().filter(respondents__contains=[respondent])
    for answered in lists:
        answered.respondents = [entry for entry in answered.respondents if entry != respondent]
        answered.save(update_fields=["respondents"])


def _delete(answers: list[Answer]) -> None:
    files = [answer.file for answer in answers if answer.file is not None]
    Answer.objects.filter(pk__in=[answer.pk for answer in answers]).delete()
    for file in files:
        discard_file(stored_file=file)


@transaction.atomic
def discard_draft(*, response: Response, by: Viewer, at: datetime) -> None:
    """Remove a draft with everything in it; what was handed in stays.

    Raises PermissionDenied.
    """
    response = Response.objects.select_for_update().get(pk=response.pk)
    if response.is_submitted or not policies.is_own(by, response):
        raise PermissionDenied
    with wall.opened_for_response(response.pk):
        _delete(list(Answer.objects.filter(response=response).select_related("file")))
    response.delete()
