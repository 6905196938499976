"""Reads of the ledger."""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from filiera.accounts.viewer import Viewer
from filiera.ledger.kinds import all_kinds
from filiera.ledger.models import Fact, FactTable, Source
from filiera.organisations.models import Membership, Organisation

PAGE_SIZE = 50
MOST_TABLE_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class FactFilter:
    """What a reader of the ledger asks for; empty means all."""

    kind: str = ""
    year: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class FactPage:
    facts: list[Fact]
    next_key: str


def facts_page(
    viewer: Viewer, asked: FactFilter, *, organisation: Organisation | None = None, after: str = ""
) -> FactPage:
    """Facts that a viewer may see, the latest first, one page at a time; a key is `year/id`."""
    found = _found(viewer, asked, organisation)
    last = _fact_of_key(found, after)
    if last:
        found = found.filter(
            Q(happened_at__lt=last.happened_at) | Q(happened_at=last.happened_at, id__gt=last.id)
        )
    rows = list(_with_all(found)[: PAGE_SIZE + 1])
    facts = rows[:PAGE_SIZE]
    return FactPage(facts, f"{facts[-1].year}/{facts[-1].id}" if len(rows) > PAGE_SIZE else "")


def facts_for_table(
    viewer: Viewer, asked: FactFilter, *, organisation: Organisation | None = None
) -> list[Fact]:
    """The same facts for a table to take along."""
    return list(_with_all(_found(viewer, asked, organisation))[:MOST_TABLE_ROWS])


def years_with_facts(viewer: Viewer, organisation: Organisation | None = None) -> list[int]:
    found = _found(viewer, FactFilter(), organisation)
    return list(found.order_by("-year").values_list("year", flat=True).distinct())


def subject_of(viewer: Viewer, fact: Fact) -> Model | None:
    """The record a fact came from, if it is still there and the viewer may see it."""
    model = apps.get_model(fact.subject_type)
    rows = getattr(model, "objects", None)
    if rows is None or not hasattr(rows, "visible_to"):
        return None
    found: Model | None = rows.visible_to(viewer).filter(pk=fact.subject_key).first()
    return found


def organisations_within(organisation: Organisation) -> set[int]:
    """An organisation with all that are or were its members, and theirs."""
    found, newest = {organisation.pk}, {organisation.pk}
    while newest:
        members = Membership.objects.filter(cluster__in=newest, withdrawn_at__isnull=True)
        newest = set(members.values_list("member_id", flat=True)) - found
        found |= newest
    return found


def tables_of(viewer: Viewer, organisation: Organisation) -> QuerySet[FactTable]:
    """The tables that were imported in a workspace, the latest first."""
    own = FactTable.objects.visible_to(viewer).filter(organisation=organisation)
    return own.select_related("imported_by", "reversed_by").order_by("-imported_at", "-pk")


def asked_in(kind: str, year: str, source: str) -> FactFilter:
    """The filter that an address names; what does not exist asks for nothing."""
    return FactFilter(
        kind=kind if kind in {known.code for known in all_kinds()} else "",
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        source=source if source in Source.values else "",
    )


def _found(viewer: Viewer, asked: FactFilter, organisation: Organisation | None) -> QuerySet[Fact]:
    facts = Fact.objects.visible_to(viewer)
    if organisation is not None:
        facts = facts.filter(Q(organisation=organisation) | Q(counterpart=organisation))
    if asked.kind:
        facts = facts.filter(kind=asked.kind)
    if asked.year is not None:
        facts = facts.filter(year=asked.year)
    if asked.source:
        facts = facts.filter(source=asked.source)
    return facts


def _with_all(facts: QuerySet[Fact]) -> QuerySet[Fact]:
    reversal = Fact.objects.filter(year=OuterRef("year"), reverses=OuterRef("id"))
    return (
        facts.annotate(is_reversed=Exists(reversal))
        .select_related("organisation", "counterpart")
        .order_by("-happened_at", "id")
    )


def _fact_of_key(facts: QuerySet[Fact], key: str) -> Fact | None:
    year, _slash, identifier = key.partition("/")
    try:
        return facts.filter(year=int(year[:4]), id=UUID(identifier)).first()
    except ValueError:
        return None
