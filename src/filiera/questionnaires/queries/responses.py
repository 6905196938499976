"""Whether somebody has answered."""

from collections.abc import Sequence

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


def answered_subjects(questionnaires: Sequence[int], respondent: str) -> set[tuple[int, str]]:
    """For one respondent's key, what they have handed in: pairs of questionnaire and what it is about."""
    named = Response.objects.submitted().filter(questionnaire__in=questionnaires)
    kind, _colon, key = respondent.partition(":")
    own = {"person": int(key)} if kind == "person" else {"respondent": respondent}
    unnamed = Answered.objects.filter(questionnaire__in=questionnaires, respondents__contains=[respondent])
    return {
        *named.filter(**own).values_list("questionnaire_id", "about"),
        *unnamed.values_list("questionnaire_id", "about"),
    }


def respondents_of(questionnaire: Questionnaire, about: str = "") -> set[str]:
    """The keys of all who have handed in, with a name or without; for reminders, never for a page."""
    named = Response.objects.submitted().filter(questionnaire=questionnaire, about=about)
    keys = {
        respondent or f"person:{person}"
        for respondent, person in named.values_list("respondent", "person_id")
        if respondent or person is not None
    }
    unnamed = Answered.objects.filter(questionnaire=questionnaire, about=about).first()
    return keys | set(unnamed.respondents if unnamed else ())
