"""The second door of a figure: the facts that it counts, and the records behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Cast, Extract
from django.utils import timezone

from filiera.accounts.viewer import Viewer
from filiera.indicators.definition import (
    Definition,
    Duration,
    Filters,
    Mean,
    Median,
    Score,
    Share,
    Side,
    Stock,
    Tally,
)
from filiera.indicators.models import ScopeRow
from filiera.indicators.periods import Period, microseconds
from filiera.indicators.queries.figures import Figure, FigureNotFound, figure
from filiera.ledger.models import Fact, FactQuerySet
from filiera.reference.models import Region

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Records:
    """The facts behind a figure: all are counted, those the viewer may see are shown, a page at a time.

    A figure that is formed from others has no facts of its own; `parts` are those others.
    """

    count: int
    by_kind: dict[str, int]
    facts: list[Fact] = field(default_factory=list)
    shown_count: int = 0
    next_key: str = ""
    parts: list[Figure] = field(default_factory=list)


def records_of(viewer: Viewer, told: Figure, after: int = 0) -> Records:
    """What a figure counts, the latest first.

    Facts are shown to those who may see them in the ledger; to others only how many there are.
    """
    parts = _parts(viewer, told)
    if not told.definition.kinds:
        return Records(count=sum(part.facts for part in parts), by_kind={}, parts=parts)
    counted = facts_behind(told)
    by_kind = {row["kind"]: row["facts"] for row in counted.values("kind").annotate(facts=Count("id"))}
    seen = counted.visible_to(viewer).select_related("organisation", "counterpart")
    # How many there are in all comes with the page: asking twice would take twice as long.
    told_count = seen.annotate(in_all=Window(Count("id")))
    page: list[Any] = list(told_count.order_by("-happened_at", "id")[after : after + PAGE_SIZE + 1])
    return Records(
        count=sum(by_kind.values()),
        by_kind=dict(sorted(by_kind.items())),
        facts=page[:PAGE_SIZE],
        shown_count=page[0].in_all if page else seen.count(),
        next_key=str(after + PAGE_SIZE) if len(page) > PAGE_SIZE else "",
    )


def facts_behind(told: Figure) -> FactQuerySet:
    """The standing facts that go into a counted figure, each once.

    Asks nobody's permission: for counting, and for what narrows it to a viewer.
    """
    return _for_body(counted_facts(told.definition, told.period), told)


def counted_facts(definition: Definition, period: Period) -> FactQuerySet:
    """The standing facts that a definition counts in a period, whomever they count for."""
    years = _years_of(definition, period)
    facts = _standing(Fact.objects.all(), years)
    match definition.measure:
        case Stock() as stock:
            facts = _in_stock(facts, stock, period, years)
            where = stock.where
        case Duration() as duration:
            facts = _in_duration(facts, duration, period, years)
            where = duration.where
        case Tally() | Mean() | Median() | Score() as measure:
            facts = _within(facts.filter(kind__in=measure.facts), period)
            where = measure.where
        case Share() as share:
            facts = _within(facts.filter(kind__in=share.whole.facts), period)
            where = share.whole.where
        case _:
            return Fact.objects.none()
    if isinstance(definition.measure, Mean | Median) and definition.measure.of == "amount":
        facts = facts.filter(amount_eur__isnull=False)
    about = "counterpart" if definition.about == Side.COUNTERPART else "organisation"
    return facts.filter(_met(where, about))


def _parts(viewer: Viewer, told: Figure) -> list[Figure]:
    if told.organisation is None:
        return []
    found = []
    for code in told.definition.needs:
        try:
            found.append(figure(viewer, code, told.organisation, told.period))
        except FigureNotFound:
            continue
    return found


def _years_of(definition: Definition, period: Period) -> range:
    """The years of facts that can matter; what a stock or a duration is made of may be of long ago."""
    last = (period.ends_at - timedelta(microseconds=1)).astimezone(UTC).year
    if isinstance(definition.measure, Stock | Duration):
        return range(last + 1)
    return range(period.starts_at.astimezone(UTC).year, last + 1)


def _standing(facts: FactQuerySet, years: range) -> FactQuerySet:
    # The years are said to both: a plan then leaves out the partitions of all others.
    within = {"year__gte": years.start, "year__lt": years.stop}
    reversal = Fact.objects.filter(year=OuterRef("year"), reverses=OuterRef("id"), **within)
    return facts.filter(~Exists(reversal), reverses__isnull=True, **within)


def _within(facts: FactQuerySet, period: Period) -> FactQuerySet:
    now = timezone.now()
    return facts.filter(
        happened_at__gte=period.starts_at, happened_at__lt=period.ends_at, happened_at__lte=now
    )


def _in_stock(facts: FactQuerySet, stock: Stock, period: Period, years: range) -> FactQuerySet:
    end = _stock_moment(period)
    gone = _standing(Fact.objects.filter(kind=stock.ended, happened_at__lt=end), years).filter(
        **{"organisation": OuterRef("organisation"), stock.of: OuterRef(stock.of)},
        happened_at__gt=OuterRef("happened_at"),
    )
    return facts.filter(~Exists(gone), kind=stock.started, happened_at__lt=end)


def _in_duration(facts: FactQuerySet, duration: Duration, period: Period, years: range) -> FactQuerySet:
    """The ends: of each record the first, where it had begun before."""
    same = {"subject_type": OuterRef("subject_type"), "subject_key": OuterRef("subject_key")}
    ends = _standing(Fact.objects.filter(kind=duration.end, **same), years).order_by("happened_at", "id")
    begun = _standing(Fact.objects.filter(kind=duration.start, **same), years).filter(
        happened_at__lte=OuterRef("happened_at")
    )
    return _within(facts.filter(kind=duration.end), period).filter(
        Exists(begun), id=Subquery(ends.values("id")[:1])
    )


def _stock_moment(period: Period) -> Any:
    return min(period.ends_at, timezone.now())


def _met(where: Filters, about: str) -> Q:
    met = Q()
    lists: Sequence[tuple[str, tuple[str, ...]]] = (
        (f"{about}__kind", where.member_type),
        (f"{about}__country", where.country),
        ("size_class", where.size_class),
        ("ecosystem", where.ecosystem),
        ("region", where.region),
        ("source", where.source),
        ("kind", where.kinds),
    )
    for column, values in lists:
        if values:
            met &= Q(**{f"{column}__in": values})
    if where.across == "organisation":
        met &= ~Q(organisation=F("counterpart")) & Q(organisation__isnull=False, counterpart__isnull=False)
    elif where.across == "country":
        met &= Q(organisation__country__isnull=False, counterpart__country__isnull=False)
        met &= ~Q(organisation__country=F("counterpart__country"))
    return met


def _for_body(facts: FactQuerySet, told: Figure) -> FactQuerySet:
    definition: Definition = told.definition
    if told.region is not None:
        return facts.filter(region__in=regions_in(told.region.code))
    body = told.organisation.pk if told.organisation else 0
    if isinstance(definition.measure, Stock):
        moment: Any = Value(microseconds(_stock_moment(told.period)) - 1)
    else:
        moment = Cast(Extract(OuterRef("happened_at"), "epoch") * 1_000_000, BigIntegerField())
    sides = {
        Side.ORGANISATION: ("organisation_id",),
        Side.COUNTERPART: ("counterpart_id",),
        Side.EITHER: ("organisation_id", "counterpart_id"),
    }[definition.side if not isinstance(definition.measure, Stock) else Side.ORGANISATION]
    counted = Q()
    for side in sides:
        scope = ScopeRow.objects.filter(
            body=body, organisation=OuterRef(side), since_us__lte=moment, until_us__gt=moment
        )
        counted |= Q(Exists(scope))
    return facts.filter(counted)


def regions_in(code: str) -> QuerySet[Region]:
    """A region and those that lie in it."""
    return Region.objects.filter(Q(code=code) | Q(parent=code) | Q(parent__parent=code))
