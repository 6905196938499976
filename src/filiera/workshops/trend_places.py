"""Where the people of an edition, and its desk, find the trends."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import ON_THE_DAY
from filiera.design.navigation import Place, register
from filiera.workshops import permissions


def register_trend_places() -> None:
    register(
        "edition_pages",
        Place("trends", _("Trends"), "workshops:trends", order=14, permission=permissions.TAKE_PART),
    )
    register(
        "edition",
        Place(
            "trends",
            _("Trends"),
            "workshops:desk_trends",
            icon="chart",
            order=53,
            group=ON_THE_DAY,
            permission=permissions.LEAD,
        ),
    )
