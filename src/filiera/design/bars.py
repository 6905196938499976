"""Plain bar charts written as SVG at once: where many stand on a page and change with each answer.

They look like the charts of `charts.py` and have the same table; only what is simple enough to be drawn
without a grammar of graphics is drawn here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import wrap

from django.utils.html import escape
from django.utils.safestring import mark_safe

from .charts import Chart

_WIDE, _NARROW = 460, 330
_HEIGHT, _FOOT, _HEAD = 150, 22, 20
_ROW_GAP, _LINE, _BAR = 14, 17, 14
_LETTER = 6.9


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar: its name, its size, what is written at its end, and a colour of the design by name.

    An upright bar may show `between` what its size is expected to lie, and what is `wanted` of it.
    """

    label: str
    size: float
    said: str
    colour: str = "brand"
    between: tuple[float, float] | None = None
    wanted: float | None = None

    @property
    def top(self) -> float:
        """The highest that is drawn of it."""
        return max(self.size, self.between[1] if self.between else 0, self.wanted or 0)


def upright_bars(
    bars: Sequence[DrawnBar],
    *,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    source: str = "",
) -> Chart:
    """Bars side by side over short names, such as the points of a scale."""
    wide, narrow = (_upright(bars, width) for width in (_WIDE, _NARROW))
    return _chart(wide, narrow, title, columns, rows, source)


def lying_bars(
    bars: Sequence[DrawnBar],
    *,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    source: str = "",
) -> Chart:
    """Bars one under another, each under its name: names may be long."""
    wide, narrow = (_lying(bars, width) for width in (_WIDE, _NARROW))
    return _chart(wide, narrow, title, columns, rows, source)


def _chart(
    wide: tuple[int, int, str],
    narrow: tuple[int, int, str],
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    source: str,
) -> Chart:
    drawings = [
        mark_safe(
            f'<svg class="{variant}" role="img" aria-label="{escape(title)}" '
            f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{shapes}</svg>'
        )
        for variant, (width, height, shapes) in (("wide", wide), ("narrow", narrow))
    ]
    return Chart(title, drawings[0], drawings[1], columns, rows, source)


def _upright(bars: Sequence[DrawnBar], width: int) -> tuple[int, int, str]:
    largest = max((bar.top for bar in bars), default=0) or 1
    step = width / max(len(bars), 1)
    shapes = [f'<path d="M0 {_HEAD + _HEIGHT}.5H{width}" stroke="var(--line-strong)"/>']
    labelled = _with_room([bar.label for bar in bars], step)
    said = _with_room([bar.said for bar in bars], step)
    for index, bar in enumerate(bars):
        middle = step * (index + 0.5)
        tall = _HEIGHT * bar.size / largest
        shapes.append(_rectangle(middle - step * 0.36, _HEAD + _HEIGHT - tall, step * 0.72, tall, bar.colour))
        shapes += _marks(bar, middle, step, _HEIGHT / largest)
        if index in said:
            above = _HEAD + _HEIGHT - _free_above(bar, _HEIGHT / largest) - 6
            shapes.append(_words(middle, above, bar.said, "middle", is_strong=True))
        if index in labelled:
            shapes.append(_words(middle, _HEAD + _HEIGHT + _FOOT - 5, bar.label, "middle"))
    return width, _HEAD + _HEIGHT + _FOOT, "".join(shapes)


def _free_above(bar: DrawnBar, scale: float) -> float:
    """How high over the ground what is written at a bar crosses neither of its marks."""
    height = scale * max(bar.size, bar.between[1] if bar.between else 0)
    line = scale * bar.wanted if bar.wanted is not None else 0
    return line if height - 4 < line < height + _HEAD + 2 else height


def _marks(bar: DrawnBar, middle: float, step: float, scale: float) -> list[str]:
    """What a bar is expected to lie between, and the line that it should reach."""
    shapes = []
    if bar.between is not None:
        low, high = (_HEAD + _HEIGHT - scale * max(end, 0) for end in bar.between)
        ends = "".join(f"M{middle - 4:.1f} {y:.1f}h8" for y in (low, high))
        shapes.append(_stroke(f"M{middle:.1f} {low:.1f}V{high:.1f}{ends}", "ink-soft", 1.5))
    if bar.wanted is not None:
        height = _HEAD + _HEIGHT - scale * max(bar.wanted, 0)
        line = f"M{middle - step * 0.44:.1f} {height:.1f}h{step * 0.88:.1f}"
        # A rim in the colour of the page, so that the line is seen on the bar as well as above it.
        shapes += [_stroke(line, "surface", 5), _stroke(line, "ink", 2)]
    return shapes


def _stroke(line: str, colour: str, width: float) -> str:
    return f'<path d="{line}" fill="none" stroke="var(--{colour})" stroke-width="{width}"/>'


def _with_room(texts: Sequence[str], step: float) -> range:
    """Which of the texts under or over bars are written so that none touches the next; the last always."""
    widest = _LETTER * max((len(text) for text in texts), default=0) + _LETTER / 2
    every = max(ceil(widest / step), 1)
    return range((len(texts) - 1) % every, len(texts), every)


def _lying(bars: Sequence[DrawnBar], width: int) -> tuple[int, int, str]:
    largest = max((bar.size for bar in bars), default=0) or 1
    room = width - 12 - _LETTER * max((len(bar.said) for bar in bars), default=0)
    shapes: list[str] = []
    top = 0
    for bar in bars:
        for line in _lines(bar.label, width):
            shapes.append(_words(0, top + _LINE - 4, line, "start"))
            top += _LINE
        long = room * bar.size / largest
        shapes.append(_rectangle(0, top, long, _BAR, bar.colour))
        shapes.append(_words(long + 6, top + _BAR - 2, bar.said, "start", is_strong=True))
        top += _BAR + _ROW_GAP
    return width, max(top - _ROW_GAP + 4, 1), "".join(shapes)


def _lines(label: str, width: int) -> list[str]:
    lines = wrap(label, int(width / _LETTER)) or [""]
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1][:-1]}…"]


def _rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    if width <= 0 or height <= 0:
        return ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2"'
        f' fill="var(--{colour})"/>'
    )


def _words(x: float, y: float, text: str, anchor: str, *, is_strong: bool = False) -> str:
    weight, colour = ("600", "ink") if is_strong else ("400", "ink-soft")
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="13" font-weight="{weight}"'
        f' fill="var(--{colour})">{escape(text)}</text>'
    )
