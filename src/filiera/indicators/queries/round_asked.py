"""Whom a round can ask: poles, the firms in them, and the people to write to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from filiera.accounts.models import Person
from filiera.indicators.models import CollectionPart
from filiera.organisations.models import Membership, Organisation, OrganisationKind, Position, Role


def poles_to_ask(organisation: Organisation) -> QuerySet[Organisation]:
    """The clusters that belong to it; itself where it is one; those of its region for an authority."""
    below = Membership.objects.current().filter(cluster=organisation).values("member_id")
    wanted = Q(pk__in=below)
    if organisation.kind == OrganisationKind.CLUSTER:
        wanted |= Q(pk=organisation.pk)
    if organisation.kind == OrganisationKind.AUTHORITY and organisation.region_id:
        wanted |= Q(region__code__startswith=organisation.region_id, is_listed=True)
    clusters = Organisation.objects.filter(kind=OrganisationKind.CLUSTER, closed_on__isnull=True)
    return clusters.filter(wanted).order_by("sort_key", "pk")


def firms_of(poles: Collection[int], day: date) -> dict[int, set[int]]:
    """The companies that were members of these poles on a day, each once, with the poles it was in."""
    members = (
        Membership.objects.valid()
        .filter(
            Q(start_on__isnull=True) | Q(start_on__lte=day),
            Q(end_on__isnull=True) | Q(end_on__gt=day),
            cluster__in=poles,
            member__kind=OrganisationKind.COMPANY,
            member__closed_on__isnull=True,
        )
        .values_list("member_id", "cluster_id")
    )
    found: dict[int, set[int]] = defaultdict(set)
    for member, cluster in members:
        found[member].add(cluster)
    return found


def addresses_of(organisations: Iterable[int]) -> dict[int, tuple[str, str]]:
    """For each firm with a team here the address and language of one of it: a contact before the others."""
    order = {Role.CONTACT: 0, Role.MANAGER: 1, Role.STAFF: 2}
    positions = (
        Position.objects.current()
        .filter(organisation__in=list(organisations), person__is_active=True)
        .values_list("organisation_id", "role", "person__email", "person__language", "pk")
    )
    found: dict[int, tuple[str, str]] = {}
    for firm, _role, email, language, _key in sorted(
        positions, key=lambda row: (order.get(Role(row[1]), 9), row[4])
    ):
        found.setdefault(firm, (email, language[:5]))
    return found


def people_of(organisations: Sequence[int]) -> dict[int, list[Person]]:
    """Whom to write to in each pole: those who may declare its figures."""
    positions = (
        Position.objects.current()
        .filter(organisation__in=organisations, role__in=[Role.MANAGER, Role.STAFF], person__is_active=True)
        .select_related("person")
        .order_by("pk")
    )
    found: dict[int, list[Person]] = defaultdict(list)
    for position in positions:
        if position.person not in found[position.organisation_id]:
            found[position.organisation_id].append(position.person)
    return found


def poles_by_name(parts: Iterable[CollectionPart]) -> list[CollectionPart]:
    return sorted(parts, key=lambda part: (part.organisation.sort_key, part.pk))
