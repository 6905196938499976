"""Where the desk, the participants and strangers find certificates."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import EditionRole
from filiera.admissions.desk_groups import LEARNING
from filiera.credentials import permissions
from filiera.design.navigation import Place, register


def _takes_part(request: HttpRequest) -> bool:
    return EditionRole.PARTICIPANT in request.viewer.edition_roles  # type: ignore[attr-defined]


def register_places() -> None:
    register(
        "edition_pages",
        Place(
            "certificates", _("My certificates"), "credentials:my_certificates", order=60, shown=_takes_part
        ),
    )
    register("footer", Place("verify", _("Verify a certificate"), "verify:form", order=60))
    register(
        "edition",
        Place(
            "certificates",
            _("Certificates"),
            "credentials:desk_certificates",
            icon="award",
            order=57,
            group=LEARNING,
            permission=permissions.VIEW_CERTIFICATES,
        ),
    )
