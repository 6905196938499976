"""Reads about organisations that pages and other rooms share."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.organisations.identity import comparable_name, domain_of
from filiera.organisations.models import (
    Membership,
    Organisation,
    OrganisationRevision,
    Position,
    Succession,
)
from filiera.reference.models import Country, Ecosystem, Region
from filiera.texts.sorting import sort_key

PAGE_SIZE = 50
NAME_LIKENESS = 0.55


class Likeness(StrEnum):
    VAT_NUMBER = "vat_number"
    REGISTRATION_NUMBER = "registration_number"
    DOMAIN = "domain"
    NAME = "name"


LIKENESS_WORDS: dict[Likeness, Promise] = {
    Likeness.VAT_NUMBER: _("same VAT number"),
    Likeness.REGISTRATION_NUMBER: _("same registration number"),
    Likeness.DOMAIN: _("same web domain"),
    Likeness.NAME: _("similar name"),
}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An organisation that may be the same one, and why."""

    organisation: Organisation
    likeness: Likeness

    @property
    def words(self) -> Promise:
        return LIKENESS_WORDS[self.likeness]


def possible_duplicates(
    viewer: Viewer,
    *,
    name: str,
    website: str = "",
    vat_number: str = "",
    registration_number: str = "",
    country_id: str | None = None,
    limit: int = 5,
) -> list[Duplicate]:
    """Organisations with the same number, the same domain or a similar name, the surest first."""
    key, domain = comparable_name(name), domain_of(website)
    alike = Q(comparable_name__trigram_similar=key, name_likeness__gte=NAME_LIKENESS)
    if vat_number:
        alike |= Q(vat_number=vat_number)
    if registration_number:
        alike |= Q(registration_number=registration_number, country=country_id)
    if domain:
        alike |= Q(domain=domain)
    candidates = (
        Organisation.objects.visible_to(viewer)
        .annotate(name_likeness=TrigramSimilarity("comparable_name", key))
        .filter(alike)
        .select_related("country")
        .order_by("-name_likeness", "pk")[: limit * 4]
    )
    found = []
    for organisation in candidates:
        if vat_number and organisation.vat_number == vat_number:
            likeness = Likeness.VAT_NUMBER
        elif registration_number and organisation.registration_number == registration_number:
            likeness = Likeness.REGISTRATION_NUMBER
        elif domain and organisation.domain == domain:
            likeness = Likeness.DOMAIN
        else:
            likeness = Likeness.NAME
        found.append(Duplicate(organisation, likeness))
    order = list(Likeness)
    return sorted(found, key=lambda duplicate: order.index(duplicate.likeness))[:limit]


def clusters_above(organisation_id: int) -> frozenset[int]:
    """Every cluster of which this one is a member today, directly or over others."""
    found: set[int] = set()
    level = {organisation_id}
    while level:
        rows = Membership.objects.current().filter(member__in=level).values_list("cluster_id", flat=True)
        level = set(rows) - found
        found |= level
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class DirectoryFilter:
    """What a reader of the directory asks for; empty means all."""

    text: str = ""
    kind: str = ""
    country: str = ""
    region: str = ""
    ecosystem: str = ""
    cluster: str = ""

    def narrow(self, organisations: QuerySet[Organisation], *, leave_out: str = "") -> QuerySet[Organisation]:
        if self.text:
            key = sort_key(self.text)
            organisations = organisations.filter(
                Q(search_key__contains=key) | Q(search_key__trigram_word_similar=key)
            )
        if self.kind and leave_out != "kind":
            organisations = organisations.filter(kind=self.kind)
        if self.country and leave_out != "country":
            organisations = organisations.filter(country=self.country)
        if self.region and leave_out != "country":
            organisations = organisations.filter(region__code__startswith=self.region)
        if self.ecosystem:
            organisations = organisations.filter(ecosystems=self.ecosystem)
        if self.cluster:
            members = Membership.objects.current().filter(cluster__slug=self.cluster)
            organisations = organisations.filter(pk__in=members.values("member_id"))
        return organisations


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of the directory; the keys lead to the pages beside it."""

    organisations: list[Organisation]
    kind_counts: dict[str, int]
    country_counts: dict[str, int]
    total: int
    next_key: str
    previous_key: str


def directory_page(
    viewer: Viewer, asked: DirectoryFilter, *, after: str = "", before: str = ""
) -> DirectoryPage:
    """The organisations a viewer may see, by name, one page at a time; keys are organisation slugs."""
    visible = Organisation.objects.visible_to(viewer)
    found = asked.narrow(visible)
    rows = list(_page_of(found, after=after, before=before))
    if before and not after:
        rows.reverse()
    has_more, rows = _cut(rows, backwards=bool(before and not after))
    kind_counts = _counts(asked.narrow(visible, leave_out="kind"), "kind")
    country_counts = _counts(asked.narrow(visible, leave_out="country"), "country_id")
    total = kind_counts.get(asked.kind, 0) if asked.kind else sum(kind_counts.values())
    is_backwards = bool(before and not after)
    return DirectoryPage(
        organisations=rows,
        kind_counts=kind_counts,
        country_counts=country_counts,
        total=total,
        next_key=rows[-1].slug if rows and (has_more or is_backwards) else "",
        previous_key=rows[0].slug if rows and (after or (is_backwards and has_more)) else "",
    )


def _page_of(found: QuerySet[Organisation], *, after: str, before: str) -> QuerySet[Organisation]:
    backwards = bool(before and not after)
    key = Organisation.objects.filter(slug=after or before).values("sort_key", "pk").first()
    if key and backwards:
        found = found.filter(Q(sort_key__lt=key["sort_key"]) | Q(sort_key=key["sort_key"], pk__lt=key["pk"]))
    elif key:
        found = found.filter(Q(sort_key__gt=key["sort_key"]) | Q(sort_key=key["sort_key"], pk__gt=key["pk"]))
    order = ("-sort_key", "-pk") if backwards else ("sort_key", "pk")
    return (
        with_member_count(found)
        .select_related("country", "region")
        .prefetch_related("ecosystems")
        .order_by(*order)[: PAGE_SIZE + 1]
    )


def _cut(rows: list[Organisation], *, backwards: bool) -> tuple[bool, list[Organisation]]:
    if len(rows) <= PAGE_SIZE:
        return False, rows
    return True, rows[1:] if backwards else rows[:-1]


def _counts(found: QuerySet[Organisation], column: str) -> dict[str, int]:
    rows = found.order_by().values_list(column).annotate(Count("pk", distinct=True))
    return {str(value): count for value, count in rows if value}


def with_member_count(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Each with `member_count`, its members of today; None where it does not list them."""
    members = (
        Membership.objects.current()
        .filter(cluster=OuterRef("pk"), cluster__lists_members=True)
        .order_by()
        .values("cluster")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return organisations.annotate(member_count=Subquery(members))


@dataclass(frozen=True, slots=True)
class FilterChoices:
    countries: list[Country]
    regions: list[Region]
    ecosystems: list[Ecosystem]


def filter_choices(viewer: Viewer, asked: DirectoryFilter) -> FilterChoices:
    """What can be chosen in the directory: only what leads to something."""
    visible = Organisation.objects.visible_to(viewer)
    countries = Country.objects.filter(Exists(visible.filter(country=OuterRef("pk"))))
    regions = (
        Region.objects.filter(Exists(visible.filter(region=OuterRef("pk"))), country=asked.country).order_by(
            "code"
        )
        if asked.country
        else Region.objects.none()
    )
    return FilterChoices(
        countries=list(countries),
        regions=list(regions),
        ecosystems=list(Ecosystem.objects.order_by("position")),
    )


@dataclass(frozen=True, slots=True)
class OrganisationStory:
    """Everything that an organisation's own page tells."""

    organisation: Organisation
    members: list[Membership]
    former_members: list[Membership]
    clusters: list[Membership]
    predecessors: list[Succession]
    successors: list[Succession]
    team: list[Position]

    @property
    def counted_members(self) -> int:
        return len({membership.member_id for membership in self.members})


def organisation_story(viewer: Viewer, organisation: Organisation, today: date) -> OrganisationStory:
    """The organisation with its memberships, its forerunners and heirs, and its public team."""
    memberships = Membership.objects.visible_to(viewer).filter(withdrawn_at__isnull=True)
    members = list(
        memberships.filter(cluster=organisation)
        .select_related("member__country")
        .order_by("member__sort_key", "start_on", "pk")
    )
    successions = Succession.objects.visible_to(viewer)
    return OrganisationStory(
        organisation=organisation,
        members=[row for row in members if row.end_on is None or row.end_on > today],
        former_members=[row for row in members if row.end_on is not None and row.end_on <= today],
        clusters=list(
            memberships.filter(member=organisation)
            .select_related("cluster__country")
            .order_by(F("start_on").asc(nulls_first=True), "pk")
        ),
        predecessors=list(
            successions.filter(to_organisation=organisation)
            .select_related("from_organisation__country")
            .order_by("happened_on", "from_organisation__sort_key")
        ),
        successors=list(
            successions.filter(from_organisation=organisation)
            .select_related("to_organisation__country")
            .order_by("happened_on", "to_organisation__sort_key")
        ),
        team=list(
            Position.objects.current()
            .filter(organisation=organisation, is_public=True, person__is_active=True)
            .select_related("person")
            .order_by("role", "person__sort_name", "pk")
        ),
    )


def team_of(viewer: Viewer, organisation: Organisation) -> list[Position]:
    """The people in a team, those who have left last."""
    return list(
        Position.objects.visible_to(viewer)
        .filter(organisation=organisation)
        .select_related("person")
        .order_by(F("until_date").desc(nulls_first=True), "person__sort_name", "pk")
    )


def members_page(
    viewer: Viewer, cluster: Organisation, *, text: str = "", after: int = 0, size: int = PAGE_SIZE
) -> tuple[list[Membership], int]:
    """Memberships of a cluster by member's name, and the key of the next page (0: none)."""
    rows = Membership.objects.visible_to(viewer).filter(cluster=cluster)
    if text:
        rows = rows.filter(member__search_key__contains=sort_key(text))
    key = Membership.objects.filter(pk=after).values("member__sort_key").first()
    if key:
        name = key["member__sort_key"]
        rows = rows.filter(Q(member__sort_key__gt=name) | Q(member__sort_key=name, pk__gt=after))
    page = list(rows.select_related("member__country").order_by("member__sort_key", "pk")[: size + 1])
    return page[:size], page[size - 1].pk if len(page) > size else 0


def revisions_page(
    viewer: Viewer, organisation: Organisation, *, before: int = 0, size: int = PAGE_SIZE
) -> tuple[list[OrganisationRevision], int]:
    """Edits of a profile, the newest first, and the key of the next page (0: none)."""
    rows = OrganisationRevision.objects.visible_to(viewer).filter(organisation=organisation)
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows.select_related("by").order_by("-pk")[: size + 1])
    return page[:size], page[size - 1].pk if len(page) > size else 0


def own_workspaces(viewer: Viewer) -> list[Position]:
    """The organisations in whose team a person is today, for navigation and start pages."""
    if viewer.person_id is None:
        return []
    return list(
        Position.objects.current()
        .filter(person=viewer.person_id)
        .select_related("organisation")
        .order_by("organisation__sort_key", "pk")
    )
