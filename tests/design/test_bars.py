"""Plain bars: as long as they are large, in the page's colours, harmless whatever their names say."""

import re

import pytest

from filiera.design.bars import DrawnBar, lying_bars, upright_bars
from filiera.design.charts import COLOURS

BARS = [DrawnBar("1", 2, "2"), DrawnBar("2", 0, "0"), DrawnBar("3", 4, "4", "ok")]


@pytest.mark.parametrize(("draw", "side"), [(upright_bars, "height"), (lying_bars, "width")])
def test_bars_are_as_long_as_they_are_large(draw, side):
    chart = draw(BARS, title="Grades", columns=["Grade", "Count"], rows=[("1", 2)])

    lengths = [float(length) for length in re.findall(rf'<rect[^>]* {side}="([\d.]+)"', chart.wide)]

    assert lengths[0] * 2 == pytest.approx(lengths[1], abs=0.2)
    assert len(lengths) == 2


@pytest.mark.parametrize("draw", [upright_bars, lying_bars])
def test_every_colour_is_the_pages_own(draw):
    chart = draw(BARS, title="Grades", columns=[], rows=[])

    used = set(re.findall(r'(?:fill|stroke)="([^"]+)"', chart.wide + chart.narrow))

    assert used <= {f"var(--{name})" for name in COLOURS}
    assert "style=" not in chart.wide


def test_a_bar_leaves_room_for_what_is_expected_and_asked_of_it():
    plain = DrawnBar("2025", 50, "50")
    marked = DrawnBar("2026", 50, "50", between=(40, 80), wanted=100)

    chart = upright_bars([plain, marked], title="Members", columns=[], rows=[])

    [whisker] = re.findall(r'd="M[\d.]+ ([\d.]+)V([\d.]+)M', chart.wide)
    lines = re.findall(r'd="M[\d.]+ ([\d.]+)h[\d.]+"', chart.wide)
    heights = [float(tall) for tall in re.findall(r'<rect[^>]* height="([\d.]+)"', chart.wide)]
    ground = 170  # as in the drawing: room above, then the tallest there is
    assert heights == [75, 75]
    assert [ground - float(end) for end in whisker] == [60, 120]
    assert {ground - float(line) for line in lines} == {150}


def test_names_are_words_and_never_markup():
    chart = lying_bars([DrawnBar("<script>", 1, "1")], title='"<b>', columns=[], rows=[])

    assert "<script>" not in chart.wide
    assert 'aria-label="&quot;&lt;b&gt;"' in chart.wide


def test_a_long_name_stands_on_two_lines_at_most():
    chart = lying_bars([DrawnBar("word " * 60, 1, "1")], title="", columns=[], rows=[])

    assert chart.narrow.count("<text") == 3


def test_nothing_to_draw_is_no_fault():
    for draw in (upright_bars, lying_bars):
        assert "<rect" not in draw([], title="", columns=[], rows=[]).wide


def test_names_of_many_bars_do_not_touch_and_the_last_one_is_always_written():
    bars = [DrawnBar(str(year), float(year), "9") for year in range(2015, 2027)]

    chart = upright_bars(bars, title="Members", columns=("Year", "Members"), rows=[])

    assert [str(year) in chart.narrow for year in range(2015, 2027)] == [False, True] * 6
    assert all(str(year) in chart.wide for year in range(2015, 2027))
