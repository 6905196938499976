"""What visits and dinner tell the platform when it starts: files, places in navigations."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import ON_THE_DAY
from filiera.admissions.permissions import VIEW_DIETS
from filiera.design.navigation import Place, register
from filiera.meetings.file_policies import register_file_policies
from filiera.meetings.permissions import DRAW_VISITS, SEAT_DINNER, VIEW_VISITORS, WISH
from filiera.meetings.visits_offer import register_visit_offer


def _sees_visits(request: HttpRequest) -> bool:
    viewer = request.viewer  # type: ignore[attr-defined]
    return bool(viewer.may(DRAW_VISITS) or viewer.may(VIEW_VISITORS))


def _sees_dinners(request: HttpRequest) -> bool:
    viewer = request.viewer  # type: ignore[attr-defined]
    return bool(viewer.may(SEAT_DINNER) or viewer.may(VIEW_DIETS))


def register_visits() -> None:
    register_file_policies()
    register_visit_offer()
    register(
        "edition_pages",
        Place("visits", _("Visits and dinner"), "meetings:visits", order=44, permission=WISH),
    )
    register(
        "edition",
        Place(
            "visits",
            _("Laboratory visits"),
            "meetings:desk_visits",
            icon="laboratory",
            order=53,
            group=ON_THE_DAY,
            shown=_sees_visits,
        ),
        Place(
            "dinner",
            _("Dinner"),
            "meetings:desk_dinners",
            icon="utensils",
            order=54,
            group=ON_THE_DAY,
            shown=_sees_dinners,
        ),
    )
