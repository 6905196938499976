"""What a start page says: to a visitor what there is, to a person what needs them now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.academy import permissions
from filiera.academy.models import (
    ChecklistTask,
    Edition,
    EditionMember,
    EditionRole,
    PublishedSession,
    Session,
    SessionState,
    Speaker,
    Star,
)
from filiera.academy.permissions import permissions_of
from filiera.academy.queries.edition_pages import editions_for_list
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.mail.models import MailState, OutgoingMail
from filiera.organisations.models import Membership, Organisation, OrganisationKind, Position
from filiera.organisations.queries import own_workspaces
from filiera.texts.languages import translated

TASK_HORIZON = timedelta(days=14)
SESSIONS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """A count that opens to the list it counts."""

    value: int
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class VisitorHome:
    """`country_counts` and `country_names` by ISO code, for the map."""

    editions: list[Edition]
    figures: list[Figure]
    country_counts: dict[str, int]
    country_names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for this person: what, where, and for which edition or organisation."""

    sentence: str
    address: str
    about: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class NextSession:
    data: Mapping[str, Any]
    edition_slug: str
    is_starred: bool


@dataclass(frozen=True, slots=True)
class EditionPlace:
    """An edition that the person belongs to, with their roles and the way in."""

    edition: Edition
    roles: list[str]
    has_desk: bool


@dataclass(frozen=True, slots=True)
class PersonHome:
    needs: list[Need]
    editions: list[EditionPlace]
    workspaces: list[Position]
    sessions: list[NextSession]


def visitor_home(viewer: Viewer) -> VisitorHome:
    """The listed editions and how many organisations of which kind the directory holds."""
    kinds = dict(
        Organisation.objects.visible_to(viewer)
        .filter(closed_on__isnull=True)
        .values_list("kind")
        .annotate(count=Count("pk"))
        .order_by()
    )
    by_country = (
        Organisation.objects.visible_to(viewer)
        .filter(closed_on__isnull=True, country__isnull=False)
        .values_list("country", "country__names")
        .annotate(count=Count("pk"))
        .order_by()
    )
    country_counts = {code: count for code, _names, count in by_country}
    country_names = {code: translated(names) for code, names, _count in by_country}
    countries = len(country_counts)
    clusters = kinds.get(OrganisationKind.CLUSTER, 0)
    networks = kinds.get(OrganisationKind.META_CLUSTER, 0)
    everything = reverse("organisations:directory")
    figures = [
        Figure(clusters, ngettext("cluster", "clusters", clusters), f"{everything}?kind=cluster"),
        Figure(
            networks, ngettext("meta-cluster", "meta-clusters", networks), f"{everything}?kind=meta_cluster"
        ),
        Figure(countries, ngettext("country", "countries", countries), everything),
    ]
    return VisitorHome(
        editions=editions_for_list(viewer),
        figures=[figure for figure in figures if figure.value],
        country_counts=country_counts,
        country_names=country_names,
    )


def person_home(person: Person, viewer: Viewer, at: datetime) -> PersonHome:
    """What needs this person, the editions and organisations they belong to, their next sessions."""
    places = _edition_places(person)
    workspaces = own_workspaces(viewer)
    needs = [
        *_programme_needs(places),
        *_speaker_needs(places),
        *_task_needs(places, person, at),
        *_organisation_needs(workspaces),
        *_administrator_needs(person),
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
            has_desk=permissions.VIEW_DRAFT in permissions_of(frozenset(roles)),
        )
        for edition, roles in by_edition.items()
    ]


def _desks(places: Iterable[EditionPlace]) -> dict[int, Edition]:
    return {place.edition.pk: place.edition for place in places if place.has_desk}


def _programme_needs(places: Iterable[EditionPlace]) -> Iterable[Need]:
    desks = _desks(places)
    changed_since = Q(edition__current_version__isnull=True) | Q(
        updated_at__gt=F("edition__current_version__published_at")
    )
    rows = (
        Session.objects.filter(edition__in=desks, state=SessionState.PLANNED)
        .values("edition_id")
        .annotate(
            changed=Count("pk", filter=changed_since & Q(during__isnull=False)),
            waiting=Count("pk", filter=Q(during__isnull=True)),
        )
        .order_by("edition_id")
    )
    for row in rows if desks else ():
        edition = desks[row["edition_id"]]
        if row["changed"]:
            sentence = ngettext(
                "One session has changes that visitors do not see yet",
                "%(count)s sessions have changes that visitors do not see yet",
                row["changed"],
            ) % {"count": row["changed"]}
            yield _need(sentence, "academy:desk_publish", edition, is_urgent=True)
        if row["waiting"]:
            sentence = ngettext(
                "One session has no time yet", "%(count)s sessions have no time yet", row["waiting"]
            ) % {"count": row["waiting"]}
            yield _need(sentence, "academy:desk_programme", edition)


def _speaker_needs(places: Iterable[EditionPlace]) -> Iterable[Need]:
    desks = _desks(places)
    if not desks:
        return
    silent = (
        Speaker.objects.filter(
            edition__in=desks, invited_at__isnull=False, confirmed_at__isnull=True, declined_at__isnull=True
        )
        .values("edition_id")
        .annotate(count=Count("pk"))
        .order_by("edition_id")
    )
    for row in silent:
        sentence = ngettext(
            "One speaker has not answered", "%(count)s speakers have not answered", row["count"]
        ) % {"count": row["count"]}
        yield _need(sentence, "academy:desk_speakers", desks[row["edition_id"]])


def _task_needs(places: Iterable[EditionPlace], person: Person, at: datetime) -> Iterable[Need]:
    desks = _desks(places)
    if not desks:
        return
    tasks = (
        ChecklistTask.objects.filter(Q(owner=person) | Q(owner__isnull=True))
        .filter(edition__in=desks, part__isnull=False, done_at__isnull=True)
        .select_related("part")
        .order_by("part__starts_on", "position", "pk")
    )
    for task in tasks:
        edition = desks[task.edition_id]
        today = (edition.clock_at or at).date()
        due_on = task.part.starts_on - timedelta(days=task.days_before) if task.part else today
        if due_on <= today + TASK_HORIZON:
            yield _need(
                translated(task.title),
                "academy:desk_checklist",
                edition,
                is_urgent=due_on < today,
            )


def _organisation_needs(workspaces: Iterable[Position]) -> Iterable[Need]:
    for position in workspaces:
        organisation = position.organisation
        if not organisation.description:
            yield Need(
                sentence=_("The public page has no description yet"),
                address=reverse("organisations:workspace", args=[organisation.slug]),
                about=organisation.name,
            )


def _administrator_needs(person: Person) -> Iterable[Need]:
    if not person.is_administrator:
        return
    failed = OutgoingMail.objects.filter(state=MailState.FAILED).count()
    if failed:
        yield Need(
            sentence=ngettext(
                "One mail could not be delivered", "%(count)s mails could not be delivered", failed
            )
            % {"count": failed},
            address=reverse("accounts:administration"),
            about=_("Platform"),
            is_urgent=True,
        )


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


def _need(sentence: str, url_name: str, edition: Edition, *, is_urgent: bool = False) -> Need:
    return Need(
        sentence=sentence,
        address=reverse(url_name, args=[edition.slug]),
        about=translated(edition.name),
        is_urgent=is_urgent,
    )


@dataclass(frozen=True, slots=True)
class Network:
    """A cluster or meta-cluster of one's own with its members of today; made-up ones are said to be so."""

    organisation: Organisation
    member_count: int
    has_made_up_members: bool


def network_of(workspaces: Iterable[Position]) -> list[Network]:
    """The clusters and meta-clusters among one's organisations, each with how many members it has today."""
    networks = [
        position.organisation
        for position in workspaces
        if position.organisation.kind in (OrganisationKind.CLUSTER, OrganisationKind.META_CLUSTER)
    ]
    rows = (
        Membership.objects.current()
        .filter(cluster__in=networks)
        .values_list("cluster_id")
        .annotate(count=Count("member", distinct=True), made_up=Count("pk", filter=Q(is_demonstration=True)))
        .order_by()
    )
    counts = {cluster: (count, made_up > 0) for cluster, count, made_up in rows}
    return [Network(organisation, *counts.get(organisation.pk, (0, False))) for organisation in networks]
