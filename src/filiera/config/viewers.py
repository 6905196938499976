"""Who is looking at this address: the person, and the roles that the organisation or edition in it gives."""

import re
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of as edition_permissions
from filiera.accounts.models import Person
from filiera.accounts.viewer import VISITOR, Viewer
from filiera.organisations.models import Position
from filiera.organisations.permissions import permissions_of as organisation_permissions

_WORKSPACE = re.compile(r"^/(?P<kind>o|academy)/(?P<slug>[^/]+)/")


class ViewerMiddleware:
    """Sets `request.viewer`; nothing is asked of the database until somebody looks at it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: viewer_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def viewer_of(request: HttpRequest) -> Viewer:
    if not isinstance(request.user, Person):
        return VISITOR
    viewer = viewer_at(request.user, request.path_info)
    if getattr(request, "administration_window", None) is not None:
        return replace(viewer, administering=True)
    return viewer


def viewer_at(person: Person, path: str) -> Viewer:
    """The person with the roles they hold in the workspace or edition that the address names."""
    match = _WORKSPACE.match(path)
    if match is None:
        return Viewer(person=person)
    if match["kind"] == "o":
        return _in_organisation(person, match["slug"])
    return _in_edition(person, match["slug"])


def _in_organisation(person: Person, slug: str) -> Viewer:
    positions = Position.objects.current().filter(person=person, organisation__slug=slug)
    found = list(positions.values_list("organisation_id", "role"))
    roles = frozenset(role for _, role in found)
    return Viewer(
        person=person,
        organisation_id=found[0][0] if found else None,
        organisation_roles=roles,
        permissions=organisation_permissions(roles),
    )


def _in_edition(person: Person, slug: str) -> Viewer:
    memberships = EditionMember.objects.filter(person=person, edition__slug=slug, until__isnull=True)
    found = list(memberships.values_list("edition_id", "role"))
    roles = frozenset(role for _, role in found)
    return Viewer(
        person=person,
        edition_id=found[0][0] if found else None,
        edition_roles=roles,
        permissions=edition_permissions(roles),
    )
