"""Trends as pictures: a radar of when and how strongly, a scatter with the spread of opinions."""

from collections.abc import Sequence
from itertools import groupby
from math import cos, pi, sin

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filiera.design.bars import DrawnBar, upright_bars
from filiera.design.charts import COLOURS, Chart, render_chart
from filiera.texts.languages import translated
from filiera.workshops.models import HIGHEST_POINT, LOWEST_POINT, Scale
from filiera.workshops.queries.spread import Spread
from filiera.workshops.queries.trend_results import Result

# Colour and shape, and how much more room a shape needs for the number in it.
_LOOK = {
    "agreed": (COLOURS["brand"], "circle", 1.0),
    "mixed": (COLOURS["kind-visit"], "diamond", 1.5),
    "split": (COLOURS["bad"], "triangle-up", 1.9),
}
_RING_STEPS = 72
# Marks that would lie on one spot stand beside each other, this far apart in points of the scale.
_APART = 0.36
_RADAR_SIZE = 460
_HALL_LETTERS = 22
# The middle of a triangle's face lies below the middle of its height.
_LOWERED = 2


def agreement_name(key: str) -> str:
    return {
        "agreed": pgettext("of opinions", "agreed"),
        "mixed": pgettext("of opinions", "mixed"),
        "split": pgettext("of opinions", "split"),
    }[key]


def time_words(point: float) -> str:
    """What a point of the time scale means."""
    words = (
        _("already here"),
        _("within 2 years"),
        _("in 2 to 5 years"),
        _("in 5 to 10 years"),
        _("later than that"),
    )
    return words[min(max(round(point), LOWEST_POINT), HIGHEST_POINT) - 1]


def numbered(results: Sequence[Result]) -> list[tuple[int, Result]]:
    """The trends that have something to show, with the numbers that they have on every picture."""
    return [(number, result) for number, result in enumerate(results, start=1) if result.is_shown]


def radar(results: Sequence[Result], *, source: str, is_for_hall: bool = False) -> Chart | None:
    """The middle is now, the rim is later; the bigger a mark, the greater the impact.

    A hall reads it from the back, so its letters and marks are bigger.
    """
    letters, scaled = (_HALL_LETTERS, 1.7) if is_for_hall else (13, 1)
    shown = numbered(results)
    if not shown:
        return None
    points = []
    for place, (number, result) in enumerate(shown):
        # A sixth stays free at the top, where the rings say their names.
        angle = pi / 2 - pi / 6 - (2 * pi - pi / 3) * (place + 0.5) / len(shown)
        radius = result.spreads[Scale.TIME_TO_EFFECT].median
        impact = result.spreads[Scale.IMPACT]
        colour, shape, room = _LOOK[impact.agreement]
        points.append(
            {
                "x": radius * cos(angle),
                "y": radius * sin(angle),
                "number": str(number),
                "size": room * scaled * (160 + 190 * (impact.median - LOWEST_POINT)),
                "colour": colour,
                "shape": shape,
            }
        )
    rings = [
        {"ring": ring, "step": step, "x": ring * cos(2 * pi * step / _RING_STEPS),
         "y": ring * sin(2 * pi * step / _RING_STEPS)}
        for ring in range(LOWEST_POINT, HIGHEST_POINT + 1)
        for step in range(_RING_STEPS + 1)
    ]  # fmt: skip
    labels = [
        {"x": 0, "y": ring + 0.14, "label": time_words(ring)}
        for ring in range(LOWEST_POINT, HIGHEST_POINT + 1)
    ]
    rim = HIGHEST_POINT + 0.6
    x, y = (
        {"field": name, "type": "quantitative", "axis": None, "scale": {"domain": [-rim, rim], "nice": False}}
        for name in ("x", "y")
    )
    looks = {
        "color": {"field": "colour", "type": "nominal", "scale": None},
        "shape": {"field": "shape", "type": "nominal", "scale": None},
        "size": {"field": "size", "type": "quantitative", "scale": None},
    }
    specification: dict[str, object] = {
        "width": _RADAR_SIZE,
        "height": _RADAR_SIZE,
        "layer": [
            {
                "data": {"values": rings},
                "mark": {"type": "line", "strokeWidth": 1, "color": COLOURS["line-strong"]},
                "encoding": {
                    "x": x,
                    "y": y,
                    "order": {"field": "step", "type": "quantitative"},
                    "detail": {"field": "ring", "type": "nominal"},
                },
            },
            {
                "data": {"values": labels},
                "mark": {
                    "type": "text",
                    "fontWeight": 400,
                    "fontSize": letters,
                    "color": COLOURS["ink-faint"],
                },
                "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "opacity": 1, "stroke": COLOURS["surface"]},
                "encoding": {"x": x, "y": y, **looks},
            },
            {
                "data": {"values": points},
                "mark": {
                    "type": "text",
                    "color": COLOURS["surface"],
                    "fontSize": letters + 2,
                    "fontWeight": 700,
                    "dy": _LOWERED,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "number", "type": "nominal"}},
            },
        ],
    }
    return render_chart(
        specification,
        title=_("When trends take effect; the bigger the mark, the greater the impact"),
        columns=[_("Trend"), _("Time to effect"), _("Impact"), _("Opinions on the impact")],
        rows=[
            [
                f"{number}. {translated(result.trend.title)}",
                time_words(result.spreads[Scale.TIME_TO_EFFECT].median),
                in_words(result.spreads[Scale.IMPACT].median),
                agreement_name(result.spreads[Scale.IMPACT].agreement),
            ]
            for number, result in shown
        ],
        source=source,
        height=_RADAR_SIZE,
    )


def scatter(results: Sequence[Result], *, source: str) -> Chart | None:
    """Likelihood and impact: a mark at the medians, with lines from the lower to the upper quartile."""
    shown = numbered(results)
    if not shown:
        return None
    places = _beside_each_other(
        [
            (result.spreads[Scale.LIKELIHOOD].median, result.spreads[Scale.IMPACT].median)
            for _number, result in shown
        ]
    )
    marks = []
    for (number, result), (x_place, y_place) in zip(shown, places, strict=True):
        likelihood, impact = result.spreads[Scale.LIKELIHOOD], result.spreads[Scale.IMPACT]
        colour, shape, room = _LOOK[impact.agreement]
        marks.append(
            {
                "x": x_place,
                "y": y_place,
                "x_lower": likelihood.lower,
                "x_upper": likelihood.upper,
                "y_lower": impact.lower,
                "y_upper": impact.upper,
                "number": str(number),
                "colour": colour,
                "shape": shape,
                "size": 420 * room,
            }
        )
    x, y = (
        {
            "field": name,
            "type": "quantitative",
            "scale": {"domain": [LOWEST_POINT - 0.3, HIGHEST_POINT + 0.3], "nice": False},
            "axis": {
                "title": title,
                "values": [1, 2, 3, 4, 5],
                "format": "d",
                "grid": True,
                "domain": False,
                # The look's own count of ticks would leave out every other point.
                "tickCount": HIGHEST_POINT,
            },
        }
        for name, title in (("x", _("Likelihood")), ("y", _("Impact")))
    )
    colour_of = {"field": "colour", "type": "nominal", "scale": None}
    specification: dict[str, object] = {
        "data": {"values": marks},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
                "encoding": {
                    "x": {**x, "field": "x_lower"},
                    "x2": {"field": "x_upper"},
                    "y": y,
                    "color": colour_of,
                },
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
                "encoding": {
                    "y": {**y, "field": "y_lower"},
                    "y2": {"field": "y_upper"},
                    "x": x,
                    "color": colour_of,
                },
            },
            {
                "mark": {
                    "type": "point",
                    "filled": True,
                    "opacity": 1,
                    "stroke": COLOURS["surface"],
                },
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour_of,
                    "shape": {"field": "shape", "type": "nominal", "scale": None},
                    "size": {"field": "size", "type": "quantitative", "scale": None},
                },
            },
            {
                "mark": {
                    "type": "text",
                    "color": COLOURS["surface"],
                    "fontSize": 13,
                    "fontWeight": 700,
                    "dy": _LOWERED,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "number", "type": "nominal"}},
            },
        ],
    }
    return render_chart(
        specification,
        title=_("Likelihood and impact: medians, with lines from quartile to quartile"),
        columns=[
            _("Trend"),
            _("Likelihood"),
            _("quartiles"),
            _("Impact"),
            _("quartiles"),
            _("Polarisation of the impact"),
        ],
        rows=[
            [
                f"{number}. {translated(result.trend.title)}",
                in_words(result.spreads[Scale.LIKELIHOOD].median),
                quartiles(result.spreads[Scale.LIKELIHOOD]),
                in_words(result.spreads[Scale.IMPACT].median),
                quartiles(result.spreads[Scale.IMPACT]),
                as_share(result.spreads[Scale.IMPACT].polarisation),
            ]
            for number, result in shown
        ],
        source=source,
        height=420,
    )


def distribution(scale: Scale, spread: Spread) -> Chart:
    """How many chose each point of one scale."""
    return upright_bars(
        [
            DrawnBar(str(point), count, str(count))
            for point, count in enumerate(spread.counts, start=LOWEST_POINT)
        ],
        title=str(scale.label),
        columns=[_("Point"), _("People")],
        rows=[[str(point), count] for point, count in enumerate(spread.counts, start=LOWEST_POINT)],
        source=_("median %(median)s, quartiles %(quartiles)s, polarisation %(polarisation)s")
        % {
            "median": in_words(spread.median),
            "quartiles": quartiles(spread),
            "polarisation": as_share(spread.polarisation),
        },
    )


def in_words(figure: float) -> str:
    """A figure without needless decimals, as the page's language writes it."""
    return number_format(f"{figure:g}")


def as_share(figure: float) -> str:
    """A figure from 0 to 1 with two decimals."""
    return number_format(figure, decimal_pos=2)


def quartiles(spread: Spread) -> str:
    return f"{in_words(spread.lower)}–{in_words(spread.upper)}"


def _beside_each_other(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same places, with those on one spot drawn apart sideways."""
    moved = list(places)
    order = sorted(range(len(places)), key=lambda index: (places[index], index))
    for _spot, on_it in groupby(order, key=lambda index: places[index]):
        indices = list(on_it)
        for rank, index in enumerate(indices):
            x, y = places[index]
            moved[index] = (x + _APART * (rank - (len(indices) - 1) / 2), y)
    return moved
