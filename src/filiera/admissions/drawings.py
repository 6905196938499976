"""Charts of the reviewing."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from filiera.admissions.queries.reviews import ReviewerLine
from filiera.design.charts import COLOURS, Chart, render_chart

_LINE_HEIGHT, _FRAME = 34, 60


def reviewers_chart(lines: Sequence[ReviewerLine]) -> Chart | None:
    """Each reviewer's mean with one standard deviation to both sides; None before anybody has judged."""
    judged = [line for line in lines if line.mean is not None]
    if not judged:
        return None
    values = [
        {
            "name": line.person.shown_name,
            "mean": round(line.mean or 0, 1),
            "low": round(max((line.mean or 0) - (line.spread or 0), 0), 1),
            "high": round(min((line.mean or 0) + (line.spread or 0), 100), 1),
        }
        for line in judged
    ]
    order = [value["name"] for value in values]
    y = {"field": "name", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 160}}
    scale = {"domain": [0, 100]}
    specification = {
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 4, "color": COLOURS["line-strong"]},
                "encoding": {
                    "y": y,
                    "x": {
                        "field": "low",
                        "type": "quantitative",
                        "scale": scale,
                        "title": _("Points from 0 to 100"),
                    },
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "size": 90, "color": COLOURS["brand"], "filled": True},
                "encoding": {"y": y, "x": {"field": "mean", "type": "quantitative", "scale": scale}},
            },
        ],
    }
    return render_chart(
        specification,
        title=_("How high and how widely each reviewer scores"),
        columns=[_("Reviewer"), _("Reviews"), _("Mean"), _("Spread"), _("Against others")],
        rows=[
            [
                line.person.shown_name,
                line.given,
                _figure(line.mean),
                _figure(line.spread),
                _difference(line.against_others),
            ]
            for line in judged
        ],
        source=_(
            "The point is the mean, the bar one standard deviation to both sides. Source: the reviews given."
        ),
        height=_FRAME + _LINE_HEIGHT * len(values),
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _difference(value: float | None) -> str:
    return "–" if value is None else f"{value:+.1f}"
