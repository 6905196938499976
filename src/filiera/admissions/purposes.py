"""What the questionnaires of an edition are for, and which of its roles build them and read the answers."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from filiera.academy.models import EditionMember
from filiera.academy.permissions import VIEW_ONLINE_LINK, permissions_of
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Call
from filiera.admissions.permissions import (
    EDIT_FORMS,
    REVIEW,
    VIEW_APPLICATIONS,
    VIEW_PARTICIPANTS,
    VIEW_RESULTS,
    VIEW_SENSITIVE,
)
from filiera.admissions.policies import surveys
from filiera.questionnaires.models import Audience
from filiera.questionnaires.purposes import Purpose, register

APPLICATION = "admissions.application"
REGISTRATION = "admissions.registration"
SURVEY = "admissions.survey"

_WORKSPACE = "edition:"


def workspace_of(edition_id: int) -> str:
    """How questionnaires name the edition they belong to."""
    return f"{_WORKSPACE}{edition_id}"


def edition_of(workspace: str) -> int | None:
    key = workspace.removeprefix(_WORKSPACE)
    return int(key) if workspace.startswith(_WORKSPACE) and key.isdecimal() else None


def edited_in(viewer: Viewer) -> Collection[str]:
    return _own_edition(viewer, EDIT_FORMS)


def applications_read_in(viewer: Viewer, audience: Audience) -> Collection[str]:
    readers = {
        Audience.PARTICIPANTS: (VIEW_ONLINE_LINK, VIEW_APPLICATIONS, REVIEW),
        Audience.REVIEWERS: (REVIEW, VIEW_APPLICATIONS),
        Audience.TEAM: (VIEW_APPLICATIONS,),
        Audience.SENSITIVE: (VIEW_SENSITIVE,),
    }
    return _own_edition(viewer, *readers[audience])


def registrations_read_in(viewer: Viewer, audience: Audience) -> Collection[str]:
    readers = {
        Audience.PARTICIPANTS: (VIEW_ONLINE_LINK, VIEW_PARTICIPANTS),
        Audience.REVIEWERS: (REVIEW, VIEW_PARTICIPANTS),
        Audience.TEAM: (VIEW_PARTICIPANTS,),
        Audience.SENSITIVE: (VIEW_SENSITIVE,),
    }
    return _own_edition(viewer, *readers[audience])


def surveys_read_in(viewer: Viewer, audience: Audience) -> Collection[str]:
    needed = VIEW_SENSITIVE if audience == Audience.SENSITIVE else VIEW_RESULTS
    return _own_edition(viewer, needed)


def seen_from(viewer: Viewer, workspace: str) -> Viewer:
    """The viewer with the roles they hold in the edition, where the address names none."""
    edition_id = edition_of(workspace)
    if edition_id is None or viewer.person_id is None:
        return viewer
    members = EditionMember.objects.current().filter(edition_id=edition_id, person_id=viewer.person_id)
    roles = frozenset(members.values_list("role", flat=True))
    return viewer.but(
        edition_id=edition_id,
        edition_roles=roles,
        permissions=viewer.permissions | permissions_of(roles),
    )


def application_seen_from(viewer: Viewer, workspace: str) -> Viewer:
    """The same; in a blind review a file, whose words and name tell who wrote it, is closed to reviewers."""
    seen = seen_from(viewer, workspace)
    may_view_all = VIEW_APPLICATIONS in seen.permissions
    is_blind = Call.objects.filter(edition_id=edition_of(workspace) or 0, is_review_blind=True)
    if may_view_all or not is_blind.exists():
        return seen
    return seen.but(permissions=seen.permissions - {REVIEW, VIEW_ONLINE_LINK})


def register_purposes() -> None:
    register(
        Purpose(
            code=APPLICATION,
            name=_("Application"),
            edited_in=edited_in,
            read_in=applications_read_in,
            seen_from=application_seen_from,
        )
    )
    register(
        Purpose(
            code=REGISTRATION,
            name=_("Registration"),
            edited_in=edited_in,
            read_in=registrations_read_in,
            seen_from=seen_from,
        )
    )
    register(
        Purpose(
            code=SURVEY,
            name=_("Survey"),
            edited_in=edited_in,
            read_in=surveys_read_in,
            may_answer=surveys.may_answer,
            seen_from=seen_from,
        )
    )


def _own_edition(viewer: Viewer, *permissions: str) -> Collection[str]:
    # By roles held here and not by `may`: what is sensitive opens to no administrator.
    held = viewer.permissions if viewer.scopes is None else viewer.permissions & viewer.scopes
    if viewer.edition_id is None or not held.intersection(permissions):
        return ()
    return (workspace_of(viewer.edition_id),)
