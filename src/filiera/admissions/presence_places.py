"""The places of check-in at an edition's desk."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import ON_THE_DAY
from filiera.admissions.permissions import CHECK_IN
from filiera.design.navigation import Place, register


def register_presence_places() -> None:
    register(
        "edition",
        Place(
            "presence",
            _("Check-in"),
            "admissions:desk_presence",
            icon="qr-code",
            order=51,
            group=ON_THE_DAY,
            permission=CHECK_IN,
        ),
    )
