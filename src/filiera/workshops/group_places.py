"""Where groups stand in the navigation of an edition and of its desk."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import ON_THE_DAY
from filiera.design.navigation import Place, register
from filiera.workshops.permissions import FORM_GROUPS


def register_group_places() -> None:
    # Visitors find here which sessions are worked in groups.
    register("edition_pages", Place("groups", _("Groups"), "workshops:groups", order=5))
    register(
        "edition",
        Place(
            "groups",
            _("Groups"),
            "workshops:desk_groups",
            icon="grid",
            order=51,
            group=ON_THE_DAY,
            permission=FORM_GROUPS,
        ),
    )
