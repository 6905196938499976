"""The interface that pages and the rooms above rely on: figures, and what stands behind them.

Every figure has three doors: its definition, its records, its history.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.computing import Computed, Task, compute, is_recorded
from filiera.indicators.definition import Declared, Definition, PeriodKind
from filiera.indicators.engines.forming import Missing
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import Declaration, Revision, Value
from filiera.indicators.periods import Period
from filiera.indicators.queries.declared import declared_figures
from filiera.indicators.queries.definitions import UnknownIndicator, current_definitions, with_needed
from filiera.indicators.words import missing_words, value_words
from filiera.organisations.models import Organisation
from filiera.reference.models import Region
from filiera.shared.errors import DomainError


class FigureNotFound(DomainError):
    message = _("There is no such figure, or it is not public.")
    status = 404


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, or why there is none, with everything that is said beside it.

    `breakdown` names the part, such as "small", where the figure is one of a breakdown; `facts` is how many
    facts went in; an open period is still running.
    """

    definition: Definition
    period: Period
    value: Decimal | None
    missing: str
    facts: int
    organisation: Organisation | None = None
    region: Region | None = None
    breakdown: str = ""
    is_declared: bool = False
    is_open: bool = False
    computed_at: datetime | None = None
    digest: str = ""
    key: int | None = None

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def words(self) -> str:
        """The value as a page writes it, with its unit; or the reason why there is none."""
        if self.value is None:
            return str(missing_words(self.missing))
        return value_words(self.value, self.definition)

    @property
    def body_slug(self) -> str:
        return self.organisation.slug if self.organisation else self.region.code if self.region else ""


def figures_of(
    viewer: Viewer,
    organisation: Organisation,
    period: Period,
    codes: Collection[str] | None = None,
) -> list[Figure]:
    """The stored figures of an organisation in a period that the viewer may see, by stage and code.

    For those who may see all of its figures, an indicator that is not computed yet stands there without a
    value. One query for the figures and one or two for the definitions, whatever their number.
    """
    definitions = current_definitions()
    rows = Value.objects.visible_to(viewer).of_period(period).filter(organisation=organisation)
    found = {row.code: row for row in current_rows(rows, definitions)}
    sees_all = policies.can_view_figures(viewer, organisation)
    figures = []
    for code, definition in definitions.items():
        if codes is not None and code not in codes:
            continue
        if code in found:
            figures.append(figure_of_row(found[code], definition, organisation=organisation))
        elif sees_all and definition.period in _KINDS_OF[period.kind]:
            figures.append(not_computed(definition, period, organisation))
    return sorted(figures, key=_by_stage)


def figure(
    viewer: Viewer, code: str, organisation: Organisation, period: Period, breakdown: str = ""
) -> Figure:
    """One figure. With a breakdown such as "size_class=small", that part of it.

    Raises UnknownIndicator, FigureNotFound.
    """
    dimension, _equals, part = breakdown.partition("=")
    if dimension:
        for found in breakdown_of(viewer, code, organisation, period, dimension):
            if found.breakdown == part:
                return found
        raise FigureNotFound
    definitions = current_definitions()
    if code not in definitions:
        raise UnknownIndicator
    if period.kind != PeriodKind.YEAR and definitions[code].period == PeriodKind.ANY:
        return _computed_now(viewer, definitions, code, organisation, period)
    found_rows = figures_of(viewer, organisation, period, [code])
    if not found_rows:
        raise FigureNotFound
    return found_rows[0]


def series_of(
    viewer: Viewer, organisation: Organisation, codes: Collection[str], kind: PeriodKind = PeriodKind.YEAR
) -> dict[str, list[Figure]]:
    """The figures of all periods of a kind that are known, by code, the earliest first; one query.

    For those who may see all figures of the organisation every period stands there, if only with its reason.
    """
    definitions = current_definitions()
    rows = Value.objects.visible_to(viewer).filter(organisation=organisation, code__in=list(codes))
    series: dict[str, list[Figure]] = {code: [] for code in codes if code in definitions}
    for row in current_rows(rows.order_by("start_on"), definitions):
        if row.period.kind == kind:
            series[row.code].append(figure_of_row(row, definitions[row.code], organisation=organisation))
    if policies.can_view_figures(viewer, organisation):
        _fill_gaps(series, definitions, organisation, kind)
    return series


def region_figures(viewer: Viewer, region: Region, period: Period) -> list[Figure]:
    """The public figures of a region, from the facts that happened in it."""
    definitions = current_definitions()
    rows = Value.objects.visible_to(viewer).of_period(period).filter(region=region)
    found = [
        figure_of_row(row, definitions[row.code], region=region) for row in current_rows(rows, definitions)
    ]
    return sorted(found, key=_by_stage)


def region_series(viewer: Viewer, region: Region) -> dict[str, list[Figure]]:
    """The public yearly figures of a region by code, the earliest first; one query."""
    definitions = current_definitions()
    rows = Value.objects.visible_to(viewer).filter(region=region).order_by("start_on")
    series: dict[str, list[Figure]] = {}
    for row in current_rows(rows, definitions):
        if row.period.kind == PeriodKind.YEAR:
            series.setdefault(row.code, []).append(figure_of_row(row, definitions[row.code], region=region))
    return series


def breakdown_of(
    viewer: Viewer, code: str, organisation: Organisation, period: Period, dimension: str
) -> list[Figure]:
    """The parts of a figure, computed now from the live tables; the greatest first.

    Raises UnknownIndicator, FigureNotFound.
    """
    whole = figure(viewer, code, organisation, period)
    if dimension not in whole.definition.breakdowns:
        raise FigureNotFound
    at = timezone.now()
    task = Task(periods=(period,), at=at, bodies=(organisation.pk,), breakdown=dimension)
    parts = [
        computed_figure(found, organisation, at)
        for found in compute([whole.definition], task, PostgresEngine())
    ]
    return sorted(parts, key=lambda part: (-(part.value or 0), part.breakdown))


@dataclass(frozen=True, slots=True)
class History:
    """What became of a figure: its periods, what late facts changed, what was declared."""

    values: list[Figure]
    revisions: list[Revision]
    declarations: list[Declaration]


def history_of(viewer: Viewer, figure: Figure) -> History:
    """All periods of the same length, revisions of this one, and declarations of the indicator."""
    if figure.organisation is None:
        return History([figure], [], [])
    values = series_of(viewer, figure.organisation, [figure.code], figure.period.kind)[figure.code]
    revisions = Revision.objects.visible_to(viewer).filter(
        figure__code=figure.code, figure__organisation=figure.organisation
    )
    declared = Declaration.objects.visible_to(viewer).filter(
        code=figure.code, organisation=figure.organisation
    )
    return History(
        values,
        list(revisions.select_related("figure").order_by("-revised_at", "-pk")[:100]),
        list(declared.select_related("evidence", "declared_by", "confirmed_by").order_by("start_on", "pk")),
    )


_KINDS_OF = {
    PeriodKind.YEAR: tuple(PeriodKind),
    PeriodKind.QUARTER: (PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.ANY),
    PeriodKind.MONTH: (PeriodKind.MONTH,),
}
_STAGES = ("input", "activity", "output", "outcome", "impact")


def _by_stage(told: Figure) -> tuple[int, str]:
    return (_STAGES.index(told.definition.stage), told.code)


def current_rows(rows: Any, definitions: dict[str, Definition]) -> list[Value]:
    """Rows of the versions that hold today; older ones stay in the history alone."""
    return [
        row
        for row in rows.select_related("version")
        if row.code in definitions and definitions[row.code].version == row.version.version
    ]


def figure_of_row(
    row: Value,
    definition: Definition,
    *,
    organisation: Organisation | None = None,
    region: Region | None = None,
) -> Figure:
    return Figure(
        definition=definition,
        period=row.period,
        value=row.value,
        missing=row.missing,
        facts=row.facts,
        organisation=organisation,
        region=region,
        is_declared="declared" in row.inputs,
        is_open=not row.period.is_closed(timezone.now()),
        computed_at=row.computed_at,
        digest=row.inputs_digest,
        key=row.pk,
    )


def _computed_now(
    viewer: Viewer,
    definitions: dict[str, Definition],
    code: str,
    organisation: Organisation,
    period: Period,
) -> Figure:
    """Of what is formed for any period only years are kept; quarters and months are computed when asked."""
    is_public = definitions[code].is_public and organisation.is_listed
    if not is_public and not policies.can_view_figures(viewer, organisation):
        raise FigureNotFound
    at = timezone.now()
    task = Task(
        periods=(period,),
        at=at,
        bodies=(organisation.pk,),
        declared=declared_figures([organisation.pk]),
    )
    for found in compute(with_needed([code], definitions), task, PostgresEngine()):
        if found.definition.code == code:
            return computed_figure(found, organisation, at)
    raise FigureNotFound


def computed_figure(found: Computed, organisation: Organisation, at: datetime) -> Figure:
    """A figure that was computed at a moment for whoever asked, and is not kept."""
    return Figure(
        definition=found.definition,
        period=found.period,
        value=found.value,
        missing=found.missing,
        facts=found.facts,
        organisation=organisation,
        breakdown=found.breakdown,
        is_declared=found.is_declared,
        is_open=not found.period.is_closed(at),
        computed_at=at,
        digest=found.digest,
    )


def missing_without_row(definition: Definition, period: Period) -> Missing:
    """Why a figure has no row: what is not kept, and what is not computed yet."""
    if isinstance(definition.measure, Declared):
        return Missing.NOT_DECLARED
    if not is_recorded(definition):
        return Missing.NOT_RECORDED
    now = timezone.now()
    if period.is_future(now):
        return Missing.FUTURE
    return Missing.BEFORE_RECORDS if period.is_closed(now) else Missing.NOT_COMPUTED


def _fill_gaps(
    series: dict[str, list[Figure]],
    definitions: dict[str, Definition],
    organisation: Organisation,
    kind: PeriodKind,
) -> None:
    periods = {told.period for figures in series.values() for told in figures}
    for code, figures in series.items():
        if definitions[code].period in _KINDS_OF[kind]:
            there = {told.period for told in figures}
            figures += [not_computed(definitions[code], gap, organisation) for gap in periods - there]
            figures.sort(key=lambda told: told.period)


def not_computed(definition: Definition, period: Period, organisation: Organisation) -> Figure:
    """A figure that has no row, with the reason why."""
    return Figure(
        definition=definition,
        period=period,
        value=None,
        missing=missing_without_row(definition, period),
        facts=0,
        organisation=organisation,
        is_open=not period.is_closed(timezone.now()),
    )
