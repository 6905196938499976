"""Locator maps drawn by us: country outlines from a packaged file, no outside tiles.

The outlines in `data/europe.json` are Natural Earth's (public domain) in Lambert's azimuthal equal-area
projection around 52° N 10° E, the one European statistics use; one unit is five kilometres.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

OUTLINES = Path(__file__).resolve().parent / "data" / "europe.json"
CENTRE_LATITUDE, CENTRE_LONGITUDE = math.radians(52), math.radians(10)
EARTH_RADIUS_KM = 6371.0
UNIT_KM = 5.0
WIDTH, HEIGHT = 1150.0, 920.0
ORIGIN_X, ORIGIN_Y = 520.0, 460.0


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place in degrees, with the words written beside it."""

    longitude: float
    latitude: float
    label: str


@dataclass(frozen=True, slots=True)
class Outline:
    """One country: its ISO code, its path, and the box around it."""

    code: str
    path: str
    box: tuple[float, float, float, float]

    def meets(self, x: float, y: float, width: float, height: float) -> bool:
        left, top, right, bottom = self.box
        return left < x + width and right > x and top < y + height and bottom > y


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to the units of the outlines, y growing downwards."""
    turn, height = math.radians(longitude) - CENTRE_LONGITUDE, math.radians(latitude)
    scale = math.sqrt(
        2
        / (
            1
            + math.sin(CENTRE_LATITUDE) * math.sin(height)
            + math.cos(CENTRE_LATITUDE) * math.cos(height) * math.cos(turn)
        )
    )
    x = scale * math.cos(height) * math.sin(turn)
    y = scale * (
        math.cos(CENTRE_LATITUDE) * math.sin(height)
        - math.sin(CENTRE_LATITUDE) * math.cos(height) * math.cos(turn)
    )
    return (
        ORIGIN_X + x * EARTH_RADIUS_KM / UNIT_KM,
        ORIGIN_Y - y * EARTH_RADIUS_KM / UNIT_KM,
    )


@cache
def outlines() -> tuple[Outline, ...]:
    countries = json.loads(OUTLINES.read_text(encoding="utf-8"))["countries"]
    return tuple(Outline(each["code"], each["path"], tuple(each["box"])) for each in countries)


def _window(points: Sequence[tuple[float, float]], span_km: float) -> tuple[float, float, float, float]:
    """A 3:2 box around the points, at least `span_km` wide, inside the drawn part of the world."""
    left, right = min(x for x, _y in points), max(x for x, _y in points)
    top, bottom = min(y for _x, y in points), max(y for _x, y in points)
    width = max(span_km / UNIT_KM, (right - left) * 1.5, (bottom - top) * 1.5 * 1.5)
    width = min(width, WIDTH, HEIGHT * 1.5)
    height = width / 1.5
    x = min(max((left + right) / 2 - width / 2, 0), WIDTH - width)
    y = min(max((top + bottom) / 2 - height / 2, 0), max(HEIGHT - height, 0))
    return x, y, width, height


def locator_map(
    points: Sequence[MapPoint], *, title: str, country: str = "", span_km: float = 1500
) -> SafeString:
    """Where in Europe the points lie, as SVG that takes its colours from the page.

    `country` (ISO code) is shown a shade stronger. Points nearer than a finger's width share one place;
    their labels are then written below each other. Without points the whole of Europe is shown.
    """
    placed = [(*project(point.longitude, point.latitude), point.label) for point in points]
    if placed:
        x, y, width, height = _window([(px, py) for px, py, _label in placed], span_km)
    else:
        x, y, width, height = 0.0, 0.0, WIDTH, HEIGHT
    scale = 600 / width
    shown = [outline for outline in outlines() if outline.meets(x, y, width, height)]
    lands = format_html_join(
        "",
        '<path class="land{}" d="{}"/>',
        ((" is-marked" if outline.code == country else "", outline.path) for outline in shown),
    )
    return format_html(
        '<svg viewBox="0 0 600 {}" role="img" aria-label="{}">'
        '<g transform="scale({}) translate({} {})">{}</g>{}</svg>',
        round(height * scale),
        title,
        round(scale, 4),
        round(-x, 1),
        round(-y, 1),
        lands,
        _marks([((px - x) * scale, (py - y) * scale, label) for px, py, label in placed]),
    )


def _marks(placed: Sequence[tuple[float, float, str]]) -> SafeString:
    groups: list[tuple[float, float, list[str]]] = []
    for x, y, label in placed:
        near = next((group for group in groups if math.hypot(group[0] - x, group[1] - y) < 14), None)
        if near is None:
            groups.append((x, y, [label]))
        elif label not in near[2]:
            near[2].append(label)
    return format_html_join(
        "",
        '<g transform="translate({} {})"><circle class="halo" r="15"/><circle class="place" r="6"/>{}</g>',
        ((round(x, 1), round(y, 1), _labels(labels, is_right=x > 400)) for x, y, labels in groups),
    )


def _labels(labels: Sequence[str], *, is_right: bool) -> SafeString:
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (-18 if is_right else 18, 5 + 18 * line, "end" if is_right else "start", label)
            for line, label in enumerate(labels)
        ),
    )
