"""Where one applies, and where the desk writes the call and reads what came in."""

from django.utils.translation import gettext_lazy as _

from filiera.admissions import permissions
from filiera.design.navigation import Place, register


def register_call_places() -> None:
    register("edition_pages", Place("apply", _("Taking part"), "admissions:apply", order=5))
    register(
        "edition",
        Place(
            "call",
            _("Call"),
            "admissions:desk_call",
            icon="file-text",
            order=27,
            permission=permissions.EDIT_CALL,
        ),
    )
