"""What one may do with challenges, groups, methods, trends and action plans, and which roles may do it."""

from filiera.academy.models.choices import EditionRole
from filiera.academy.permissions import register_permissions
from filiera.organisations import permissions as organisation_permissions

# To see what the edition works on, and to add one's own.
TAKE_PART = "workshops.take_part"
FORM_GROUPS = "workshops.form_groups"
LEAD = "workshops.lead"
# To see what was promised in action plans, and what became of it.
VIEW_FOLLOW_UP = "workshops.view_follow_up"
# To write the action plan of one's own organisation, in its workspace.
EDIT_PLANS = "plans.edit"

_TEAM = frozenset({TAKE_PART, FORM_GROUPS, LEAD, VIEW_FOLLOW_UP})

PERMISSIONS_OF: dict[str, frozenset[str]] = {
    EditionRole.DIRECTOR: _TEAM,
    EditionRole.PROGRAMME: _TEAM,
    EditionRole.DESK: _TEAM,
    EditionRole.FACILITATOR: _TEAM,
    EditionRole.HOST: frozenset({TAKE_PART}),
    EditionRole.SPEAKER: frozenset({TAKE_PART}),
    EditionRole.PARTICIPANT: frozenset({TAKE_PART}),
    EditionRole.VIEWER: frozenset({TAKE_PART, VIEW_FOLLOW_UP}),
}


def register_own() -> None:
    register_permissions("workshops", PERMISSIONS_OF)
    organisation_permissions.register("workshops", {EDIT_PLANS: ("manager", "staff")})


def answer_for(follow_up_id: int) -> str:
    """What the holder of a follow-up link may do, and nothing else."""
    return f"follow_up.answer_for.{follow_up_id}"
