"""Surveys of an edition: set up, invited to, closed by themselves, counted in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions import facts
from filiera.admissions.models import Participation
from filiera.admissions.models.surveys import Survey, SurveySubject
from filiera.admissions.policies import surveys as policies
from filiera.admissions.policies.forms import can_edit_forms
from filiera.admissions.policies.places import can_edit_participants
from filiera.admissions.purposes import SURVEY, workspace_of
from filiera.admissions.queries.place_links import address_of
from filiera.admissions.queries.surveys import confirmed_places
from filiera.ledger import actions as ledger
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation
from filiera.questionnaires.actions import answering, states
from filiera.questionnaires.models import Anonymity, Questionnaire, QuestionnaireState, Response
from filiera.questionnaires.permissions import with_response
from filiera.questionnaires.queries.responses import respondents_of
from filiera.shared.errors import DomainError

from .errors import FieldRefusal

# Facts are written for responses of the last days; a night that was missed is made up for.
_LOOK_BACK = timedelta(days=14)


class SurveyAlreadyThere(FieldRefusal):
    message = _("This form is asked about that already.")
    field = "questionnaire"


class NotASurvey(FieldRefusal):
    message = _("This form belongs to something else.")
    field = "questionnaire"


class SurveyIsAnswered(DomainError):
    message = _("Somebody has answered: close the form instead.")


class NothingAskedNow(DomainError):
    message = _("The survey is not open now: invitations would lead nowhere.")


@dataclass(frozen=True, kw_only=True)
class SurveyDetails:
    questionnaire: Questionnaire
    subject: str
    opens_at: datetime | None = None
    days_open: int = 7


@transaction.atomic
def save_survey(
    *, edition: Edition, survey: Survey | None, details: SurveyDetails, by: Viewer, at: datetime
) -> Survey:
    """Set up a survey or change when it is asked; its questionnaire is opened with it.

    Raises PermissionDenied, NotASurvey, SurveyAlreadyThere, and what `open_questionnaire` raises.
    """
    if not can_edit_forms(by, edition):
        raise PermissionDenied
    questionnaire = details.questionnaire
    if (questionnaire.purpose, questionnaire.workspace) != (SURVEY, workspace_of(edition.pk)):
        raise NotASurvey
    if survey is None:
        survey = Survey(edition=edition)
    survey.questionnaire, survey.subject = questionnaire, details.subject
    survey.opens_at = details.opens_at if details.subject == SurveySubject.EDITION else None
    survey.days_open = details.days_open
    try:
        with transaction.atomic():
            survey.save()
    except IntegrityError as error:
        if "survey_questionnaire_once_for_a_subject" in str(error):
            raise SurveyAlreadyThere from error
        raise
    if questionnaire.state == QuestionnaireState.DRAFT:
        states.open_questionnaire(questionnaire=questionnaire, by=by, at=at)
    return survey


@transaction.atomic
def delete_survey(*, survey: Survey, by: Viewer, at: datetime) -> None:
    """Ask it no longer; the questionnaire stays. Raises PermissionDenied, SurveyIsAnswered."""
    if not can_edit_forms(by, survey.edition):
        raise PermissionDenied
    if survey.questionnaire.responses.exists():
        raise SurveyIsAnswered
    survey.delete()


@transaction.atomic
def answer_survey(
    *,
    survey: Survey,
    session: Session | None,
    answers: Mapping[str, Any],
    with_name: bool,
    by: Viewer,
    at: datetime,
) -> None:
    """Hand in what a participant answered, with their name or without, as the questionnaire allows.

    Raises PermissionDenied, and what `submit_response` and `submit_anonymously` raise.
    """
    respondent = policies.respondent_of(by, survey.edition)
    if respondent is None:
        raise PermissionDenied
    questionnaire, about = survey.questionnaire, policies.about(session)
    key = respondent if respondent.startswith("participation:") else ""
    if questionnaire.anonymity == Anonymity.ANONYMOUS or not with_name:
        answering.submit_anonymously(
            questionnaire=questionnaire, answers=answers, by=by, at=at, about=about, respondent=key
        )
        return
    response = answering.start_response(
        questionnaire=questionnaire, by=by, at=at, about=about, respondent=key
    )
    answering.submit_response(response=response, answers=answers, by=with_response(by, response.pk), at=at)


def still_to_invite(survey: Survey) -> list[Participation]:
    """The confirmed participants with an address who have not answered; all where it is about sessions."""
    places = confirmed_places(survey.edition).exclude(email="").exclude(link_seed="").order_by("pk")
    if survey.is_about_sessions:
        return list(places)
    answered = respondents_of(survey.questionnaire)
    return [place for place in places if f"participation:{place.pk}" not in answered]


@transaction.atomic
def invite_to_survey(*, survey: Survey, by: Viewer, at: datetime) -> int:
    """Write to those who have not answered, each with their own link; how many mails were written.

    Raises PermissionDenied, NothingAskedNow.
    """
    if not can_edit_participants(by, survey.edition):
        raise PermissionDenied
    is_open = survey.questionnaire.is_open
    if not is_open or (not survey.is_about_sessions and not survey.is_asked(None, at)):
        raise NothingAskedNow
    places = still_to_invite(survey)
    for place in places:
        queue_mail(
            key=f"survey-{survey.pk}-{place.pk}-{at:%Y%m%d}",
            to=place.email,
            person=place.person,
            template="admissions/mail/survey_invitation.txt",
            context={
                "place": place,
                "edition": survey.edition,
                "questionnaire": survey.questionnaire,
                "link": f"{address_of(place)}surveys/",
            },
            language=place.language,
            at=at,
            holds_secret=True,
        )
    survey.invited_at = at
    survey.save(update_fields=["invited_at"])
    return len(places)


@transaction.atomic
def close_ended_surveys(*, by: Viewer, at: datetime) -> int:
    """Close the questionnaires of surveys about a whole edition whose days are over; how many.

    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    count = 0
    surveys = Survey.objects.filter(
        subject=SurveySubject.EDITION, questionnaire__state=QuestionnaireState.OPEN
    ).select_related("edition", "questionnaire")
    for survey in surveys.order_by("pk"):
        closing = survey.closing(None)
        # What a demonstration asks ends by its own clock.
        if closing is not None and closing <= (survey.edition.clock_at or at):
            states.close_questionnaire(questionnaire=survey.questionnaire, by=by, at=at)
            count += 1
    return count


@transaction.atomic
def record_feedback(*, by: Viewer, at: datetime) -> int:
    """Record that feedback was given, once for each response; how many were looked at.

    By night and in the order of their random keys: written with the response a fact would tell its minute.
    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    surveys = Survey.objects.select_related("edition__organiser")
    organisers = {survey.questionnaire_id: survey.edition.organiser for survey in surveys}
    responses = Response.objects.submitted().filter(
        questionnaire__in=organisers, submitted_on__gte=(at - _LOOK_BACK).date(), submitted_on__lte=at.date()
    )
    by_organiser: dict[int, list[Response]] = {}
    for response in responses.order_by("pk"):
        by_organiser.setdefault(response.questionnaire_id, []).append(response)
    for key, listed in by_organiser.items():
        record_feedback_of(listed, organiser=organisers[key], by=by, at=at)
    return sum(map(len, by_organiser.values()))


def record_feedback_of(
    responses: Sequence[Response], *, organiser: Organisation, by: Viewer, at: datetime
) -> None:
    """Record these responses, each on its day and none with a name.

    Asks no policy: whoever calls it has asked its own.
    """
    for response in responses:
        assert response.submitted_on is not None
        ledger.record(
            facts.FEEDBACK_GIVEN.code,
            subject=response,
            by=by,
            at=at,
            happened_at=datetime.combine(response.submitted_on, time(), UTC),
            organisation=organiser,
        )


@app.periodic(cron="7 * * * *")
@app.task(name="admissions.close_ended_surveys", queueing_lock="admissions.close_ended_surveys")
def close_ended_surveys_hourly(timestamp: int) -> None:
    close_ended_surveys(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="37 3 * * *")
@app.task(name="admissions.record_feedback", queueing_lock="admissions.record_feedback")
def record_feedback_nightly(timestamp: int) -> None:
    record_feedback(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))
