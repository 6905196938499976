"""The registry: each app says which of an organisation's roles hold its permissions.

The database stores role names only; what a role may do is written here and nowhere else.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum


class UnknownRole(Exception):
    """A permission was given to a role that does not exist: a mistake in the code."""


class Permission(StrEnum):
    ORGANISATION_VIEW = "organisation.view"
    ORGANISATION_EDIT = "organisation.edit"
    TEAM_EDIT = "organisation.team"
    MEMBERS_EDIT = "organisation.members"


_roles_by_permission: dict[str, frozenset[str]] = {}
_app_by_permission: dict[str, str] = {}

ROLES = ("manager", "staff", "contact")


def register(app: str, permissions: Mapping[str, Collection[str]]) -> None:
    """Declare an app's permissions, each with the roles that hold it; called from `AppConfig.ready`."""
    for permission, roles in permissions.items():
        unknown = set(roles) - set(ROLES)
        if unknown:
            raise UnknownRole(f"{permission}: {', '.join(sorted(unknown))}")
        owner = _app_by_permission.setdefault(str(permission), app)
        if owner != app:
            raise ValueError(f"{permission} is declared by {owner} and by {app}")
        _roles_by_permission[str(permission)] = frozenset(str(role) for role in roles)


def permissions_of(roles: Collection[str]) -> frozenset[str]:
    """Every permission that somebody with these roles holds in that organisation."""
    held = frozenset(roles)
    return frozenset(permission for permission, holders in _roles_by_permission.items() if holders & held)


def all_permissions() -> frozenset[str]:
    return frozenset(_roles_by_permission)


def speak_for(organisation_id: int | str) -> str:
    """What somebody may do who stood for an organisation where an agreement began, and nothing else."""
    return f"agreement.speak_for.{organisation_id}"


def register_own() -> None:
    register(
        "organisations",
        {
            Permission.ORGANISATION_VIEW: ("manager", "staff", "contact"),
            Permission.ORGANISATION_EDIT: ("manager", "staff"),
            Permission.TEAM_EDIT: ("manager",),
            Permission.MEMBERS_EDIT: ("manager", "staff"),
        },
    )
