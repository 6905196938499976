"""What the page of an edition's figures asks, and the indicators that answer."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class EditionQuestion:
    """A heading of the page with the indicators below it, the most telling first; some are its picture."""

    code: str
    words: str | Promise
    indicators: tuple[str, ...]
    drawn: tuple[str, ...]


EDITION_QUESTIONS = (
    EditionQuestion(
        "places",
        _("Who applied, and who got a place?"),
        (
            "academy_participants",
            "academy_organisations",
            "applications_submitted",
            "applicants",
            "candidates_selected",
            "selection_rate",
        ),
        drawn=("applications_submitted", "candidates_selected", "academy_participants"),
    ),
    EditionQuestion(
        "presence",
        _("Who was there?"),
        (
            "academy_attendees",
            "academy_show_up_rate",
            "academy_hours_attended",
            "academy_hours_in_person",
            "hours_per_participant",
            "session_hours_held",
            "speakers",
        ),
        drawn=("academy_participants", "academy_attendees"),
    ),
    EditionQuestion(
        "work",
        _("What did they do together?"),
        ("group_workers", "meetings_held", "questions_answered", "materials_shared", "challenges_solved"),
        drawn=("meetings_held", "questions_answered", "challenges_solved"),
    ),
    EditionQuestion(
        "kept",
        _("What was planned, and what was kept?"),
        (
            "action_plans_presented",
            "measures_promised",
            "measures_done",
            "measures_kept_share",
            "measures_done_time",
            "measures_brought_home",
            "certificates_issued",
            "completion_rate",
        ),
        drawn=("measures_promised", "measures_done", "measures_brought_home"),
    ),
    EditionQuestion(
        "judged",
        _("What do they think of it, and what can they do now?"),
        ("participants_satisfaction", "feedback_answers", "competence_before", "competence_after"),
        drawn=("competence_before", "competence_after"),
    ),
)
EDITION_CODES = tuple(code for question in EDITION_QUESTIONS for code in question.indicators)
