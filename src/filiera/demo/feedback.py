"""What people made up for the demonstration thought of the Torino edition: surveys with their answers."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from filiera.academy.models import Edition, Session, SessionKind, SessionState
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.ratings import record_competences_of, record_scores_of
from filiera.admissions.actions.surveys import SurveyDetails, record_feedback_of, save_survey
from filiera.admissions.models import Survey, SurveySubject
from filiera.admissions.policies.surveys import about
from filiera.admissions.purposes import SURVEY, workspace_of
from filiera.demo.tables import read
from filiera.demo.torino import UNDER_WAY
from filiera.questionnaires.actions.building import QuestionnaireDetails, create_questionnaire
from filiera.questionnaires.actions.ready_made import add_question_set
from filiera.questionnaires.actions.states import close_questionnaire, open_questionnaire
from filiera.questionnaires.conditions import shown
from filiera.questionnaires.models import (
    MINIMUM_GROUP,
    Answer,
    Question,
    QuestionKind,
    Questionnaire,
    Response,
    ResponseState,
)
from filiera.questionnaires.queries.questions import questions_of
from filiera.questionnaires.sets import set_of

SEED = 2023_09
ROME = ZoneInfo("Europe/Rome")
AFTER_ONLINE_DAYS = datetime(2023, 6, 8, 9, 0, tzinfo=ROME)
ONLINE_ANSWERS = 27
# The morning in Torino has just ended: fewer than results need have answered so far.
MORNING_ANSWERS = 3
# From the lowest to the highest point; people who came are kind, and not all are.
_FIVE_POINTS, _ELEVEN_POINTS = (1, 2, 5, 11, 9), (0, 0, 0, 1, 0, 1, 2, 4, 8, 7, 6)


@transaction.atomic
def load_feedback(edition: Edition, at: datetime) -> None:
    """Make the surveys and their answers; those that are there already stay as they are."""
    if Survey.objects.filter(edition=edition).exists():
        return
    chance = random.Random(SEED)  # noqa: S311 - the same data on every machine is the point
    comments = _comments()
    after_sessions = _questionnaire(edition, "session-survey", {}, at)
    _survey(edition, after_sessions, SurveySubject.SESSIONS, None, at)
    for session in _ended_sessions(edition):
        assert session.during is not None
        day: date = session.during.upper.astimezone(ROME).date()
        is_recent = day == UNDER_WAY.date()
        count = MORNING_ANSWERS if is_recent else chance.randint(17, 26)
        _answers(after_sessions, about(session), day, count, comments, chance)
    title = {"en": "After the online days", "it": "Dopo i giorni online"}
    after_online = _questionnaire(edition, "edition-survey", title, at)
    _survey(edition, after_online, SurveySubject.EDITION, AFTER_ONLINE_DAYS, at)
    _answers(after_online, "", AFTER_ONLINE_DAYS.date(), ONLINE_ANSWERS, comments, chance)
    close_questionnaire(questionnaire=after_online, by=SYSTEM, at=at)
    for questionnaire in (after_sessions, after_online):
        record_feedback_of(
            list(questionnaire.responses.order_by("pk")), organiser=edition.organiser, by=SYSTEM, at=at
        )
    for survey in Survey.objects.filter(edition=edition).select_related(
        "edition__organiser", "questionnaire"
    ):
        record_scores_of(survey, by=SYSTEM, at=at)
    record_competences_of(edition, by=SYSTEM, at=at)


def _questionnaire(edition: Edition, code: str, title: dict[str, str], at: datetime) -> Questionnaire:
    chosen = set_of(code)
    assert chosen is not None
    made = create_questionnaire(
        purpose=SURVEY,
        workspace=workspace_of(edition.pk),
        details=QuestionnaireDetails(title=title or dict(chosen.title), anonymity=chosen.anonymity),
        by=SYSTEM,
        at=at,
        is_demonstration=True,
    )
    add_question_set(questionnaire=made, chosen=chosen, by=SYSTEM, at=at)
    return open_questionnaire(questionnaire=made, by=SYSTEM, at=at)


def _survey(
    edition: Edition, questionnaire: Questionnaire, subject: str, opens_at: datetime | None, at: datetime
) -> None:
    details = SurveyDetails(questionnaire=questionnaire, subject=subject, opens_at=opens_at, days_open=14)
    save_survey(edition=edition, survey=None, details=details, by=SYSTEM, at=at)


def _ended_sessions(edition: Edition) -> list[Session]:
    return list(
        Session.objects.filter(
            edition=edition,
            state=SessionState.PLANNED,
            during__endswith__lte=UNDER_WAY,
            during__endswith__gt=AFTER_ONLINE_DAYS - timedelta(days=7),
        )
        .exclude(kind__in=[SessionKind.BREAK, SessionKind.WELCOME, SessionKind.SOCIAL])
        .order_by("during", "pk")
    )


def _answers(
    questionnaire: Questionnaire,
    subject: str,
    day: date,
    count: int,
    comments: dict[str, list[str]],
    chance: random.Random,
) -> None:
    """Written as rows: nobody stands behind these answers who could be asked by an action."""
    questions = questions_of(questionnaire)
    responses = [
        Response(
            questionnaire=questionnaire,
            about=subject,
            is_anonymous=True,
            is_released=count >= MINIMUM_GROUP,
            state=ResponseState.SUBMITTED,
            submitted_on=day + timedelta(days=chance.choice([0, 0, 0, 1]) if count >= MINIMUM_GROUP else 0),
        )
        for _number in range(count)
    ]
    Response.objects.bulk_create(responses)
    # Nobody says what another has said already.
    left = {code: chance.sample(texts, len(texts)) for code, texts in comments.items()}
    answers = []
    for response in responses:
        values = _values(questions, left, chance)
        answers += [
            Answer(
                response=response,
                question=question,
                questionnaire=questionnaire,
                audience=question.audience,
                value=values[question.code],
            )
            for question in shown(questions, values)
            if question.code in values
        ]
    Answer.objects.bulk_create(answers)


def _values(
    questions: Sequence[Question], left: dict[str, list[str]], chance: random.Random
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for question in questions:
        match question.kind:
            case QuestionKind.SCALE:
                values[question.code] = chance.choices(range(1, 6), _FIVE_POINTS)[0]
            case QuestionKind.RECOMMENDATION:
                values[question.code] = chance.choices(range(11), _ELEVEN_POINTS)[0]
            case QuestionKind.CHOICE:
                values[question.code] = chance.choices(question.option_codes, _weights(question))[0]
            case QuestionKind.YES_NO:
                values[question.code] = chance.random() < 0.7
            case QuestionKind.LONG if left[question.code] and chance.random() < 0.45:
                values[question.code] = left[question.code].pop()
    return values


def _weights(question: Question) -> list[int]:
    """The middle of a choice is what most people take."""
    middle = (len(question.options) - 1) / 2
    return [max(1, round(6 - 3 * abs(index - middle))) for index in range(len(question.options))]


def _comments() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in read("generated_feedback"):
        found.setdefault(row["question"], []).append(row["text"])
    return found
