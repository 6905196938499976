"""Where action plans stand in the navigation."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import LEARNING, ON_THE_DAY
from filiera.design.navigation import Place, register
from filiera.workshops.permissions import EDIT_PLANS, LEAD, TAKE_PART, VIEW_FOLLOW_UP


def register_places() -> None:
    register(
        "edition_pages",
        Place("plans", _("Action plans"), "workshops:plan_list", order=14, permission=TAKE_PART),
    )
    register(
        "edition",
        Place(
            "plans",
            _("Action plans"),
            "workshops:plan_list",
            icon="target",
            order=54,
            group=ON_THE_DAY,
            permission=LEAD,
        ),
        Place(
            "follow_up",
            _("Follow-up"),
            "workshops:desk_follow_up",
            icon="trending-up",
            order=58,
            group=LEARNING,
            permission=VIEW_FOLLOW_UP,
        ),
    )
    register(
        "organisation",
        Place("plans", _("Action plans"), "workshops:home_plan_list", icon="target", order=50, shown=_reads),
    )


def _reads(request: HttpRequest) -> bool:
    """Those who write plans there, and whoever was named a reader of one."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.may(EDIT_PLANS):
        return True
    from filiera.workshops.models import ActionPlan

    return ActionPlan.objects.visible_to(viewer).exists()
