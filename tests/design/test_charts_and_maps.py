"""Drawings: colours come from the page, places lie where they are."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from filiera.design import charts
from filiera.design.charts import COLOURS, render_chart
from filiera.design.maps import ORIGIN_X, ORIGIN_Y, MapPoint, locator_map, outlines, project

BARS = {
    "data": {"values": [{"year": "2018", "members": 243}, {"year": "2019", "members": 275}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "year", "type": "ordinal"},
        "y": {"field": "members", "type": "quantitative"},
    },
}


@pytest.fixture(autouse=True)
def charts_folder(settings, tmp_path: Path) -> Iterator[Path]:
    charts._drawings.cache_clear()
    settings.CHARTS_FOLDER = tmp_path / "charts"
    yield settings.CHARTS_FOLDER
    charts._drawings.cache_clear()


def test_chart_is_drawn_once_and_kept(charts_folder: Path, monkeypatch: pytest.MonkeyPatch):
    drawn = render_chart(BARS, title="Members", columns=[], rows=[])
    charts._drawings.cache_clear()
    monkeypatch.setattr(charts, "_drawn_by_vega", lambda specifications: pytest.fail("drawn again"))

    kept = render_chart(BARS, title="Members", columns=[], rows=[])

    assert kept == drawn
    assert len(list(charts_folder.iterdir())) == 1


def test_chart_takes_every_colour_from_the_page():
    chart = render_chart(BARS, title="Members", columns=["Year", "Members"], rows=[("2018", 243)])

    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', chart.wide))

    assert colours <= {f"var(--{name})" for name in COLOURS} | {"none", "transparent"}
    assert "var(--brand)" in colours


def test_chart_carries_no_inline_style_and_no_foreign_words():
    chart = render_chart(BARS, title='Members <of> "MESAP"', columns=[], rows=[])

    for drawing in (chart.wide, chart.narrow):
        assert "style=" not in drawing
        assert re.findall(r'aria-[a-z]+="[^"]*"', drawing) == [
            'aria-label="Members &lt;of&gt; &quot;MESAP&quot;"'
        ]


def test_centre_of_the_projection_is_the_origin():
    assert project(10, 52) == pytest.approx((ORIGIN_X, ORIGIN_Y))


def test_projection_agrees_with_the_european_grid():
    # Torino in EPSG:3035 lies 182 km west and 770 km south of the grid's centre (sphere: within 4 km).
    x, y = project(7.6869, 45.0703)

    assert ((x - ORIGIN_X) * 5, (y - ORIGIN_Y) * 5) == pytest.approx((-182, 770), abs=4)


@pytest.mark.parametrize(
    ("code", "longitude", "latitude"),
    [("IT", 12.5, 41.9), ("FI", 24.9, 60.2), ("PT", -9.1, 38.7), ("GR", 23.7, 38.0), ("IE", -6.3, 53.3)],
)
def test_capitals_lie_inside_their_country(code, longitude, latitude):
    x, y = project(longitude, latitude)
    left, top, right, bottom = next(each.box for each in outlines() if each.code == code)

    assert left <= x <= right
    assert top <= y <= bottom


def test_map_marks_the_country_and_escapes_labels():
    html = locator_map([MapPoint(7.69, 45.07, "<Torino>")], title="Venue", country="IT")

    assert html.count("is-marked") == 1
    assert "&lt;Torino&gt;</text>" in html


def test_places_of_one_city_share_a_mark():
    points = [MapPoint(7.69, 45.07, "Environment Park"), MapPoint(7.68, 45.06, "Circolo della Stampa")]

    html = locator_map(points, title="Venues")

    assert html.count('class="place"') == 1
    assert re.findall(r">([^<]+)</text>", html) == ["Environment Park", "Circolo della Stampa"]


def test_map_without_points_shows_europe():
    html = locator_map([], title="Europe")

    assert html.count('class="land') == len(outlines())


def test_shapes_of_two_drawings_on_one_page_have_names_of_their_own():
    round_bars = {**BARS, "mark": {"type": "bar", "cornerRadiusEnd": 2}}
    other = {**round_bars, "data": {"values": [{"year": "2018", "members": 9}]}}

    names = [
        set(re.findall(r'\bid="([^"]+)"', render_chart(bars, title="", columns=[], rows=[]).wide))
        for bars in (round_bars, other)
    ]

    assert names[0]
    assert not names[0] & names[1]


def test_a_hall_that_opens_a_chart_at_one_moment_has_it_drawn_once(monkeypatch: pytest.MonkeyPatch):
    drawn = []

    def slowly(specifications):
        drawn.append(specifications)
        time.sleep(0.2)
        return ['<svg class="x" width="10" height="10"></svg>'] * 2

    monkeypatch.setattr(charts, "_drawn_by_vega", slowly)
    with ThreadPoolExecutor(4) as hall:
        answers = list(hall.map(lambda _person: charts._drawings.__wrapped__("{}", "[]"), range(4)))

    assert (len(drawn), len(set(answers))) == (1, 1)
