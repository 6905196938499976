"""The places that figures offer."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions.desk_groups import LEARNING
from filiera.design.navigation import Place, register
from filiera.indicators.permissions import VIEW_EDITION_FIGURES, Permission


def register_places() -> None:
    register(
        "edition",
        Place(
            "edition_figures",
            _("Figures of the edition"),
            "indicators:edition_dashboard",
            icon="chart",
            order=59,
            group=LEARNING,
            permission=VIEW_EDITION_FIGURES,
        ),
    )
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
        Place(
            "reports",
            _("Reports"),
            "indicators:reports",
            order=51,
            icon="file-text",
            permission=Permission.INDICATORS_VIEW,
        ),
        Place(
            "logic_model",
            _("Logic model"),
            "indicators:logic_model",
            order=52,
            icon="git-branch",
            permission=Permission.INDICATORS_VIEW,
        ),
        Place(
            "impact",
            _("Impact"),
            "indicators:impact",
            order=54,
            icon="trending-up",
            permission=Permission.IMPACT_STUDY,
        ),
    )
