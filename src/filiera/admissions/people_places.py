"""Where the people of an edition, and its desk, find each other, tasks and mails."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import EditionRole
from filiera.admissions import permissions
from filiera.admissions.desk_groups import LEARNING, PARTICIPANTS
from filiera.design.navigation import Place, register


def _belongs_here(request: HttpRequest) -> bool:
    return bool(request.viewer.edition_roles)  # type: ignore[attr-defined]


def _takes_part(request: HttpRequest) -> bool:
    return EditionRole.PARTICIPANT in request.viewer.edition_roles  # type: ignore[attr-defined]


def _sees_tasks(request: HttpRequest) -> bool:
    viewer = request.viewer  # type: ignore[attr-defined]
    return bool(viewer.may(permissions.EDIT_TASKS) or viewer.may(permissions.COACH))


def register_people_places() -> None:
    register(
        "edition_pages",
        Place("people", _("People"), "admissions:people", order=10, permission=permissions.MEET_PARTICIPANTS),
        Place("tasks", _("Tasks"), "admissions:tasks", order=20, shown=_takes_part),
        Place(
            "self_assessment",
            _("Self-assessment"),
            "admissions:self_assessment",
            order=30,
            shown=_takes_part,
        ),
        Place("practical", _("Practical information"), "admissions:practical", order=50, shown=_belongs_here),
    )
    register(
        "edition",
        Place(
            "tasks",
            _("Tasks"),
            "admissions:desk_tasks",
            icon="clipboard-list",
            order=53,
            group=LEARNING,
            shown=_sees_tasks,
        ),
        Place(
            "mails",
            _("Mails"),
            "admissions:desk_mailings",
            icon="mail",
            order=49,
            group=PARTICIPANTS,
            permission=permissions.SEND_MAILS,
        ),
        Place(
            "self_assessment",
            _("Self-assessment"),
            "admissions:desk_self_assessment",
            icon="trending-up",
            order=54,
            group=LEARNING,
            permission=permissions.VIEW_RESULTS,
        ),
        Place(
            "practical",
            _("Practical information"),
            "admissions:desk_practical",
            icon="map-pin",
            order=50,
            group=PARTICIPANTS,
            permission=permissions.EDIT_PARTICIPANTS,
        ),
    )
