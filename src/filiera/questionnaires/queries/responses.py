"""Whether somebody has answered."""

from filiera.accounts.viewer import Viewer
from filiera.questionnaires.models import Answered, Questionnaire, Response


def has_answered(questionnaire: Questionnaire, by: Viewer, *, about: str = "", respondent: str = "") -> bool:
    """Whether this respondent has handed in an answer, with a name or without."""
    if not respondent and by.person_id is None:
        return False
    who = {"respondent": respondent} if respondent else {"person": by.person_id}
    if Response.objects.submitted().filter(questionnaire=questionnaire, about=about, **who).exists():
        return True
    key = respondent or f"person:{by.person_id}"
    return Answered.objects.filter(
        questionnaire=questionnaire, about=about, respondents__contains=[key]
    ).exists()


def response_of(
    questionnaire: Questionnaire, by: Viewer, *, about: str = "", respondent: str = ""
) -> Response | None:
    """The response this respondent has begun or handed in with a name."""
    if not respondent and by.person_id is None:
        return None
    who = {"respondent": respondent} if respondent else {"person": by.person_id}
    return Response.objects.filter(questionnaire=questionnaire, about=about, **who).first()
