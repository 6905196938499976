"""Where the people of an edition, and its desk, find the challenges."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import ON_THE_DAY
from filiera.design.navigation import Place, register
from filiera.workshops import permissions


def register_challenge_places() -> None:
    register(
        "edition_pages",
        Place(
            "challenges",
            _("Challenges"),
            "workshops:challenges",
            order=12,
            permission=permissions.TAKE_PART,
        ),
    )
    register(
        "edition",
        Place(
            "challenges",
            _("Challenges"),
            "workshops:desk_challenges",
            icon="lightbulb",
            order=51,
            group=ON_THE_DAY,
            permission=permissions.LEAD,
        ),
    )
