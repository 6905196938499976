"""Where the people of an edition, and its desk, find each other, tasks and mails."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.admissions import permissions
from filiera.design.navigation import Place, register


def _belongs_here(request: HttpRequest) -> bool:
    return bool(request.viewer.edition_roles)  # type: ignore[attr-defined]


def register_people_places() -> None:
    register(
        "edition_pages",
        Place("people", _("People"), "admissions:people", order=10, permission=permissions.MEET_PARTICIPANTS),
        Place("practical", _("Practical information"), "admissions:practical", order=50, shown=_belongs_here),
    )
    register(
        "edition",
        Place(
            "practical",
            _("Practical information"),
            "admissions:desk_practical",
            icon="map-pin",
            order=56,
            permission=permissions.EDIT_PARTICIPANTS,
        ),
    )
