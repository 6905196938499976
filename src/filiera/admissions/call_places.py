"""Where one applies, and where the desk writes the call and reads what came in."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import Viewer
from filiera.admissions import permissions
from filiera.admissions.desk_groups import COHORT
from filiera.design.navigation import Place, register


def _is_reviewer(request: HttpRequest) -> bool:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return EditionRole.REVIEWER in viewer.edition_roles


def register_call_places() -> None:
    register(
        "edition_pages",
        Place("apply", _("Taking part"), "admissions:apply", order=5),
        Place("reviews", _("Reviews"), "admissions:reviews", order=20, shown=_is_reviewer),
    )
    register(
        "edition",
        Place(
            "call",
            _("Call"),
            "admissions:desk_call",
            icon="file-text",
            order=41,
            group=COHORT,
            permission=permissions.EDIT_CALL,
        ),
        Place(
            "applications",
            _("Applications"),
            "admissions:desk_applications",
            icon="inbox",
            order=42,
            group=COHORT,
            permission=permissions.VIEW_APPLICATIONS,
        ),
        Place(
            "reviews",
            _("Reviews"),
            "admissions:desk_reviews",
            icon="clipboard-list",
            order=43,
            group=COHORT,
            permission=permissions.VIEW_APPLICATIONS,
        ),
        Place(
            "offers",
            _("Offers to host"),
            "admissions:desk_offers",
            icon="building",
            order=45,
            group=COHORT,
            permission=permissions.EDIT_CALL,
        ),
    )
