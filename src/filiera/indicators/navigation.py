"""The places that figures offer."""

from django.utils.translation import gettext_lazy as _

from filiera.design.navigation import Place, register
from filiera.indicators.permissions import Permission


def register_places() -> None:
    register("main", Place("indicators", _("Indicators"), "indicators:catalogue", order=40))
    register(
        "organisation",
        Place(
            "indicators",
            _("Indicators"),
            "indicators:dashboard",
            order=50,
            icon="chart",
            permission=Permission.INDICATORS_VIEW,
        ),
    )
