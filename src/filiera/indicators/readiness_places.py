"""Where peers and the preparation for the label stand in the navigation."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.design.navigation import Place, register
from filiera.indicators.permissions import Permission
from filiera.organisations.models import OrganisationKind


def register_places() -> None:
    register(
        "organisation",
        Place(
            "readiness",
            _("Preparation for the label"),
            "indicators:readiness",
            icon="award",
            order=66,
            permission=Permission.INDICATORS_VIEW,
            shown=_takes_members,
        ),
        Place(
            "peers",
            _("Peers"),
            "indicators:peers",
            icon="users",
            order=64,
            permission=Permission.INDICATORS_VIEW,
            shown=_is_cluster,
        ),
    )


def _takes_members(request: HttpRequest) -> bool:
    organisation = getattr(request, "workspace", None)
    return organisation is not None and organisation.takes_members


def _is_cluster(request: HttpRequest) -> bool:
    organisation = getattr(request, "workspace", None)
    return organisation is not None and organisation.kind == OrganisationKind.CLUSTER
