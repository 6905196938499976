"""Targets with their paths, what was written beside a figure, and what calls for somebody."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.definition import PeriodKind
from filiera.indicators.forecasts import Forecast, forecast_of
from filiera.indicators.models import FigureNote, FigureTarget, PathKind, Revision, TargetPoint
from filiera.indicators.paths import PathPoint, PathStanding, Standing, TargetPath, in_order, standing_of
from filiera.indicators.periods import day_of
from filiera.indicators.queries.declarations import late_declarations
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.figures import Figure, series_of
from filiera.indicators.words import missing_words, value_words
from filiera.organisations.models import Organisation
from filiera.texts.dates import day_in_words
from filiera.texts.languages import translated

REVISED_WITHIN = timedelta(days=30)


def paths_of(viewer: Viewer, organisation: Organisation) -> dict[str, TargetPath]:
    """The path of each figure that has a target. One query."""
    rows = TargetPoint.objects.visible_to(viewer).filter(target__organisation=organisation)
    found: dict[str, list[TargetPoint]] = defaultdict(list)
    for row in rows.select_related("target"):
        found[row.target.code].append(row)
    return {code: _path(points) for code, points in found.items()}


def _path(points: Sequence[TargetPoint]) -> TargetPath:
    return TargetPath(
        points=in_order([PathPoint(row.period, row.value, row.is_base) for row in points]),
        is_linear=points[0].target.kind == PathKind.LINEAR,
    )


def standings(paths: Mapping[str, TargetPath], figures: Sequence[Figure]) -> dict[str, PathStanding]:
    """Where these figures stand to their paths."""
    found = {
        figure.code: standing_of(paths[figure.code], figure.definition, figure.period, figure.value)
        for figure in figures
        if figure.code in paths
    }
    return {code: standing for code, standing in found.items() if standing is not None}


@dataclass(frozen=True, slots=True)
class BesideFigure:
    """What stands beside a figure in its workspace: target, forecast, notes."""

    target: FigureTarget | None
    asked: TargetPath | None
    path: list[tuple[PathPoint, str, Figure | None, PathStanding | None]]
    standing: PathStanding | None
    forecast: Forecast
    forecast_words: list[tuple[str, str, str]]
    notes: list[FigureNote]


def beside_figure(viewer: Viewer, figure: Figure, history: Sequence[Figure]) -> BesideFigure:
    """For a figure of an organisation; `history` holds all periods of the same length."""
    target = (
        FigureTarget.objects.visible_to(viewer)
        .filter(organisation=figure.organisation, code=figure.code)
        .select_related("set_by", "organisation")
        .prefetch_related("points")
        .first()
    )
    by_period = {each.period: each for each in history}
    path: list[tuple[PathPoint, str, Figure | None, PathStanding | None]] = []
    told = standing = None
    if target is not None and target.points.all():
        told = _path(list(target.points.all()))
        standing = standing_of(told, figure.definition, figure.period, figure.value)
        for point in told.points:
            there = by_period.get(point.period)
            value = there.value if there is not None else None
            stands = standing_of(told, figure.definition, point.period, value)
            path.append((point, value_words(point.value, figure.definition), there, stands))
    closed = [(each.period, each.value) for each in history if not each.is_open]
    forecast = forecast_of(closed, figure.definition)
    notes = (
        FigureNote.objects.visible_to(viewer)
        .filter(organisation=figure.organisation, code=figure.code)
        .select_related("written_by")
        .order_by("-start_on", "-written_at", "-pk")
    )
    return BesideFigure(
        target=target,
        asked=told,
        path=path,
        standing=standing,
        forecast=forecast,
        forecast_words=[
            (
                point.period.words,
                value_words(point.middle, figure.definition),
                point.interval_words(figure.definition),
            )
            for point in forecast.points
        ],
        notes=list(notes[:50]),
    )


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that calls for somebody: what it is, in words, and where to look."""

    kind: str
    title: str
    words: str
    code: str
    period_code: str

    @property
    def is_of_declaration(self) -> bool:
        return self.kind == "late"


def alerts_of(viewer: Viewer, organisation: Organisation, at: datetime) -> list[Alert]:
    """Declarations that are late, figures off their path, closed figures revised in the last month."""
    if not policies.can_view_figures(viewer, organisation):
        return []
    return [
        *_late(viewer, organisation, at),
        *_off_path(viewer, organisation),
        *_revised(viewer, organisation, at),
    ]


def _late(viewer: Viewer, organisation: Organisation, at: datetime) -> list[Alert]:
    return [
        Alert(
            "late",
            translated(line.definition.names),
            _("%(period)s: still to declare, was due on %(day)s")
            % {
                "period": line.period.words,
                "day": day_in_words(line.request.due_on) if line.request else "",
            },
            line.definition.code,
            line.period.code,
        )
        for line in late_declarations(viewer, organisation, day_of(at))
    ]


def _off_path(viewer: Viewer, organisation: Organisation) -> list[Alert]:
    """The latest closed period for which the path asks something."""
    paths = paths_of(viewer, organisation)
    if not paths:
        return []
    found = []
    for code, figures in series_of(viewer, organisation, sorted(paths), PeriodKind.YEAR).items():
        for figure in reversed(figures):
            if figure.is_open:
                continue
            standing = standing_of(paths[code], figure.definition, figure.period, figure.value)
            if standing is None:
                continue
            if standing.standing == Standing.OFF_PATH:
                found.append(
                    Alert(
                        "path",
                        translated(figure.definition.names),
                        _("%(period)s: %(value)s, the path asks for %(wanted)s")
                        % {
                            "period": figure.period.words,
                            "value": figure.words,
                            "wanted": standing.wanted_words,
                        },
                        code,
                        figure.period.code,
                    )
                )
            break
    return found


def _revised(viewer: Viewer, organisation: Organisation, at: datetime) -> list[Alert]:
    known = current_definitions()
    rows = Revision.objects.visible_to(viewer).filter(
        figure__organisation=organisation, revised_at__gte=at - REVISED_WITHIN
    )
    return [
        Alert(
            "revised",
            translated(definition.names),
            ngettext(
                "%(period)s: was %(was)s, is %(became)s, because one fact arrived late",
                "%(period)s: was %(was)s, is %(became)s, because %(count)s facts arrived late",
                row.facts_arrived,
            )
            % {
                "period": row.figure.period.words,
                "was": _said(row.was, row.was_missing, definition),
                "became": _said(row.became, row.became_missing, definition),
                "count": row.facts_arrived,
            },
            row.figure.code,
            row.figure.period.code,
        )
        for row in rows.select_related("figure").order_by("-revised_at", "-pk")[:50]
        if (definition := known.get(row.figure.code)) is not None
    ]


def _said(value: Any, missing: str, definition: Any) -> str:
    return str(missing_words(missing)) if value is None else value_words(value, definition)
