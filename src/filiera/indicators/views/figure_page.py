"""One figure with its three doors, the same in public and in the workspace."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from filiera.accounts.viewer import ViewerRequest
from filiera.design.charts import Chart
from filiera.indicators import queries
from filiera.indicators.definition import Breakdown
from filiera.indicators.drawings import history_chart
from filiera.indicators.forecasts import ForecastPoint
from filiera.indicators.paths import TargetPath
from filiera.indicators.queries import Figure, FigureNotFound
from filiera.indicators.words import (
    measure_words,
    missing_words,
    overlap_words,
    part_names,
    value_words,
)
from filiera.ledger.kinds import name_of
from filiera.texts.languages import translated


def figure_context(request: ViewerRequest, figure: Figure) -> dict[str, Any]:
    """Definition, records and history of a figure, as far as the viewer may see them."""
    records = queries.records_of(request.viewer, figure, after_in(request))
    history = queries.history_of(request.viewer, figure)
    dimension = request.GET.get("by", "")
    return {
        "figure": figure,
        "definition": figure.definition,
        "measured": measure_words(figure.definition, queries.current_definitions()),
        "organisation": figure.organisation,
        "region": figure.region,
        "is_made_up": figure.organisation is not None and queries.has_made_up_members(figure.organisation),
        "records": records,
        "kinds": [(name_of(kind), count) for kind, count in records.by_kind.items()],
        "next_url": f"?after={records.next_key}#records" if records.next_key else "",
        "history": history,
        "revisions": [
            (
                revision,
                _said(revision.was, revision.was_missing, figure),
                _said(revision.became, revision.became_missing, figure),
            )
            for revision in history.revisions
        ],
        "chart": figure_chart(figure, history.values),
        "breakdowns": figure.definition.breakdowns,
        "dimension": Breakdown(dimension) if dimension in figure.definition.breakdowns else None,
        "parts": _parts(request, figure, dimension),
        "parts_note": overlap_words(dimension),
    }


def figure_chart(
    figure: Figure,
    values: Sequence[Figure],
    path: TargetPath | None = None,
    forecast: Sequence[ForecastPoint] = (),
) -> Chart | None:
    """The periods of a figure as bars, with what a path asks of them and what a forecast says."""
    title = translated(figure.definition.names)
    return history_chart(values, title=title, period_word=_("Period"), path=path, forecast=forecast)


def _parts(request: ViewerRequest, figure: Figure, dimension: str) -> list[tuple[str, Figure]]:
    if figure.organisation is None or dimension not in figure.definition.breakdowns:
        return []
    try:
        parts = queries.breakdown_of(
            request.viewer, figure.code, figure.organisation, figure.period, dimension
        )
    except FigureNotFound:
        return []
    names = part_names(dimension, [part.breakdown for part in parts])
    return [(names[part.breakdown], part) for part in parts]


def _said(value: Decimal | None, missing: str, figure: Figure) -> str:
    return str(missing_words(missing)) if value is None else value_words(value, figure.definition)


def after_in(request: ViewerRequest) -> int:
    told = request.GET.get("after", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 8 else 0
