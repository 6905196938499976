"""Results as charts: one bar for each answer that could be given."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.design.bars import DrawnBar, lying_bars, upright_bars
from filiera.design.charts import Chart

from .models import QuestionKind
from .queries.results import PASSIVES_FROM, PROMOTERS_FROM, QuestionResult

_MOST_BARS = 20
_UPRIGHT = (QuestionKind.SCALE, QuestionKind.RECOMMENDATION)


def chart_of(result: QuestionResult) -> Chart | None:
    """The chart of a question with bars; None where there is nothing to draw."""
    if not result.bars or not result.answered:
        return None
    is_upright = result.question.kind in _UPRIGHT
    drawn = [
        DrawnBar(
            bar.label,
            bar.count,
            str(bar.count) if is_upright else f"{bar.count} · {_percent(bar.share)}",
            _colour(result.question.kind, bar.label),
        )
        for bar in result.bars[:_MOST_BARS]
    ]
    draw = upright_bars if is_upright else lying_bars
    return draw(
        drawn,
        title=result.label,
        columns=[_("Answer"), _("Count"), _("Share")],
        rows=[(bar.label, bar.count, _percent(bar.share)) for bar in result.bars],
        source=ngettext("%(count)s answer", "%(count)s answers", result.answered)
        % {"count": result.answered},
    )


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"


def _colour(kind: str, point: str) -> str:
    """Promoters and detractors as the score counts them; the words beside it say the same."""
    if kind != QuestionKind.RECOMMENDATION:
        return "brand"
    if int(point) >= PROMOTERS_FROM:
        return "ok"
    return "ink-faint" if int(point) >= PASSIVES_FROM else "bad"
