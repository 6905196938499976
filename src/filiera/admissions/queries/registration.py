"""The details of registration: what is asked, what somebody answered, what the kitchen needs of it."""

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from django.db.models import Exists, OuterRef

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    AttendanceMode,
    Call,
    CallKind,
    DayAttendance,
    Participation,
    ParticipationState,
)
from filiera.admissions.purposes import REGISTRATION, workspace_of
from filiera.questionnaires import wall
from filiera.questionnaires.models import Answer, Questionnaire, QuestionnaireState, Response
from filiera.questionnaires.queries.display import ShownAnswer, shown_answers
from filiera.texts.languages import translated

KeyT = TypeVar("KeyT")

DIET = "diet"
"""The code by which the kitchen's question is known, whoever wrote its words."""


def registration_form(edition: Edition) -> Questionnaire | None:
    """What is asked after confirming: the call's, else the newest of the edition that was opened."""
    asked = Questionnaire.objects.filter(purpose=REGISTRATION, workspace=workspace_of(edition.pk))
    chosen = Call.objects.filter(
        edition=edition, kind=CallKind.PARTICIPANTS, registration_form=OuterRef("pk")
    )
    opened = asked.exclude(state=QuestionnaireState.DRAFT).annotate(is_chosen=Exists(chosen))
    return opened.order_by("-is_chosen", "-opened_at", "-pk").first()


def respondent_of(participation: Participation) -> str:
    """The key of a place among those who answer questionnaires."""
    return f"participation:{participation.pk}"


def registration_of(participation: Participation, questionnaire: Questionnaire) -> Response | None:
    return Response.objects.filter(
        questionnaire=questionnaire, respondent=respondent_of(participation), about=""
    ).first()


def registration_answers(participation: Participation, by: Viewer) -> list[ShownAnswer]:
    """What somebody handed in, as far as the viewer may read it."""
    questionnaire = registration_form(participation.edition)
    if questionnaire is None:
        return []
    response = registration_of(participation, questionnaire)
    if response is None or not response.is_submitted:
        return []
    return shown_answers(response, by)


def diets_of(edition: Edition) -> dict[int, "Counter[str]"]:
    """How many of those who come in person on a day eat what, by the day's key: counts, no names.

    The answers stand behind the wall; here they leave it as numbers only.
    """
    answered = _diet_answers(edition)
    coming = DayAttendance.objects.filter(
        participation__edition=edition,
        participation__state=ParticipationState.CONFIRMED,
        mode=AttendanceMode.IN_PERSON,
    )
    counts: dict[int, Counter[str]] = {}
    for day_id, participation_id in coming.values_list("day", "participation"):
        told = answered.get(f"participation:{participation_id}")
        if told is not None:
            counts.setdefault(day_id, Counter())[told] += 1
    return counts


def diets_by(edition: Edition, key_of: Mapping[int, KeyT]) -> dict[KeyT, "Counter[str]"]:
    """How many of these participations eat what, counted under the key that each is given: no names."""
    answered = _diet_answers(edition)
    counts: dict[KeyT, Counter[str]] = {}
    for participation_id, key in key_of.items():
        told = answered.get(f"participation:{participation_id}")
        if told is not None:
            counts.setdefault(key, Counter())[told] += 1
    return counts


def diet_words(edition: Edition) -> dict[str, str]:
    """What can be answered to the kitchen's question, by its code."""
    questionnaire = registration_form(edition)
    question = questionnaire.questions.filter(code=DIET).first() if questionnaire is not None else None
    if question is None:
        return {}
    return {option["code"]: translated(option["label"]) for option in question.options}


def _diet_answers(edition: Edition) -> dict[str, str]:
    """The answers in words, by respondent; for counts alone."""
    questionnaire = registration_form(edition)
    question = questionnaire.questions.filter(code=DIET).first() if questionnaire is not None else None
    if questionnaire is None or question is None:
        return {}
    with wall.opened_for_counts(questionnaire):
        answered = dict(Answer.objects.filter(question=question).values_list("response__respondent", "value"))
    words = {option["code"]: translated(option["label"]) for option in question.options}
    return {
        respondent: ", ".join(
            words.get(str(code), str(code)) for code in (value if isinstance(value, list) else [value])
        )
        for respondent, value in answered.items()
        if value is not None
    }
