"""Where methods stand in the navigation of an edition and of its desk."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import ON_THE_DAY
from filiera.design.navigation import Place, register
from filiera.workshops import permissions


def register_method_places() -> None:
    register(
        "edition_pages",
        Place("methods", _("Methods"), "workshops:methods", order=13, permission=permissions.TAKE_PART),
    )
    register(
        "edition",
        Place(
            "methods",
            _("Methods"),
            "workshops:desk_methods",
            icon="lightbulb",
            order=52,
            group=ON_THE_DAY,
            permission=permissions.LEAD,
        ),
    )
