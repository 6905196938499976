"""What a visitor's start page says: what there is."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import ngettext

from filiera.academy.models import Edition
from filiera.academy.queries.edition_pages import editions_for_list
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.texts.languages import translated


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
