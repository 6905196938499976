"""Reads about organisations that pages and other rooms share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Invitation, Person
from filiera.accounts.viewer import Viewer
from filiera.organisations.identity import comparable_name, domain_of
from filiera.organisations.models import (
    Agreement,
    AgreementStep,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationRevision,
    Position,
    Stage,
    Succession,
    height_of,
)
from filiera.reference.models import Country, Ecosystem, Region, S3Priority
from filiera.texts.languages import page_languages, translated
from filiera.texts.sorting import sort_key

PAGE_SIZE = 50
ORGANISATION_TEAM = "organisation_team"
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
    s3_priority: str = ""
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
        if self.s3_priority:
            organisations = organisations.filter(s3_priorities=self.s3_priority)
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


MOST_TABLE_ROWS = 20_000


def directory_rows(found: QuerySet[Organisation]) -> list[Organisation]:
    """Organisations for a table to take along, by name."""
    rows = found.prefetch_related("ecosystems", "s3_priorities").order_by("sort_key", "pk")
    return list(rows[:MOST_TABLE_ROWS])


def _page_of(found: QuerySet[Organisation], *, after: str, before: str) -> QuerySet[Organisation]:
    backwards = bool(before and not after)
    slug = after or before
    key = Organisation.objects.filter(slug=slug).values("sort_key", "pk").first() if slug else None
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
    rows = found.order_by().values_list(column).annotate(Count("pk"))
    return {str(value): count for value, count in rows if value}


def with_member_count(organisations: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Each with `member_count`, its members of today (None where it does not list them).

    `has_made_up_members` says that a demonstration's firms are among them.
    """
    listed = Membership.objects.current().filter(cluster=OuterRef("pk"), cluster__lists_members=True)
    members = listed.order_by().values("cluster").annotate(count=Count("pk")).values("count")
    return organisations.annotate(
        member_count=Subquery(members), has_made_up_members=Exists(listed.filter(is_demonstration=True))
    )


@dataclass(frozen=True, slots=True)
class FilterChoices:
    countries: list[Country]
    regions: list[Region]
    ecosystems: list[Ecosystem]
    s3_priorities: list[S3Priority]


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
    priorities = S3Priority.objects.filter(Exists(visible.filter(s3_priorities=OuterRef("pk"))))
    return FilterChoices(
        countries=list(countries),
        regions=list(regions),
        ecosystems=list(Ecosystem.objects.order_by("position")),
        s3_priorities=list(priorities.in_order()),
    )


def s3_priorities_for(organisation: Organisation) -> list[S3Priority]:
    """What an organisation may name as its priorities, in the order of their strategies.

    Those of the region in which it lies or of one above, of the regions of its clusters, and what it has
    named already.
    """
    clusters = Organisation.objects.filter(pk__in=clusters_above(organisation.pk))
    own = {organisation.region_id, *clusters.values_list("region", flat=True)}
    # A code of NUTS begins with that of the region above.
    codes = {code[:length] for code in own if code for length in range(2, len(code) + 1)}
    of_regions = S3Priority.objects.of_work().filter(region__in=codes)
    # Its own are found beside and not by a join: that would read every organisation that has named one.
    named = S3Priority.objects.filter(pk__in=organisation.s3_priorities.values("pk"))
    return list((of_regions | named).in_order())


MOST_MEMBERS_ON_PAGE = 60


@dataclass(frozen=True, slots=True)
class OrganisationStory:
    """Everything that an organisation's own page tells; of many members only the first by name."""

    organisation: Organisation
    members: list[Membership]
    member_count: int
    former_members: list[Membership]
    clusters: list[Membership]
    predecessors: list[Succession]
    successors: list[Succession]
    member_successions: list[Succession]
    team: list[Position]

    @property
    def has_made_up_members(self) -> bool:
        return any(membership.is_demonstration for membership in self.members)

    @property
    def has_more_members(self) -> bool:
        return self.member_count > len(self.members)


def organisation_story(viewer: Viewer, organisation: Organisation, today: date) -> OrganisationStory:
    """The organisation with its memberships, its forerunners and heirs, and its public team."""
    memberships = Membership.objects.visible_to(viewer).valid()
    of_members = memberships.filter(cluster=organisation).select_related("member__country")
    present = of_members.filter(Q(end_on__isnull=True) | Q(end_on__gt=today))
    members = list(present.order_by("member__sort_key", "pk")[:MOST_MEMBERS_ON_PAGE])
    successions = Succession.objects.visible_to(viewer).select_related(
        "from_organisation__country", "to_organisation__country"
    )
    is_meta_cluster = organisation.kind == OrganisationKind.META_CLUSTER
    return OrganisationStory(
        organisation=organisation,
        members=members,
        member_count=present.count() if len(members) == MOST_MEMBERS_ON_PAGE else len(members),
        former_members=list(
            of_members.filter(end_on__lte=today).order_by("-end_on", "pk")[:MOST_MEMBERS_ON_PAGE]
        ),
        clusters=list(
            memberships.filter(member=organisation)
            .select_related("cluster__country")
            .order_by(F("start_on").asc(nulls_first=True), "pk")
        ),
        predecessors=list(
            successions.filter(to_organisation=organisation).order_by(
                "happened_on", "from_organisation__sort_key"
            )
        ),
        successors=list(
            successions.filter(from_organisation=organisation).order_by(
                "happened_on", "to_organisation__sort_key"
            )
        ),
        member_successions=list(
            successions.filter(to_organisation__in=[row.member_id for row in members]).order_by(
                "happened_on", "from_organisation__sort_key"
            )
        )
        if is_meta_cluster
        else [],
        team=list(
            Position.objects.current()
            .filter(organisation=organisation, is_public=True, person__in=Person.objects.visible_to(viewer))
            .select_related("person")
            .order_by("role", "person__sort_name", "pk")
        ),
    )


def is_in_team(viewer: Viewer, organisation: Organisation) -> bool:
    return viewer.person_id is not None and (
        Position.objects.current().filter(person=viewer.person_id, organisation=organisation).exists()
    )


@dataclass(frozen=True, slots=True)
class NetworkFigures:
    """The members of a meta-cluster's clusters today: each organisation counts once, in how many it is."""

    organisations: int
    memberships: int
    in_several: int
    has_made_up: bool


def network_figures(viewer: Viewer, meta_cluster: Organisation) -> NetworkFigures:
    """Count the members of all clusters of a meta-cluster, as far as the viewer may see them."""
    clusters = Membership.objects.current().filter(cluster=meta_cluster).values("member_id")
    visible = Membership.objects.visible_to(viewer).current().filter(cluster__in=clusters)
    in_how_many = visible.order_by().values("member_id").annotate(clusters=Count("cluster_id"))
    counted = in_how_many.aggregate(
        organisations=Count("member_id"),
        memberships=Sum("clusters", default=0),
        in_several=Count("member_id", filter=Q(clusters__gt=1)),
    )
    has_made_up = bool(counted["memberships"]) and visible.filter(is_demonstration=True).exists()
    return NetworkFigures(**counted, has_made_up=has_made_up)


def team_of(viewer: Viewer, organisation: Organisation) -> list[Position]:
    """The people in a team, those who have left last."""
    return list(
        Position.objects.visible_to(viewer)
        .filter(organisation=organisation)
        .select_related("person")
        .order_by(F("until_date").desc(nulls_first=True), "person__sort_name", "pk")
    )


def open_invitations(organisation: Organisation, at: datetime) -> list[Invitation]:
    """Links into the team that have been sent and not used; whoever may edit the team sees them."""
    return list(
        Invitation.objects.open(at)
        .filter(purpose=ORGANISATION_TEAM, data__organisation=organisation.pk)
        .select_related("invited_by")
        .order_by("-created_at", "-pk")
    )


def members_page(
    viewer: Viewer, cluster: Organisation, *, text: str = "", after: int = 0, size: int = PAGE_SIZE
) -> tuple[list[Membership], int]:
    """Memberships of a cluster by member's name, and the key of the next page (0: none)."""
    rows = Membership.objects.visible_to(viewer).filter(cluster=cluster)
    if text:
        rows = rows.filter(member__search_key__contains=sort_key(text))
    key = Membership.objects.filter(pk=after).values("member__sort_key").first() if after else None
    if key:
        name = key["member__sort_key"]
        rows = rows.filter(Q(member__sort_key__gt=name) | Q(member__sort_key=name, pk__gt=after))
    page = list(rows.select_related("member__country").order_by("member__sort_key", "pk")[: size + 1])
    return page[:size], page[size - 1].pk if len(page) > size else 0


def memberships_of(viewer: Viewer, organisation: Organisation) -> list[Membership]:
    """The clusters an organisation belongs or belonged to, the present ones first."""
    return list(
        Membership.objects.visible_to(viewer)
        .valid()
        .filter(member=organisation)
        .select_related("cluster__country", "member")
        .order_by(F("end_on").desc(nulls_first=True), "cluster__sort_key", "pk")
    )


@dataclass(frozen=True, slots=True)
class WorkspaceOverview:
    """What a team sees first: figures of today, and what its profile still lacks."""

    member_count: int
    has_made_up_members: bool
    cluster_count: int
    team_count: int
    missing: list[str | Promise]


def workspace_overview(viewer: Viewer, organisation: Organisation) -> WorkspaceOverview:
    counted = Organisation.objects.filter(pk=organisation.pk).aggregate(
        members=Count("member_rows", filter=Q(member_rows__in=Membership.objects.current()), distinct=True),
        made_up=Count(
            "member_rows",
            filter=Q(member_rows__in=Membership.objects.current(), member_rows__is_demonstration=True),
            distinct=True,
        ),
        clusters=Count("memberships", filter=Q(memberships__in=Membership.objects.current()), distinct=True),
        team=Count("positions", filter=Q(positions__in=Position.objects.current()), distinct=True),
        ecosystems=Count("ecosystems", distinct=True),
    )
    missing: list[str | Promise] = []
    if len(organisation.description) < len(page_languages()):
        missing.append(_("a description in each language"))
    if not organisation.website:
        missing.append(_("the website"))
    if organisation.country_id is None or organisation.region_id is None:
        missing.append(_("country and region"))
    if not counted["ecosystems"]:
        missing.append(_("industrial ecosystems"))
    if organisation.kind == OrganisationKind.COMPANY and not organisation.size_class:
        missing.append(_("the size class"))
    if organisation.kind == OrganisationKind.COMPANY and not organisation.vat_number:
        missing.append(_("the VAT number, which keeps you from being counted twice"))
    return WorkspaceOverview(
        member_count=counted["members"],
        has_made_up_members=bool(counted["made_up"]),
        cluster_count=counted["clusters"],
        team_count=counted["team"],
        missing=missing,
    )


def revisions_page(
    viewer: Viewer, organisation: Organisation, *, before: int = 0, size: int = PAGE_SIZE
) -> tuple[list[OrganisationRevision], int]:
    """Edits of a profile, the newest first, and the key of the next page (0: none)."""
    rows = OrganisationRevision.objects.visible_to(viewer).filter(organisation=organisation)
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows.select_related("by").order_by("-pk")[: size + 1])
    return page[:size], page[size - 1].pk if len(page) > size else 0


def reference_names(revisions: Sequence[OrganisationRevision]) -> dict[str, str]:
    """The names of the countries, regions, ecosystems and priorities that edits speak of, by code."""
    codes: dict[str, set[str]] = {
        field: {
            code
            for revision in revisions
            for value in revision.changed.get(field, ())
            for code in (value if isinstance(value, list) else [value])
            if code
        }
        for field in ("country", "region", "ecosystems", "s3_priorities")
    }
    # Nothing is asked about what no edit speaks of.
    named = {row.pk: translated(row.names) for row in Country.objects.filter(pk__in=codes["country"])}
    named |= {row.pk: translated(row.names) for row in Ecosystem.objects.filter(pk__in=codes["ecosystems"])}
    priorities = S3Priority.objects.filter(pk__in=codes["s3_priorities"])
    named |= {row.pk: translated(row.names) for row in priorities}
    # A country and its whole region share a code; the country's name is in the page's language.
    for region in Region.objects.filter(pk__in=codes["region"]):
        named.setdefault(region.code, region.name_latin)
    return named


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


@dataclass(frozen=True)
class LadderStep:
    """A stage on the page: reached, said by somebody, or still ahead."""

    stage: Stage
    is_reached: bool
    happened_on: date | None


@dataclass(frozen=True)
class AgreementLine:
    """An agreement as one of its parties sees it."""

    agreement: Agreement
    other: Organisation
    ladder: list[LadderStep]
    # What the other has said and waits for this party; what this party has said and waits for the other.
    to_confirm: list[AgreementStep]
    waiting: list[AgreementStep]


def agreements_of(viewer: Viewer, organisation: Organisation) -> list[AgreementLine]:
    """The agreements of an organisation, those that wait for it first; two queries."""
    rows = (
        Agreement.objects.visible_to(viewer)
        .filter(Q(first=organisation) | Q(second=organisation))
        .select_related("first", "second")
        .prefetch_related(Prefetch("steps", AgreementStep.objects.order_by("said_at", "pk")))
    )
    lines = [_agreement_line(agreement, organisation) for agreement in rows]
    return sorted(
        lines,
        key=lambda line: (not line.to_confirm, -_height(line.agreement), line.other.sort_key, line.other.pk),
    )


def partners_of(viewer: Viewer, organisation: Organisation) -> list[int]:
    """Those with whom an agreement has begun, whether the directory lists them or not."""
    rows = Agreement.objects.visible_to(viewer).filter(Q(first=organisation) | Q(second=organisation))
    pairs = rows.values_list("first_id", "second_id")
    return [second if first == organisation.pk else first for first, second in pairs]


def _agreement_line(agreement: Agreement, organisation: Organisation) -> AgreementLine:
    steps = list(agreement.steps.all())
    days = {step.stage: step.happened_on for step in steps if step.confirmed_at is not None}
    is_first = agreement.first_id == organisation.pk
    reached = _height(agreement)
    open_steps = [step for step in steps if step.confirmed_at is None]
    return AgreementLine(
        agreement=agreement,
        other=agreement.second if is_first else agreement.first,
        ladder=[LadderStep(stage, height_of(stage) <= reached, days.get(stage.value)) for stage in Stage],
        to_confirm=[step for step in open_steps if step.said_by_id != organisation.pk],
        waiting=[step for step in open_steps if step.said_by_id == organisation.pk],
    )


def _height(agreement: Agreement) -> int:
    return height_of(agreement.stage) if agreement.stage else -1
