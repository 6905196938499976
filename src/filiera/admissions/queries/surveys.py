"""Which surveys wait for somebody, and how far they have come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from filiera.academy.models import Edition, Session, SessionKind, SessionState
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.admissions.models.surveys import Survey
from filiera.admissions.policies.surveys import about, respondent_of
from filiera.questionnaires.models import Questionnaire, Response
from filiera.questionnaires.queries.responses import answered_subjects


@dataclass(frozen=True, slots=True)
class AskedSurvey:
    """A survey that is open for somebody now."""

    survey: Survey
    session: Session | None
    closes_at: datetime
    is_answered: bool


def surveys_asked(edition: Edition, viewer: Viewer, at: datetime) -> list[AskedSurvey]:
    """What the viewer is asked now, unanswered first; empty for whoever is no participant."""
    respondent = respondent_of(viewer, edition)
    if respondent is None:
        return []
    surveys = list(
        Survey.objects.visible_to(viewer)
        .filter(edition=edition, questionnaire__state="open")
        .select_related("questionnaire")
        .order_by("subject", "pk")
    )
    sessions = _ended_sessions(edition, at) if any(row.is_about_sessions for row in surveys) else []
    answered = answered_subjects([row.questionnaire_id for row in surveys], respondent)
    asked = [
        AskedSurvey(survey, session, closing, (survey.questionnaire_id, about(session)) in answered)
        for survey in surveys
        for session in _subjects(survey, sessions)
        if survey.is_asked(session, at) and (closing := survey.closing(session)) is not None
    ]
    return sorted(asked, key=lambda entry: entry.is_answered)


def _ended_sessions(edition: Edition, at: datetime) -> list[Session]:
    return list(
        Session.objects.filter(edition=edition, state=SessionState.PLANNED, during__endswith__lte=at)
        .exclude(kind=SessionKind.BREAK)
        .order_by("-during", "pk")
    )


def _subjects(survey: Survey, sessions: Iterable[Session]) -> Sequence[Session | None]:
    return list(sessions) if survey.is_about_sessions else [None]


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """One survey at the desk."""

    survey: Survey
    closes_at: datetime | None
    is_asked: bool
    handed_in: int
    sessions_answered: int


@dataclass(frozen=True, slots=True)
class SurveyOverview:
    """All surveys of an edition, and how many people they ask."""

    lines: Sequence[SurveyLine]
    asked: int


def survey_overview(edition: Edition, viewer: Viewer, at: datetime) -> SurveyOverview:
    surveys = list(
        Survey.objects.visible_to(viewer)
        .filter(edition=edition)
        .select_related("questionnaire")
        .order_by("subject", "pk")
    )
    sessions = _ended_sessions(edition, at)
    counts = _handed_in([row.questionnaire_id for row in surveys])
    lines = [
        SurveyLine(
            survey,
            survey.closing(sessions[0] if survey.is_about_sessions and sessions else None),
            survey.questionnaire.is_open
            and any(survey.is_asked(session, at) for session in _subjects(survey, sessions)),
            *counts.get((survey.questionnaire_id, survey.is_about_sessions), (0, 0)),
        )
        for survey in surveys
    ]
    return SurveyOverview(lines, confirmed_places(edition).count())


def _handed_in(keys: Sequence[int]) -> dict[tuple[int, bool], tuple[int, int]]:
    counts: dict[tuple[int, bool], tuple[int, int]] = {}
    rows = (
        Response.objects.submitted()
        .filter(questionnaire__in=keys)
        .values("questionnaire_id")
        .annotate(
            whole=Count("pk", filter=Q(about="")),
            of_sessions=Count("pk", filter=~Q(about="")),
            sessions=Count("about", filter=~Q(about=""), distinct=True),
        )
    )
    for row in rows:
        counts[row["questionnaire_id"], False] = (row["whole"], 0)
        counts[row["questionnaire_id"], True] = (row["of_sessions"], row["sessions"])
    return counts


def confirmed_places(edition: Edition) -> QuerySet[Participation]:
    return Participation.objects.filter(edition=edition, state=ParticipationState.CONFIRMED)


def questionnaires_for_surveys(edition_workspace: str, viewer: Viewer, purpose: str) -> list[Questionnaire]:
    """The questionnaires an edition's survey can ask, newest first."""
    visible = Questionnaire.objects.visible_to(viewer).of_workspace(edition_workspace)
    return list(visible.filter(purpose=purpose).order_by("-created_at", "-pk"))
