"""Keeping figures fresh: what has arrived in the ledger is found out, and only what it touches computed."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from filiera.indicators.actions.editions import refresh_editions
from filiera.indicators.actions.scope import bodies_above, rebuild_scope
from filiera.indicators.actions.storing import Arrived, arrivals_by_kind, store
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import Definition, PeriodKind, Stock
from filiera.indicators.engines.postgres import PostgresEngine, gathered_engine
from filiera.indicators.engines.questions import Engine
from filiera.indicators.models import Declaration, FactArrival
from filiera.indicators.periods import Period, periods_between
from filiera.indicators.queries.bodies import (
    bodies_with_figures,
    first_moments,
    regions_above,
    regions_with_facts,
)
from filiera.indicators.queries.declared import declared_figures
from filiera.indicators.queries.definitions import (
    current_definitions,
    current_versions,
    with_formed,
    with_needed,
)
from filiera.organisations.models import Organisation

SCOPE_CHANGED, DECLARED = "scope", "declared"
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
    """What came by a way that queues nothing is there within a minute; nothing costs one look."""
    if FactArrival.objects.exists():
        refresh_figures_later()


@app.periodic(cron="10 1 * * *")
@app.task(name="indicators.refresh_each_night", queueing_lock="indicators.refresh_each_night")
def refresh_each_night(timestamp: int) -> None:
    """A year that has begun, and what was told beforehand for a day that has come, are in the figures."""
    refresh_all()


def declared_later(organisation: Organisation, at: datetime) -> None:
    """Note that what an organisation declared is to be taken in, and queue it."""
    FactArrival.objects.create(kind=DECLARED, organisation=organisation.pk, arrived_at=at, facts=0)
    transaction.on_commit(refresh_figures_later)


@app.task(name="indicators.refresh_figures", lock=_ONE_AT_A_TIME)
def refresh_figures() -> int:
    """Compute anew what the facts that arrived touch; how many figures became others."""
    changed = 0
    while (count := _refresh_once(timezone.now())) is not None:
        changed += count
    return changed


def refresh_before_start() -> None:
    """Have every figure there before pages open, where anything has arrived since."""
    if FactArrival.objects.exists():
        refresh_all()


def _refresh_once(at: datetime) -> int | None:
    """One portion of arrivals; None where none is left."""
    with transaction.atomic():
        _alone()
        arrivals = list(FactArrival.objects.order_by("pk")[:_AT_ONCE])
        if not arrivals:
            return None
        FactArrival.objects.filter(pk__in=[row.pk for row in arrivals]).delete()
        return _refresh(arrivals, at)


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ALONE])


def _refresh(arrivals: Sequence[FactArrival], at: datetime) -> int:
    facts = [row for row in arrivals if row.kind not in (SCOPE_CHANGED, DECLARED)]
    arrived = arrivals_by_kind((row.kind, row.facts, row.arrived_at) for row in facts)
    changed = 0
    moved = {row.organisation for row in arrivals if row.kind == SCOPE_CHANGED and row.organisation}
    whole: set[int] = set()
    if moved:
        # Ways may be new: who is above is asked after the clusters themselves are right.
        rebuild_scope(moved)
        whole = bodies_above(moved) | moved
        rebuild_scope(whole)
        changed += _compute_whole(set(current_definitions()), whole, (), at, arrived)
    told = {row.organisation for row in arrivals if row.kind == DECLARED and row.organisation} - whole
    if told:
        declared = Declaration.objects.standing().filter(organisation__in=told)
        codes = with_formed(declared.values_list("code", flat=True))
        changed += _compute_for(codes, told, (), None, at, arrived, PostgresEngine())
    touched = {row.organisation for row in facts} | {row.counterpart for row in facts}
    bodies = bodies_above({organisation for organisation in touched if organisation}) - whole
    regions = regions_above({row.region for row in facts if row.region})
    first = min((row.first_at for row in facts if row.first_at), default=None)
    codes = _codes_of({row.kind for row in facts})
    if codes and first is not None:
        span = (first, _last(facts))
        refresh_editions({row.kind for row in facts}, span, at=at)
        changed += _compute_for(codes, bodies, regions, span, at, arrived, PostgresEngine())
    return changed


def _compute_whole(
    codes: set[str], bodies: set[int], regions: Iterable[str], at: datetime, arrived: dict[str, Arrived]
) -> int:
    """All stored periods of these bodies, from facts that are gathered once for all statements."""
    known = current_definitions()
    kinds = {kind for definition in with_needed(codes, known) for kind in definition.kinds}
    with gathered_engine(kinds) as engine:
        return _compute_for(codes, bodies, regions, None, at, arrived, engine)


def _last(facts: Iterable[FactArrival]) -> datetime:
    return max(row.last_at for row in facts if row.last_at)


def _codes_of(kinds: set[str]) -> set[str]:
    """The indicators that these kinds touch, directly or through others."""
    definitions = current_definitions()
    return with_formed(code for code, definition in definitions.items() if kinds & set(definition.kinds))


def _compute_for(
    codes: set[str],
    bodies: set[int],
    regions: Iterable[str],
    span: tuple[datetime, datetime] | None,
    at: datetime,
    arrived: dict[str, Arrived],
    engine: Engine,
) -> int:
    """Figures of these bodies in the stored periods that `span` touches; without one, in all."""
    numbers = tuple(sorted(bodies_with_figures().filter(pk__in=bodies).values_list("pk", flat=True)))
    declared = set(Declaration.objects.standing().values_list("organisation_id", flat=True))
    firsts = first_moments(numbers, ())
    numbers = tuple(number for number in numbers if number in firsts or number in declared)
    places = tuple(sorted(set(regions)))
    changed = 0
    if numbers:
        task = Task(periods=(), at=at, bodies=numbers, declared=declared_figures(numbers))
        changed += _compute_kinds(codes, task, span, firsts, arrived, engine)
    if places:
        task = Task(periods=(), at=at, regions=places)
        changed += _compute_kinds(codes, task, span, first_moments((), places), arrived, engine)
    return changed


def _compute_kinds(
    codes: set[str],
    task: Task,
    span: tuple[datetime, datetime] | None,
    firsts: Mapping[int | str, datetime],
    arrived: dict[str, Arrived],
    engine: Engine,
) -> int:
    """The same by the kinds of period that are stored; `firsts` says since when who is known."""
    known, versions = current_definitions(), current_versions()
    begin = min(firsts.values(), default=task.at)
    changed = 0
    for kind in (PeriodKind.YEAR, PeriodKind.QUARTER, PeriodKind.MONTH):
        wanted = {code for code in codes if code in known and kind in KINDS_STORED[known[code].period]}
        if not wanted:
            continue
        definitions = with_needed(wanted, known)
        periods = _periods(kind, begin, span, task.at, any(_reaches_on(each) for each in definitions))
        if span is None and kind == PeriodKind.YEAR:
            periods = _from_first_declared(periods, task.declared)
        figures = compute(definitions, replace(task, periods=periods), engine)
        mine = (figure for figure in figures if figure.definition.code in wanted)
        changed += store(mine, versions, at=task.at, arrived=arrived)
    return changed


def _reaches_on(definition: Definition) -> bool:
    """Whether a fact changes the figures of later periods, too."""
    return isinstance(definition.measure, Stock) or definition.looks_back


def _periods(
    kind: PeriodKind,
    begin: datetime,
    span: tuple[datetime, datetime] | None,
    at: datetime,
    reaches_on: bool,
) -> tuple[Period, ...]:
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
    """Compute every stored figure anew, or those of these indicators."""
    at = timezone.now()
    with transaction.atomic():
        _alone()
        notes = FactArrival.objects.exclude(kind__in=(SCOPE_CHANGED, DECLARED))
        arrived = arrivals_by_kind(notes.values_list("kind", "facts", "arrived_at"))
        if not codes:
            FactArrival.objects.all().delete()
        rebuild_scope()
        refresh_editions(at=at)
        bodies = set(bodies_with_figures().values_list("pk", flat=True))
        wanted = set(codes) or set(current_definitions())
        return _compute_whole(wanted, bodies, regions_with_facts(), at, arrived)


def _queue(task: object, lock: str) -> None:
    # In a transaction of its own: the refusal would end the one that somebody else is in.
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.configure(queueing_lock=lock).defer()  # type: ignore[attr-defined]
