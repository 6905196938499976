"""Where shared sets, collection rounds and declared figures stand in the navigation."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.design.navigation import Place, register
from filiera.indicators.permissions import Permission
from filiera.organisations.models import OrganisationKind


def register_places() -> None:
    register(
        "organisation",
        Place(
            "indicator_sets",
            _("Shared sets"),
            "indicators:sets",
            icon="list-checks",
            order=55,
            permission=Permission.INDICATORS_VIEW,
            shown=_works_with_clusters,
        ),
        Place(
            "rounds",
            _("Collection rounds"),
            "indicators:rounds",
            icon="inbox",
            order=56,
            permission=Permission.INDICATORS_VIEW,
            shown=_works_with_clusters,
        ),
        Place(
            "declarations",
            _("Declared figures"),
            "indicators:declarations",
            icon="pencil",
            order=58,
            permission=Permission.INDICATORS_VIEW,
        ),
        Place(
            "alerts",
            _("Alerts"),
            "indicators:alerts",
            icon="bell",
            order=60,
            permission=Permission.INDICATORS_VIEW,
        ),
    )


def _works_with_clusters(request: HttpRequest) -> bool:
    organisation = getattr(request, "workspace", None)
    return organisation is not None and (
        organisation.takes_members or organisation.kind == OrganisationKind.AUTHORITY
    )
