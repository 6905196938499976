"""The places that organisations offer."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filiera.design.navigation import Place, register
from filiera.organisations.permissions import Permission


def register_places() -> None:
    register("main", Place("directory", _("Directory"), "organisations:directory", order=30))
    register(
        "person",
        Place("workspaces", _("Your organisations"), "organisations:workspaces", order=20, icon="building"),
    )
    register(
        "organisation",
        Place("overview", _("Overview"), "organisations:workspace", order=10, icon="home"),
        Place(
            "profile",
            _("Profile"),
            "organisations:profile",
            order=20,
            icon="pencil",
            permission=Permission.ORGANISATION_EDIT,
        ),
        Place(
            "members",
            _("Members"),
            "organisations:members",
            order=30,
            icon="network",
            shown=_has_members,
        ),
        Place("memberships", _("Memberships"), "organisations:memberships", order=35, icon="link"),
        Place("agreements", _("Agreements"), "organisations:agreements", order=38, icon="handshake"),
        Place("team", _("Team"), "organisations:team", order=40, icon="users"),
        Place(
            "fate",
            _("What became of it"),
            "organisations:fate",
            order=90,
            icon="git-merge",
            shown=_is_administering,
        ),
        Place("history", _("Edits"), "organisations:history", order=80, icon="history"),
    )


def _is_administering(request: HttpRequest) -> bool:
    return bool(request.viewer.administering)  # type: ignore[attr-defined]


def _has_members(request: HttpRequest) -> bool:
    organisation = getattr(request, "workspace", None)
    return organisation is not None and organisation.takes_members
