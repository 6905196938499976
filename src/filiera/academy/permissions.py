"""What one may do in an edition, and which roles may do it."""

from collections.abc import Mapping

from .models.choices import EditionRole

VIEW_DRAFT = "programme.view_draft"
EDIT_PROGRAMME = "programme.edit"
PUBLISH_PROGRAMME = "programme.publish"
EDIT_SPEAKERS = "speakers.edit"
VIEW_TEAM = "edition.view_team"
EDIT_TEAM = "edition.edit_team"
EDIT_EDITION = "edition.edit"
EDIT_CHECKLIST = "checklist.edit"
# To lead the running day: messages, clocks, and moving what comes when it runs late.
RUN_DAY = "day.run"
VIEW_ONLINE_LINK = "session.view_online_link"
VIEW_PARTICIPANT_MATERIALS = "materials.view_for_participants"
VIEW_TEAM_MATERIALS = "materials.view_for_team"

_MEMBER = frozenset({VIEW_ONLINE_LINK, VIEW_PARTICIPANT_MATERIALS})
_TEAM = _MEMBER | {VIEW_DRAFT, VIEW_TEAM, VIEW_TEAM_MATERIALS}
_PROGRAMME = _TEAM | {EDIT_PROGRAMME, PUBLISH_PROGRAMME, EDIT_SPEAKERS, EDIT_CHECKLIST, RUN_DAY}

PERMISSIONS_OF: dict[str, frozenset[str]] = {
    EditionRole.DIRECTOR: _PROGRAMME | {EDIT_EDITION, EDIT_TEAM},
    EditionRole.PROGRAMME: _PROGRAMME,
    EditionRole.DESK: _TEAM | {EDIT_CHECKLIST, RUN_DAY},
    EditionRole.CHECK_IN: _MEMBER,
    EditionRole.FACILITATOR: _TEAM | {RUN_DAY},
    EditionRole.REVIEWER: _MEMBER,
    EditionRole.HOST: _TEAM | {EDIT_CHECKLIST},
    EditionRole.KITCHEN: frozenset(),
    EditionRole.SPEAKER: _MEMBER,
    EditionRole.PARTICIPANT: _MEMBER,
    EditionRole.VIEWER: frozenset({VIEW_DRAFT, VIEW_TEAM}),
}


_permissions_by_app: dict[str, Mapping[str, frozenset[str]]] = {"academy": PERMISSIONS_OF}


def register_permissions(app: str, permissions: Mapping[str, frozenset[str]]) -> None:
    """Declare what an app above this one lets the roles of an edition do; called from `AppConfig.ready`."""
    _permissions_by_app[app] = permissions


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """All that these roles together allow, in every app."""
    granted = (held.get(role, frozenset()) for held in _permissions_by_app.values() for role in roles)
    return frozenset().union(*granted)


def speak_as(speaker_id: int) -> str:
    """What the holder of a speaker's link may do, and nothing else."""
    return f"speaker.speak_as.{speaker_id}"
