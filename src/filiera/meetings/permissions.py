"""What one may do with meetings, visits and dinner tables, and which roles of an edition may do it."""

from filiera.academy.models.choices import EditionRole
from filiera.academy.permissions import register_permissions

# To say whom one wants to meet, which laboratory one wants to see, beside whom one wants to sit.
WISH = "meetings.wish"
PLAN_MEETINGS = "meetings.plan"
DRAW_VISITS = "visits.draw"
VIEW_VISITORS = "visits.view_visitors"
SEAT_DINNER = "dinner.seat"

_TEAM = frozenset({WISH, PLAN_MEETINGS, DRAW_VISITS, VIEW_VISITORS, SEAT_DINNER})

PERMISSIONS_OF: dict[str, frozenset[str]] = {
    EditionRole.DIRECTOR: _TEAM,
    EditionRole.PROGRAMME: _TEAM,
    EditionRole.DESK: _TEAM,
    EditionRole.FACILITATOR: frozenset({WISH, PLAN_MEETINGS}),
    EditionRole.HOST: frozenset({WISH, VIEW_VISITORS}),
    EditionRole.PARTICIPANT: frozenset({WISH}),
}


def answer_question(question_id: int | str) -> str:
    """What the holder of the link in a mail about a meeting may do, and nothing else."""
    return f"meetings.answer_question.{question_id}"


def register_own() -> None:
    register_permissions("meetings", PERMISSIONS_OF)
