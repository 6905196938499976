"""The roles that a demonstration lets anybody take without a password, on their own machine only."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VISITOR_ROLE = "visitor"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})


@dataclass(frozen=True, slots=True)
class DemonstrationRole:
    code: str
    name: str | Promise
    does: str | Promise

    @property
    def email(self) -> str:
        return f"{self.code}@demonstration.invalid"


ROLES = (
    DemonstrationRole(
        "organiser", _("Academy organiser"), _("plans the edition, edits and publishes the programme")
    ),
    DemonstrationRole("participant", _("Cluster manager"), _("takes part in the academy and runs a cluster")),
    DemonstrationRole("facilitator", _("Facilitator"), _("leads groups and workshops")),
    DemonstrationRole("reviewer", _("Reviewer"), _("reads and rates applications")),
    DemonstrationRole("company", _("Member company"), _("shows what the firm offers and needs")),
    DemonstrationRole("officer", _("Region officer"), _("follows the figures of all clusters")),
    DemonstrationRole(
        "administrator", _("Platform administrator"), _("looks after the platform, in timed sessions")
    ),
    DemonstrationRole(VISITOR_ROLE, _("Visitor"), _("sees what everybody sees")),
)


def is_possible(request: HttpRequest) -> bool:
    """Only on data made for the demonstration, and only from the machine itself."""
    return bool(settings.DEMONSTRATION) and request.META.get("REMOTE_ADDR") in _LOOPBACK


def find_role(code: str) -> DemonstrationRole | None:
    return next((role for role in ROLES if role.code == code), None)
