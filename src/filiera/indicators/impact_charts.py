"""The two drawings of a study: what happened over the years, and how alike the compared firms are."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from filiera.design.charts import COLOURS, Chart, render_chart
from filiera.indicators.impact_limits import GOOD_DIFFERENCE, MOST_DIFFERENCE
from filiera.indicators.impact_words import StudyWords

_AXIS_OF_NAMES = {"labelLimit": 170, "labelPadding": 8}


def event_study_chart(words: StudyWords, source: str) -> Chart | None:
    """The difference in each year counted from joining with its 95 % interval; the year before is zero."""
    years = words.years
    if not years:
        return None
    values = [{"year": each.year, "value": each.value, "low": each.low, "high": each.high} for each in years]
    scale = {"type": "linear", "domain": [years[0].year - 0.5, years[-1].year + 0.5], "nice": False}
    ticks = list(range(years[0].year, years[-1].year + 1))
    x = {
        "field": "year",
        "type": "quantitative",
        "scale": scale,
        "axis": {"values": ticks, "title": _("Years since joining"), "format": "d"},
    }
    unit = words.unit
    y = {"field": "value", "type": "quantitative", "title": unit or None}
    return render_chart(
        {
            "layer": [
                {
                    "data": {"values": [{"zero": 0}]},
                    "mark": {"type": "rule", "color": COLOURS["ink-soft"]},
                    "encoding": {"y": {"field": "zero", "type": "quantitative"}},
                },
                {
                    "data": {"values": [{"year": -0.5}]},
                    "mark": {"type": "rule", "color": COLOURS["thread"], "strokeWidth": 2},
                    "encoding": {"x": x},
                },
                {
                    "data": {"values": values},
                    "mark": {"type": "rule", "color": COLOURS["brand"], "strokeWidth": 2},
                    "encoding": {
                        "x": x,
                        "y": {"field": "low", "type": "quantitative", "title": unit or None},
                        "y2": {"field": "high"},
                    },
                },
                {
                    "data": {"values": values},
                    "mark": {"type": "point", "color": COLOURS["brand"], "size": 70},
                    "encoding": {"x": x, "y": y},
                },
                {
                    "data": {"values": [{"year": -1, "value": 0}]},
                    "mark": {
                        "type": "point",
                        "filled": False,
                        "color": COLOURS["ink-soft"],
                        "size": 70,
                        "strokeWidth": 2,
                    },
                    "encoding": {"x": x, "y": y},
                },
            ],
        },
        title=_("Difference between members and firms like them, with its interval"),
        columns=[
            _("Year"),
            _("Difference"),
            _("from"),
            _("to"),
            _("Members"),
            _("Firms compared"),
        ],
        rows=[
            (each.name, each.words, each.low_words, each.high_words, each.members, each.compared)
            for each in years
        ],
        source=source,
        height=280,
    )


def balance_chart(words: StudyWords, source: str) -> Chart | None:
    """How far members and others are apart in each thing, before matching and after."""
    balance = words.result.get("balance", ())
    if not balance:
        return None
    names = [_name(row["name"], row["is_required"]) for row in balance]
    before, after = _("before matching"), _("after matching")
    values = [
        {"name": name, "difference": abs(row[key]), "when": when}
        for name, row in zip(names, balance, strict=True)
        for key, when in (("before", before), ("after", after))
    ]
    colour = {
        "field": "when",
        "type": "nominal",
        "scale": {"domain": [before, after], "range": [COLOURS["ink-faint"], COLOURS["brand"]]},
    }
    y = {"field": "name", "type": "nominal", "sort": names, "title": None, "axis": _AXIS_OF_NAMES}
    x = {
        "field": "difference",
        "type": "quantitative",
        "title": _("Difference in standard deviations"),
        "axis": {"grid": True, "tickCount": 5},
    }
    shape = {
        "field": "when",
        "type": "nominal",
        "scale": {"domain": [before, after], "range": ["diamond", "circle"]},
    }
    return render_chart(
        {
            "layer": [
                {
                    "data": {"values": [{"limit": GOOD_DIFFERENCE}, {"limit": MOST_DIFFERENCE}]},
                    "mark": {"type": "rule", "color": COLOURS["thread"], "strokeDash": [4, 3]},
                    "encoding": {"x": {"field": "limit", "type": "quantitative"}},
                },
                {
                    "data": {"values": values},
                    "mark": {"type": "point", "size": 80, "opacity": 1},
                    "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
                },
            ],
        },
        title=_("How alike members and the compared firms are: diamonds before matching, circles after"),
        columns=[_("Characteristic"), before, after],
        rows=[
            (name, _two_digits(row["before"]), _two_digits(row["after"]))
            for name, row in zip(names, balance, strict=True)
        ],
        source=source,
        height=70 + 34 * len(names),
    )


def _two_digits(value: float) -> str:
    # Adding zero takes the sign from what rounds to nothing.
    return number_format(round(value, 2) + 0.0, 2)


def _name(name: str, is_required: bool) -> str:
    return name if is_required else _("%(outcome)s before (not matched)") % {"outcome": name}
