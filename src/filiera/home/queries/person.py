"""What a person's start page says: what needs them now, where they belong, what comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from filiera.academy.models import Edition, EditionMember, EditionRole, PublishedSession, Star
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Position
from filiera.organisations.queries import own_workspaces

from .cohort import cohort_needs
from .needs import EditionPlace, Need
from .participant import participant_needs
from .team import administrator_needs, organisation_needs, programme_needs, speaker_needs, task_needs

SESSIONS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class NextSession:
    data: Mapping[str, Any]
    edition_slug: str
    is_starred: bool


@dataclass(frozen=True, slots=True)
class PersonHome:
    needs: list[Need]
    editions: list[EditionPlace]
    workspaces: list[Position]
    sessions: list[NextSession]


def person_home(person: Person, viewer: Viewer, at: datetime) -> PersonHome:
    """What needs this person, the editions and organisations they belong to, their next sessions."""
    places = _edition_places(person)
    workspaces = own_workspaces(viewer)
    needs = [
        *participant_needs(person, viewer, at),
        *cohort_needs(places, person, at),
        *programme_needs(places),
        *speaker_needs(places),
        *task_needs(places, person, at),
        *organisation_needs(workspaces),
        *administrator_needs(person, viewer),
    ]
    return PersonHome(needs, places, workspaces, _next_sessions(places, person, at))


def _edition_places(person: Person) -> list[EditionPlace]:
    memberships = (
        EditionMember.objects.current()
        .filter(person=person, edition__is_template=False)
        .select_related("edition__current_version")
        .defer("edition__current_version__data")
        .order_by("-edition__created_at", "-edition_id", "pk")
    )
    by_edition: dict[Edition, list[str]] = {}
    for membership in memberships:
        by_edition.setdefault(membership.edition, []).append(membership.role)
    return [
        EditionPlace(
            edition=edition,
            roles=[str(EditionRole(role).label) for role in roles],
            permissions=permissions_of(frozenset(roles)),
        )
        for edition, roles in by_edition.items()
    ]


def _next_sessions(places: Iterable[EditionPlace], person: Person, at: datetime) -> list[NextSession]:
    published = [place.edition for place in places if place.edition.current_version_id]
    if not published:
        return []
    starred = set(Star.objects.filter(person=person).values_list("session_id", flat=True))
    found: list[NextSession] = []
    for edition in published:
        now = edition.clock_at or at
        rows = (
            PublishedSession.objects.filter(version_id=edition.current_version_id, ends_at__gt=now)
            .order_by("position")
            .values_list("session_id", "data")[:SESSIONS_AHEAD]
        )
        found += [NextSession(data, edition.slug, key in starred) for key, data in rows]
    found.sort(key=lambda session: session.data["starts_at"])
    return found[:SESSIONS_AHEAD]
