"""The group's means by area, from moment to moment."""

from django.utils.translation import gettext as _

from filiera.admissions.models import AssessmentMoment
from filiera.admissions.models.assessments import HIGHEST_LEVEL, LOWEST_LEVEL
from filiera.admissions.queries.assessments import GroupResult, ItemLine, by_area
from filiera.design.charts import COLOURS, Chart, render_chart

_COLOUR_OF = {
    AssessmentMoment.START.value: COLOURS["line-strong"],
    AssessmentMoment.END.value: COLOURS["brand"],
    AssessmentMoment.LATER.value: COLOURS["thread"],
}
_ROW_HEIGHT = 44


def group_chart(lines: list[ItemLine], result: GroupResult) -> Chart | None:
    """A point for each moment on a line for each area; none where nothing may be told."""
    moments = result.moments
    if not moments:
        return None
    rows: list[list[object]] = []
    points: list[dict[str, object]] = []
    for area, of_area in by_area(lines):
        row: list[object] = [area]
        for moment in moments:
            rated = [line.means[moment] for line in of_area if moment in line.means]
            mean = round(sum(rated) / len(rated), 1) if rated else None
            row.append("–" if mean is None else mean)
            if mean is not None:
                label = str(AssessmentMoment(moment).label)
                points.append({"area": area, "moment": label, "mean": mean, "colour": _COLOUR_OF[moment]})
        rows.append(row)
    order = [area for area, _lines in by_area(lines)]
    axis = {
        "field": "mean",
        "type": "quantitative",
        "scale": {"domain": [LOWEST_LEVEL, HIGHEST_LEVEL]},
        "axis": {"title": None, "grid": True, "tickCount": 4, "domain": False},
    }
    rows_axis = {
        "field": "area",
        "type": "nominal",
        "sort": order,
        "axis": {"title": None, "labelLimit": 150, "domain": False},
    }
    specification: dict[str, object] = {
        "data": {"values": points},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": COLOURS["line-strong"]},
                "encoding": {
                    "y": rows_axis,
                    "x": {**axis, "aggregate": "min"},
                    "x2": {"field": "mean", "aggregate": "max"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 110},
                "encoding": {
                    "y": rows_axis,
                    "x": axis,
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            },
            {
                "mark": {"type": "text", "dy": -13, "fontWeight": 400},
                "encoding": {
                    "y": rows_axis,
                    "x": axis,
                    "text": {"field": "mean", "type": "quantitative", "format": ".1f"},
                },
            },
        ],
    }
    return render_chart(
        specification,
        title=_("Mean self-assessment of the group, by area"),
        columns=[_("Area"), *(str(AssessmentMoment(moment).label) for moment in moments)],
        rows=rows,
        height=_ROW_HEIGHT * len(order) + 40,
        source=" · ".join(
            _("%(moment)s: %(count)s answers")
            % {"moment": AssessmentMoment(moment).label, "count": result.answers[moment]}
            for moment in moments
        ),
    )
