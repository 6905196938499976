"""Results as charts: one bar for each answer that could be given."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.design.charts import COLOURS, Chart, render_chart

from .models import QuestionKind
from .queries.results import PASSIVES_FROM, PROMOTERS_FROM, Bar, QuestionResult

_MOST_BARS = 20
_UPRIGHT = (QuestionKind.SCALE, QuestionKind.RECOMMENDATION)


def chart_of(result: QuestionResult) -> Chart | None:
    """The chart of a question with bars; None where there is nothing to draw."""
    if not result.bars or not result.answered:
        return None
    drawn = _upright if result.question.kind in _UPRIGHT else _lying
    bars = result.bars[:_MOST_BARS]
    said = ngettext("%(count)s answer", "%(count)s answers", result.answered) % {"count": result.answered}
    return render_chart(
        drawn(result, bars),
        title=result.label,
        columns=[_("Answer"), _("Count"), _("Share")],
        rows=[(bar.label, bar.count, f"{round(100 * bar.share)} %") for bar in result.bars],
        source=said,
        height=200 if drawn is _upright else 36 * len(bars) + 12,
    )


def _upright(result: QuestionResult, bars: Sequence[Bar]) -> dict[str, object]:
    """Points of a scale side by side, in their order."""
    values = [
        {"point": bar.label, "count": bar.count, "colour": _colour(result.question.kind, bar.label)}
        for bar in bars
    ]
    return {
        "data": {"values": values},
        "encoding": {
            "x": {"field": "point", "type": "ordinal", "title": None, "sort": None},
            "y": {"field": "count", "type": "quantitative", "title": None, "axis": None},
        },
        "layer": [
            {
                "mark": {"type": "bar", "width": {"band": 0.72}},
                "encoding": {"color": {"field": "colour", "type": "nominal", "scale": None}},
            },
            {"mark": {"type": "text", "dy": -9}, "encoding": {"text": {"field": "count"}}},
        ],
    }


def _colour(kind: str, point: str) -> str:
    if kind != QuestionKind.RECOMMENDATION:
        return COLOURS["brand"]
    if int(point) >= PROMOTERS_FROM:
        return COLOURS["ok"]
    return COLOURS["ink-faint"] if int(point) >= PASSIVES_FROM else COLOURS["bad"]


def _lying(result: QuestionResult, bars: Sequence[Bar]) -> dict[str, object]:
    """Words need room: each bar lies behind its own."""
    values = [
        {"answer": bar.label, "count": bar.count, "said": f"{bar.count} · {round(100 * bar.share)} %"}
        for bar in bars
    ]
    return {
        "data": {"values": values},
        "encoding": {
            "y": {
                "field": "answer",
                "type": "nominal",
                "title": None,
                "sort": None,
                "axis": {"labelLimit": 190, "labelColor": COLOURS["ink"]},
            },
            "x": {
                "field": "count",
                "type": "quantitative",
                "title": None,
                "axis": None,
                "scale": {"domain": [0, max(bar.count for bar in bars) * 1.25]},
            },
        },
        "layer": [
            {"mark": {"type": "bar", "height": {"band": 0.62}}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"text": {"field": "said"}},
            },
        ],
    }
