"""The places of an edition's desk, in the order in which an organiser needs them."""

from django.utils.translation import gettext_lazy as _

from filiera.academy import permissions
from filiera.design.navigation import Place, register


def register_desk_places() -> None:
    draft = permissions.VIEW_DRAFT
    register(
        "edition",
        Place("today", _("Today"), "academy:desk", icon="home", order=10, permission=draft),
        Place("programme", _("Programme"), "academy:desk_programme", icon="days", order=20, permission=draft),
        Place("sessions", _("Sessions"), "academy:desk_sessions", icon="list", order=25, permission=draft),
        Place("speakers", _("Speakers"), "academy:desk_speakers", icon="mic", order=30, permission=draft),
        Place(
            "checklist",
            _("Checklist"),
            "academy:desk_checklist",
            icon="list-checks",
            order=40,
            permission=draft,
        ),
        Place(
            "team", _("Team"), "academy:desk_team", icon="users", order=50, permission=permissions.VIEW_TEAM
        ),
        Place(
            "parts",
            _("Parts and days"),
            "academy:desk_parts",
            icon="calendar",
            order=60,
            group=_("Set up"),
            permission=draft,
        ),
        Place(
            "rooms",
            _("Rooms and venues"),
            "academy:desk_rooms",
            icon="door-open",
            order=65,
            group=_("Set up"),
            permission=draft,
        ),
        Place(
            "edition",
            _("Edition"),
            "academy:desk_edition",
            icon="settings",
            order=70,
            group=_("Set up"),
            permission=permissions.EDIT_EDITION,
        ),
        Place(
            "import",
            _("Import and export"),
            "academy:desk_import",
            icon="upload",
            order=75,
            group=_("Set up"),
            permission=permissions.EDIT_PROGRAMME,
        ),
        Place(
            "publish",
            _("Publish"),
            "academy:desk_publish",
            icon="send",
            order=80,
            group=_("Visitors see"),
            permission=permissions.PUBLISH_PROGRAMME,
        ),
        Place(
            "versions",
            _("Versions"),
            "academy:desk_versions",
            icon="history",
            order=85,
            group=_("Visitors see"),
            permission=draft,
        ),
    )
