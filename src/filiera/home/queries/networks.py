"""The networks of those who run one, with their members of today."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from filiera.organisations.models import Membership, Organisation, OrganisationKind, Position


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
