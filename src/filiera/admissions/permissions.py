"""What one may do for the places of an edition, and which of its roles may do it."""

from filiera.academy.models.choices import EditionRole
from filiera.academy.permissions import register_permissions

EDIT_CALL = "call.edit"
VIEW_APPLICATIONS = "applications.view"
REVIEW = "applications.review"
SELECT = "selection.edit"
SEND_DECISIONS = "selection.send"
VIEW_PARTICIPANTS = "participants.view"
EDIT_PARTICIPANTS = "participants.edit"
VIEW_SENSITIVE = "participants.view_sensitive"
VIEW_DIETS = "catering.view"
CHECK_IN = "presence.record"
EDIT_STATIONS = "presence.edit_stations"
SEND_MAILS = "mails.send"
EDIT_FORMS = "forms.edit"
VIEW_RESULTS = "surveys.view"
EDIT_TASKS = "tasks.edit"
COACH = "tasks.coach"
MEET_PARTICIPANTS = "participants.meet"

_VIEW = frozenset({VIEW_APPLICATIONS, VIEW_PARTICIPANTS, VIEW_RESULTS})
_DESK = _VIEW | {
    EDIT_PARTICIPANTS, VIEW_SENSITIVE, VIEW_DIETS, CHECK_IN, EDIT_STATIONS, SEND_MAILS, EDIT_TASKS,
    MEET_PARTICIPANTS,
}  # fmt: skip

PERMISSIONS_OF: dict[str, frozenset[str]] = {
    EditionRole.DIRECTOR: _DESK | {EDIT_CALL, EDIT_FORMS, SELECT, SEND_DECISIONS, REVIEW, COACH},
    EditionRole.PROGRAMME: _VIEW | {EDIT_CALL, EDIT_FORMS, SELECT, EDIT_TASKS, COACH, MEET_PARTICIPANTS},
    EditionRole.DESK: _DESK,
    EditionRole.CHECK_IN: frozenset({CHECK_IN}),
    EditionRole.FACILITATOR: frozenset(
        {VIEW_PARTICIPANTS, VIEW_RESULTS, EDIT_TASKS, COACH, MEET_PARTICIPANTS}
    ),
    EditionRole.REVIEWER: frozenset({REVIEW}),
    EditionRole.HOST: frozenset({VIEW_PARTICIPANTS, VIEW_DIETS, CHECK_IN, MEET_PARTICIPANTS}),
    EditionRole.KITCHEN: frozenset({VIEW_DIETS}),
    EditionRole.SPEAKER: frozenset(),
    EditionRole.PARTICIPANT: frozenset({MEET_PARTICIPANTS}),
    EditionRole.VIEWER: frozenset({VIEW_PARTICIPANTS}),
}


def act_for(participation_id: int | str) -> str:
    """What the holder of a place's link may do, and nothing else."""
    return f"place.act_for.{participation_id}"


def check_in_at(station_id: int | str) -> str:
    """What the holder of a station's link may do, and nothing else."""
    return f"station.check_in_at.{station_id}"


def register_own() -> None:
    register_permissions("admissions", PERMISSIONS_OF)
