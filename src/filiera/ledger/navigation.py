"""The places that the ledger offers."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.design.navigation import Place, register
from filiera.ledger.permissions import Permission


def register_places() -> None:
    register(
        "organisation",
        Place(
            "ledger",
            _("Ledger"),
            "ledger:organisation",
            order=70,
            icon="database",
            permission=Permission.LEDGER_VIEW,
        ),
    )
    register(
        "person",
        Place("ledger", _("Ledger"), "ledger:whole", order=70, icon="database", shown=_is_administering),
    )


def _is_administering(request: HttpRequest) -> bool:
    return bool(request.viewer.administering)  # type: ignore[attr-defined]
