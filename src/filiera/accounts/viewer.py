"""Who is looking: the one value that policies, querysets and actions ask."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from filiera.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person or nobody, with the roles that the address gives and the limits of a token."""

    person: "Person | None"
    organisation_id: int | None = None
    organisation_roles: frozenset[str] = frozenset()
    edition_id: int | None = None
    edition_roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    administering: bool = False
    scopes: frozenset[str] | None = None

    @property
    def is_known(self) -> bool:
        return self.person is not None

    @property
    def person_id(self) -> int | None:
        return None if self.person is None else self.person.pk

    def may(self, permission: str) -> bool:
        """Whether roles grant the permission and, where a token speaks, its scopes name it too."""
        if self.scopes is not None and permission not in self.scopes:
            return False
        return self.administering or permission in self.permissions

    def but(self, **changes: Any) -> "Viewer":
        """The same viewer with other roles or permissions; works behind a request's lazy viewer too."""
        return replace(self, **changes)


VISITOR = Viewer(person=None)
SYSTEM = Viewer(person=None, administering=True)


class ViewerRequest(HttpRequest):
    """A request after the viewer middleware."""

    viewer: Viewer
