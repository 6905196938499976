"""The places of an edition's desk that certificates add."""

from django.utils.translation import gettext_lazy as _

from filiera.credentials import permissions
from filiera.design.navigation import Place, register


def register_desk_places() -> None:
    register(
        "edition",
        Place(
            "certificates",
            _("Certificates"),
            "credentials:desk_certificates",
            icon="award",
            order=48,
            permission=permissions.VIEW_CERTIFICATES,
        ),
    )
