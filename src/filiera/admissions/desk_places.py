"""The places that admission adds to an edition's desk."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import EditionRole
from filiera.academy.permissions import EDIT_PROGRAMME
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions
from filiera.admissions.desk_groups import LEARNING, PARTICIPANTS
from filiera.design.navigation import Place, register


def _may_view_days(request: HttpRequest) -> bool:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer.may(permissions.VIEW_PARTICIPANTS) or viewer.may(permissions.VIEW_DIETS)


def _may_view_sign_ups(request: HttpRequest) -> bool:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer.may(permissions.VIEW_PARTICIPANTS) or viewer.may(EDIT_PROGRAMME)


def _takes_part(request: HttpRequest) -> bool:
    return EditionRole.PARTICIPANT in request.viewer.edition_roles  # type: ignore[attr-defined]


def register_desk_places() -> None:
    register(
        "edition_pages",
        Place("my-place", _("My place"), "admissions:my_place", order=55, shown=_takes_part),
    )
    register(
        "edition_pages", Place("surveys", _("Feedback"), "admissions:surveys", order=60, shown=_takes_part)
    )
    register(
        "edition",
        Place(
            "participants",
            _("Participants"),
            "admissions:desk_participants",
            icon="users",
            order=46,
            group=PARTICIPANTS,
            permission=permissions.VIEW_PARTICIPANTS,
        ),
        Place(
            "attendance",
            _("Attendance by day"),
            "admissions:desk_days",
            icon="utensils",
            order=47,
            group=PARTICIPANTS,
            shown=_may_view_days,
        ),
        Place(
            "session-places",
            _("Places in sessions"),
            "admissions:desk_sign_ups",
            icon="door-open",
            order=48,
            group=PARTICIPANTS,
            shown=_may_view_sign_ups,
        ),
        Place(
            "forms",
            _("Forms"),
            "admissions:forms",
            icon="clipboard-list",
            order=55,
            group=LEARNING,
            permission=permissions.VIEW_RESULTS,
        ),
        Place(
            "surveys",
            _("Feedback"),
            "admissions:desk_surveys",
            icon="chart",
            order=56,
            group=LEARNING,
            permission=permissions.VIEW_RESULTS,
        ),
    )
