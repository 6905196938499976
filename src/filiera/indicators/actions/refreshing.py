"""Keeping figures fresh: what has arrived in the ledger is found out, and only what it touches computed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from filiera.indicators.actions.scope import bodies_above, rebuild_scope
from filiera.indicators.actions.storing import Arrived, arrivals_by_kind, store
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import Definition, PeriodKind, Stock
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import Declaration, FactArrival
from filiera.indicators.periods import Period, periods_between
from filiera.indicators.queries.bodies import (
    bodies_with_figures,
    first_moments,
    regions_above,
    regions_with_facts,
)
from filiera.indicators.queries.declared import declared_figures
from filiera.indicators.queries.definitions import current_definitions, current_versions, with_needed

SCOPE_CHANGED = "scope"
_AT_ONCE = 20_000
_ALONE = 7_206_513  # the key under which only one process refreshes at a time
# A job that waited inside would keep one of the worker's few places from a mail.
_ONE_AT_A_TIME = "indicators.refresh"
# Quarters and months are kept for five years; years for ever.
SHORT_PERIODS_FOR = timedelta(days=5 * 366)
KINDS_STORED = {
    PeriodKind.YEAR: (PeriodKind.YEAR,),
    PeriodKind.QUARTER: (PeriodKind.YEAR, PeriodKind.QUARTER),
    PeriodKind.MONTH: (PeriodKind.YEAR, PeriodKind.QUARTER, PeriodKind.MONTH),
    PeriodKind.ANY: (PeriodKind.YEAR,),
    PeriodKind.EDITION: (PeriodKind.YEAR,),
}


def refresh_figures_later() -> None:
    """Queue one refresh; while one waits, it will see what came meanwhile, too."""
    _queue(refresh_figures, "indicators.refresh")


@app.periodic(cron="* * * * *")
@app.task(
    name="indicators.refresh_each_minute", queueing_lock="indicators.refresh_each_minute", lock=_ONE_AT_A_TIME
)
def refresh_each_minute(timestamp: int) -> None:
    """What came by a way that queues nothing, and periods that have begun, are there within a minute."""
    refresh_figures()


@app.task(name="indicators.refresh_figures", lock=_ONE_AT_A_TIME)
def refresh_figures() -> int:
    """Compute anew what the facts that arrived touch; how many figures became others."""
    changed = 0
    while (count := _refresh_once(timezone.now())) is not None:
        changed += count
    return changed


def _refresh_once(at: datetime) -> int | None:
    """One portion of arrivals; None where none is left."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ALONE])
        arrivals = list(FactArrival.objects.order_by("pk")[:_AT_ONCE])
        if not arrivals:
            return None
        FactArrival.objects.filter(pk__in=[row.pk for row in arrivals]).delete()
        return _refresh(arrivals, at)


def _refresh(arrivals: Sequence[FactArrival], at: datetime) -> int:
    facts = [row for row in arrivals if row.kind != SCOPE_CHANGED]
    arrived = arrivals_by_kind((row.kind, row.facts, row.arrived_at) for row in facts)
    changed = 0
    moved = {row.organisation for row in arrivals if row.kind == SCOPE_CHANGED and row.organisation}
    whole: set[int] = set()
    if moved:
        # Ways may be new: who is above is asked after the clusters themselves are right.
        rebuild_scope(moved)
        whole = bodies_above(moved) | moved
        rebuild_scope(whole)
        changed += _compute_for(set(current_definitions()), whole, (), None, at, arrived)
    touched = {row.organisation for row in facts} | {row.counterpart for row in facts}
    bodies = bodies_above({organisation for organisation in touched if organisation}) - whole
    regions = regions_above({row.region for row in facts if row.region})
    first = min((row.first_at for row in facts if row.first_at), default=None)
    codes = _codes_of({row.kind for row in facts})
    if codes and first is not None:
        changed += _compute_for(codes, bodies, regions, (first, _last(facts)), at, arrived)
    return changed


def _last(facts: Iterable[FactArrival]) -> datetime:
    return max(row.last_at for row in facts if row.last_at)


def _codes_of(kinds: set[str]) -> set[str]:
    """The indicators that these kinds touch, directly or through others."""
    definitions = current_definitions()
    found = {code for code, definition in definitions.items() if kinds & set(definition.kinds)}
    while True:
        more = {code for code, definition in definitions.items() if found & set(definition.needs)} - found
        if not more:
            return found
        found |= more


def _compute_for(
    codes: set[str],
    bodies: set[int],
    regions: Iterable[str],
    span: tuple[datetime, datetime] | None,
    at: datetime,
    arrived: dict[str, Arrived],
) -> int:
    """Figures of these bodies in the stored periods that `span` touches; without one, in all."""
    numbers = tuple(sorted(bodies_with_figures().filter(pk__in=bodies).values_list("pk", flat=True)))
    declared = set(Declaration.objects.standing().values_list("organisation_id", flat=True))
    known = first_moments(numbers, ()).keys() | declared
    numbers = tuple(number for number in numbers if number in known)
    places = tuple(sorted(set(regions)))
    return sum(
        _compute_kind(codes, kind, task_bodies, task_regions, span, at, arrived)
        for task_bodies, task_regions in ((numbers, ()), ((), places))
        if task_bodies or task_regions
        for kind in (PeriodKind.YEAR, PeriodKind.QUARTER, PeriodKind.MONTH)
    )


def _compute_kind(
    codes: set[str],
    kind: PeriodKind,
    bodies: tuple[int, ...],
    regions: tuple[str, ...],
    span: tuple[datetime, datetime] | None,
    at: datetime,
    arrived: dict[str, Arrived],
) -> int:
    known = current_definitions()
    wanted = {code for code in codes if code in known and kind in KINDS_STORED[known[code].period]}
    if not wanted:
        return 0
    definitions = with_needed(wanted, known)
    periods = _periods(kind, bodies, regions, span, at, any(_reaches_on(each) for each in definitions))
    declared = declared_figures(bodies)
    if span is None and kind == PeriodKind.YEAR:
        periods = _from_first_declared(periods, declared)
    task = Task(periods=periods, at=at, bodies=bodies, regions=regions, declared=declared)
    figures = (
        figure for figure in compute(definitions, task, PostgresEngine()) if figure.definition.code in wanted
    )
    return store(figures, current_versions(), at=at, arrived=arrived)


def _reaches_on(definition: Definition) -> bool:
    """Whether a fact changes the figures of later periods, too."""
    return isinstance(definition.measure, Stock) or definition.looks_back


def _periods(
    kind: PeriodKind,
    bodies: tuple[int, ...],
    regions: tuple[str, ...],
    span: tuple[datetime, datetime] | None,
    at: datetime,
    reaches_on: bool,
) -> tuple[Period, ...]:
    firsts = first_moments(bodies, regions)
    begin = min(firsts.values(), default=at)
    first, last = span if span is not None else (begin, at)
    if reaches_on:
        last = at
    first, last = max(first, begin), min(last, at)
    if kind != PeriodKind.YEAR:
        first = max(first, at - SHORT_PERIODS_FOR)
    return tuple(periods_between(first, max(first, last), kind))


def _from_first_declared(
    periods: tuple[Period, ...], declared: dict[tuple[str, int, date, date], Decimal]
) -> tuple[Period, ...]:
    """The years that were declared come before those that the ledger knows."""
    first = min((start for _code, _body, start, _until in declared), default=None)
    while first is not None and periods and periods[0].start_on > first:
        periods = (periods[0].before(), *periods)
    return periods


def refresh_all_later(codes: Sequence[str] = ()) -> None:
    """Queue the computing of every figure, or of these indicators."""
    refresh_all.defer(codes=list(codes))


@app.task(name="indicators.refresh_all", lock=_ONE_AT_A_TIME)
def refresh_all(codes: Sequence[str] = ()) -> int:
    """Compute every stored figure anew, or those of these indicators and of what is formed from them."""
    at = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ALONE])
        arrived = arrivals_by_kind(
            FactArrival.objects.exclude(kind=SCOPE_CHANGED).values_list("kind", "facts", "arrived_at")
        )
        if not codes:
            FactArrival.objects.all().delete()
        rebuild_scope()
        bodies = set(bodies_with_figures().values_list("pk", flat=True))
        wanted = set(codes) or set(current_definitions())
        return _compute_for(wanted, bodies, regions_with_facts(), None, at, arrived)


def _queue(task: object, lock: str) -> None:
    try:
        task.configure(queueing_lock=lock).defer()  # type: ignore[attr-defined]
    except AlreadyEnqueued:
        return
