"""Who answers a survey, and when."""

from datetime import datetime

from django.utils import timezone

from filiera.academy.models import Edition, EditionRole, Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.admissions.models.surveys import Survey
from filiera.admissions.permissions import act_for
from filiera.questionnaires.models import Questionnaire

_SESSION = "session:"


def about(session: Session | None) -> str:
    """How a response says which session it is about; nothing for the edition as a whole."""
    return "" if session is None else f"{_SESSION}{session.pk}"


def session_key(subject: str) -> int | None:
    key = subject.removeprefix(_SESSION)
    return int(key) if subject.startswith(_SESSION) and key.isdecimal() else None


def moment_in(edition: Edition) -> datetime:
    """Now; in a demonstration the moment that its edition shows."""
    return edition.clock_at or timezone.now()


def own_participation(viewer: Viewer, edition: Edition) -> Participation | None:
    """The confirmed place of whoever looks, by link or by account."""
    confirmed = Participation.objects.filter(edition=edition, state=ParticipationState.CONFIRMED)
    by_link = [
        int(permission.removeprefix(act_for("")))
        for permission in viewer.permissions
        if permission.startswith(act_for(""))
    ]
    if by_link:
        return confirmed.filter(pk__in=by_link).first()
    return confirmed.filter(person=viewer.person_id).first() if viewer.person_id is not None else None


def respondent_of(viewer: Viewer, edition: Edition) -> str | None:
    """The key under which somebody answers: the place, or the account of a participant without one."""
    participation = own_participation(viewer, edition)
    if participation is not None:
        return f"participation:{participation.pk}"
    is_participant = viewer.edition_id == edition.pk and EditionRole.PARTICIPANT in viewer.edition_roles
    return f"person:{viewer.person_id}" if is_participant and viewer.person_id is not None else None


def may_answer(viewer: Viewer, questionnaire: Questionnaire, subject: str) -> bool:
    """Participants of the edition, from the end of a session or the set moment for so many days."""
    surveys = Survey.objects.filter(questionnaire=questionnaire).select_related("edition")
    key = session_key(subject)
    for survey in surveys:
        session = None
        if survey.is_about_sessions:
            session = Session.objects.filter(pk=key, edition=survey.edition_id).first() if key else None
        elif subject:
            continue
        is_asked = survey.is_asked(session, moment_in(survey.edition))
        if is_asked and respondent_of(viewer, survey.edition) is not None:
            return True
    return False
