"""Small drawings of figures over time, written as SVG at once."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from filiera.design.bars import DrawnBar, upright_bars
from filiera.design.charts import Chart
from filiera.indicators.queries import Figure
from filiera.indicators.words import number_words

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


def history_chart(
    series: Sequence[Figure], *, title: str, period_word: str, source: str = ""
) -> Chart | None:
    """One bar for each period that has a value; nothing where fewer than two have."""
    told = [(figure, figure.value) for figure in series if figure.value is not None]
    if len(told) < 2:
        return None
    bars = [
        DrawnBar(
            figure.period.code,
            float(value),
            number_words(value, figure.definition),
            "thread" if figure.is_open else "brand",
        )
        for figure, value in told[-12:]
    ]
    rows = [(figure.period.words, figure.words) for figure in series]
    return upright_bars(bars, title=title, columns=(period_word, title), rows=rows, source=source)
