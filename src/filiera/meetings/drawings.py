"""What came of meetings, as charts with their figures."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.design.bars import DrawnBar, lying_bars, upright_bars
from filiera.design.charts import Chart
from filiera.meetings.models import Outcome
from filiera.meetings.queries.desk import Statistics

_COLOUR_OF = {Outcome.NOT_HELD: "line-strong", Outcome.NOTHING: "line-strong"}


def statistics_charts(statistics: Statistics) -> list[Chart]:
    """How many meetings people have, and what both sides say at each moment."""
    charts = [_per_person(statistics)] if statistics.planned else []
    return charts + [_outcomes(statistics, after_days) for after_days in sorted(statistics.outcomes)]


def _per_person(statistics: Statistics) -> Chart:
    counts = statistics.meetings_per_person
    bars = [
        DrawnBar(str(number), counts.get(number, 0), str(counts.get(number, 0)))
        for number in range(max(counts, default=0) + 1)
    ]
    return upright_bars(
        bars,
        title=_("How many people have how many meetings"),
        columns=[_("Meetings"), _("People")],
        rows=[(bar.label, bar.said) for bar in bars],
    )


def _outcomes(statistics: Statistics, after_days: int) -> Chart:
    told = statistics.outcomes[after_days]
    bars = [
        DrawnBar(str(outcome.label), told[outcome], str(told[outcome]), _COLOUR_OF.get(outcome, "brand"))
        for outcome in Outcome
        if told.get(outcome)
    ]
    title = (
        _("What came of it, asked at once")
        if not after_days
        else _("What came of it, asked after %(days)d days") % {"days": after_days}
    )
    answers = sum(told.values())
    return lying_bars(
        bars,
        title=title,
        columns=[_("Answer"), _("Answers")],
        rows=[(bar.label, bar.said) for bar in bars],
        source=ngettext(
            "%(count)d answer of %(asked)d asked", "%(count)d answers of %(asked)d asked", answers
        )
        % {"count": answers, "asked": statistics.asked.get(after_days, 0)},
    )
