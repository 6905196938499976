"""Ratings in the ledger: of editions and sessions, and of what participants say they can do.

A fact holds one answer and leads to what was rated, never to who rated: it is written by night, for five
people or more together, and dated by the thing itself.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Min
from procrastinate.contrib.django import app

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions import facts
from filiera.admissions.disclosure import SMALLEST_GROUP
from filiera.admissions.models import AssessmentMoment, SelfRating
from filiera.admissions.models.surveys import Survey
from filiera.admissions.policies.surveys import session_key
from filiera.admissions.queries.assessments import moment_windows
from filiera.ledger import actions as ledger
from filiera.ledger.actions import Happening
from filiera.questionnaires.models import Answer, Audience, QuestionKind
from filiera.questionnaires.queries.results import counted_responses, subjects_of

LOWEST, HIGHEST = 1, 5
_KIND_OF = {
    AssessmentMoment.START: facts.COMPETENCE_RATED_BEFORE,
    AssessmentMoment.END: facts.COMPETENCE_RATED_AFTER,
}


@transaction.atomic
def record_ratings(*, by: Viewer, at: datetime) -> int:
    """Record the answers that may be told by now, each once; how many there are.

    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    count = 0
    for survey in Survey.objects.select_related("edition__organiser", "questionnaire").order_by("pk"):
        count += record_scores_of(survey, by=by, at=at)
    editions = Edition.objects.filter(is_template=False, competence_items__ratings__isnull=False)
    for edition in editions.select_related("organiser").distinct().order_by("pk"):
        count += record_competences_of(edition, by=by, at=at)
    return count


def record_scores_of(survey: Survey, *, by: Viewer, at: datetime) -> int:
    """Record what a survey was answered on scales from 1 to 5, as far as it is in its results; how many.

    Asks no policy: whoever calls it has asked its own.
    """
    happenings = list(_scores(survey))
    ledger.record_many(facts.FEEDBACK_RATED.code, happenings, by=by, at=at)
    return len(happenings)


def record_competences_of(edition: Edition, *, by: Viewer, at: datetime) -> int:
    """Record the self-assessments of the moments that are over; how many ratings they hold.

    Asks no policy: whoever calls it has asked its own.
    """
    now = edition.clock_at or at
    count = 0
    for moment, (_opens_on, closes_on) in moment_windows(edition).items():
        kind = _KIND_OF.get(AssessmentMoment(moment))
        if kind is None or closes_on >= now.date():
            continue
        happenings = _competences(edition, AssessmentMoment(moment))
        ledger.record_many(kind.code, happenings, by=by, at=at)
        count += len(happenings)
    return count


def _scores(survey: Survey) -> Iterator[Happening]:
    questionnaire = survey.questionnaire
    scales = questionnaire.questions.filter(
        kind=QuestionKind.SCALE, minimum=LOWEST, maximum=HIGHEST, audience=Audience.TEAM, shown_if=None
    )
    for about in subjects_of(questionnaire) if survey.is_about_sessions else [""]:
        counted = counted_responses(questionnaire, about)
        day = _day_of(survey, about)
        if day is None or counted.count() < max(questionnaire.minimum_group, SMALLEST_GROUP):
            continue
        answers = Answer.objects.filter(
            questionnaire=questionnaire, response__in=counted, question__in=scales
        )
        for answer in answers.select_related("question").order_by("response_id", "question_id"):
            yield Happening(
                subject=answer.question,
                organisation=survey.edition.organiser,
                quantity=int(answer.value),
                happened_at=_begin_of(day),
                event=f"response:{answer.response_id}",
            )


def _day_of(survey: Survey, about: str) -> date | None:
    """The day of what was rated."""
    if not survey.is_about_sessions:
        return None if survey.opens_at is None else survey.opens_at.astimezone(UTC).date()
    session = Session.objects.filter(pk=session_key(about) or 0, during__isnull=False).first()
    if session is None or session.during is None:
        return None
    day: date = session.during.upper.astimezone(UTC).date()
    return day


def _competences(edition: Edition, moment: AssessmentMoment) -> list[Happening]:
    ratings = SelfRating.objects.filter(assessment__participation__edition=edition, assessment__moment=moment)
    if ratings.values("assessment").distinct().count() < SMALLEST_GROUP:
        return []
    dates = edition.parts.aggregate(first=Min("starts_on"), last=Max("ends_on"))
    day = dates["first"] if moment == AssessmentMoment.START else dates["last"]
    return [
        Happening(
            subject=rating.item,
            organisation=edition.organiser,
            quantity=rating.level,
            happened_at=_begin_of(day),
            event=f"assessment:{rating.assessment_id}",
        )
        for rating in ratings.select_related("item").order_by("pk")
    ]


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@app.periodic(cron="47 3 * * *")
@app.task(name="admissions.record_ratings", queueing_lock="admissions.record_ratings")
def record_ratings_nightly(timestamp: int) -> None:
    record_ratings(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))
