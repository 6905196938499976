"""Small drawings of figures over time, written as SVG at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filiera.design.bars import DrawnBar, lying_bars, upright_bars
from filiera.design.charts import Chart
from filiera.indicators.edition_questions import EditionQuestion
from filiera.indicators.forecasts import ForecastPoint
from filiera.indicators.paths import TargetPath
from filiera.indicators.periods import Period
from filiera.indicators.queries import EditionFigure, Figure
from filiera.indicators.words import number_words, value_words
from filiera.texts.languages import translated

_MOST_BARS = 12
# What each dashboard draws: who belongs, what they do together, what came of it.
ANSWERING = ("members_total", "meetings_held", "agreements_advanced")
_WIDTH, _HEIGHT, _EDGE = 96, 26, 4


def sparkline(values: Sequence[Decimal | None]) -> SafeString:
    """A line through the values with a point at the last one; a gap where there is none."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(known), max(known)
    step = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    points = [
        None
        if value is None
        else (
            _EDGE + at * step,
            _HEIGHT - _EDGE - (float(value) - low) / ((high - low) or 1) * (_HEIGHT - 2 * _EDGE),
        )
        for at, value in enumerate(values)
    ]
    lines, run = [], []
    for point in [*points, None]:
        if point is not None:
            run.append(f"{point[0]:.1f},{point[1]:.1f}")
        elif run:
            lines.append(f'<polyline points="{" ".join(run)}"/>')
            run = []
    last = next(point for point in reversed(points) if point is not None)
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" aria-hidden="true">{}'
        '<circle cx="{}" cy="{}" r="2.6"/></svg>',
        _WIDTH,
        _HEIGHT,
        mark_safe("".join(lines)),  # numbers only
        f"{last[0]:.1f}",
        f"{last[1]:.1f}",
    )


def quartile_band(
    own: Decimal, lower: Decimal | None, median: Decimal | None, upper: Decimal | None
) -> SafeString:
    """The middle half of the peers as a bar with their median, and one's own value as a point."""
    if lower is None or median is None or upper is None:
        return SafeString("")
    low, high = float(min(own, lower)), float(max(own, upper))
    across = (_WIDTH - 2 * _EDGE) / ((high - low) or 1)
    at = [f"{_EDGE + (float(value) - low) * across:.1f}" for value in (lower, median, upper, own)]
    width = max((float(upper) - float(lower)) * across, 1)
    return format_html(
        '<svg class="peer-band" viewBox="0 0 {} {}" aria-hidden="true">'
        '<rect x="{}" y="8" width="{}" height="10" rx="3"/>'
        '<line x1="{}" x2="{}" y1="5" y2="21"/><circle cx="{}" cy="13" r="3.4"/></svg>',
        _WIDTH,
        _HEIGHT,
        at[0],
        f"{width:.1f}",
        at[1],
        at[1],
        at[3],
    )


def question_charts(
    series: Mapping[str, Sequence[Figure]],
    questions: tuple[str, str, str],
    paths: Mapping[str, TargetPath] | None = None,
) -> list[tuple[str, Figure, Chart]]:
    """Who belongs, what they do, what came of it: each with its yearly figure and chart, if it tells any."""
    found = []
    for question, code in zip(questions, ANSWERING, strict=True):
        figures = series.get(code, ())
        # A row of zeros is no answer: the figure stands among those that tell nothing yet.
        if any(figure.value for figure in figures):
            title = translated(figures[-1].definition.names)
            path = (paths or {}).get(code)
            chart = history_chart(figures, title=title, period_word=_("Year"), path=path)
            if chart is not None:
                found.append((question, figures[-1], chart))
    return found


def answer_chart(question: EditionQuestion, figures: Mapping[str, EditionFigure]) -> Chart | None:
    """The figures of an edition that draw the answer to a question; nothing where fewer than two tell any."""
    drawn = [figures[code] for code in question.drawn if code in figures]
    told = [(figure, figure.value) for figure in drawn if figure.value is not None]
    if len(told) < 2 or not any(value for _figure, value in told):
        return None
    names = [translated(figure.definition.names) for figure, _value in told]
    return lying_bars(
        [
            DrawnBar(name, float(value), value_words(value, figure.definition))
            for name, (figure, value) in zip(names, told, strict=True)
        ],
        title=str(question.words),
        columns=(_("Indicator"), pgettext("figure", "Value")),
        rows=[(name, figure.words) for name, (figure, _value) in zip(names, told, strict=True)],
    )


def history_chart(
    series: Sequence[Figure],
    *,
    title: str,
    period_word: str,
    path: TargetPath | None = None,
    forecast: Sequence[ForecastPoint] = (),
) -> Chart | None:
    """One bar for each period that has a value; nothing where fewer than two have.

    Where a target has a path, a line at each bar is what the path asks; periods of a forecast show between
    what they are expected to lie, those that have not begun as bars of their own.
    """
    told = [(figure, figure.value) for figure in series if figure.value is not None]
    if len(told) < 2:
        return None
    definition = told[0][0].definition
    expected = {point.period: point for point in forecast}
    to_come = [point for point in forecast if point.period > series[-1].period]
    bars = [
        DrawnBar(
            figure.period.code,
            float(value),
            number_words(value, definition),
            "thread" if figure.is_open else "brand",
            between=_between(expected.get(figure.period)),
            wanted=_wanted(path, figure.period),
        )
        for figure, value in told[len(to_come) - _MOST_BARS :]
    ]
    bars += [
        DrawnBar(
            point.period.code,
            max(float(point.middle), 0),
            number_words(point.middle, definition),
            "line-strong",
            between=_between(point),
            wanted=_wanted(path, point.period),
        )
        for point in to_come
    ]
    columns, rows = _as_table(series, to_come, expected, path)
    return upright_bars(
        bars,
        title=title,
        columns=(period_word, title, *columns),
        rows=rows,
        source=_legend(bars, is_forecast=bool(forecast)),
    )


def _between(point: ForecastPoint | None) -> tuple[float, float] | None:
    return (float(point.low), float(point.high)) if point is not None else None


def _wanted(path: TargetPath | None, period: Period) -> float | None:
    wanted = path.value_at(period) if path is not None else None
    return float(wanted) if wanted is not None else None


def _as_table(
    series: Sequence[Figure],
    to_come: Sequence[ForecastPoint],
    expected: Mapping[Period, ForecastPoint],
    path: TargetPath | None,
) -> tuple[list[str], list[list[str]]]:
    """The headings after value, and a row for each period that the drawing shows."""
    definition = series[0].definition
    periods = [(figure.period, figure.words) for figure in series]
    periods += [(point.period, "") for point in to_come]
    rows = [[period.words, words] for period, words in periods]
    columns = []
    if expected:
        columns.append(_("Forecast"))
        for row, (period, _words) in zip(rows, periods, strict=True):
            point = expected.get(period)
            row.append("" if point is None else point.interval_words(definition))
    if path is not None:
        columns.append(_("Path"))
        for row, (period, _words) in zip(rows, periods, strict=True):
            wanted = path.value_at(period)
            row.append("" if wanted is None else number_words(wanted, definition))
    return columns, rows


def _legend(bars: Sequence[DrawnBar], *, is_forecast: bool) -> str:
    said = []
    if any(bar.colour == "thread" and bar.size for bar in bars):
        said.append(_("Yellow: still running."))
    if is_forecast:
        said.append(_("Grey, and the thin lines: the forecast, and between what it lies 95 times of 100."))
    if any(bar.wanted is not None for bar in bars):
        said.append(_("Line across a bar: what the path asks."))
    return " ".join(said)
