"""Charts as SVG made on the server, in the page's own colours, each with its figures as a table.

A chart is a Vega-Lite specification. Colours are written as the hex values in `COLOURS` (or left to the
configuration below); in the finished SVG they become the tokens of the same name, so that one drawing fits
light, dark and paper.
"""

import fcntl
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import cast

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

COLOURS = {
    "ink": "#101a2c",
    "ink-soft": "#47505f",
    "ink-faint": "#5d6575",
    "line": "#dde3ec",
    "line-strong": "#b4bfce",
    "surface": "#fefefe",
    "brand": "#143f8f",
    "thread": "#e3a600",
    "ok": "#1c6b45",
    "warn": "#855600",
    "bad": "#a42a2a",
    "kind-work": "#b4471b",
    "kind-visit": "#1c6b46",
    "kind-social": "#7a2c6b",
    "kind-live": "#0d6270",
}
CATEGORIES = ("brand", "kind-work", "kind-visit", "kind-social", "kind-live", "thread")

LOOK = "2"
"""Counts up when the drawing of the same specification changes, so that kept drawings are drawn anew."""
TIME_LIMIT_S = 60

_AXIS = {
    "labelColor": COLOURS["ink-faint"],
    "labelFontSize": 12,
    "labelFontWeight": 400,
    "labelPadding": 6,
    "titleColor": COLOURS["ink-faint"],
    "titleFontSize": 12,
    "titleFontWeight": 400,
    "gridColor": COLOURS["line"],
    "domainColor": COLOURS["line-strong"],
    "tickColor": COLOURS["line-strong"],
    "ticks": False,
}
CONFIGURATION = {
    "background": None,
    "font": "Commissioner, system-ui, sans-serif",
    "padding": {"left": 2, "right": 8, "top": 8, "bottom": 2},
    "view": {"stroke": None},
    "axis": _AXIS,
    "axisX": {"grid": False, "labelAngle": 0},
    "axisY": {"domain": False, "tickCount": 4},
    "bar": {"color": COLOURS["brand"], "cornerRadiusEnd": 2},
    "line": {"color": COLOURS["brand"], "strokeWidth": 2.5},
    "area": {"color": COLOURS["brand"], "opacity": 0.16},
    "point": {"color": COLOURS["brand"], "filled": True, "size": 48},
    "rule": {"color": COLOURS["ink-soft"]},
    "text": {"color": COLOURS["ink"], "fontSize": 12, "fontWeight": 600},
    "range": {"category": [COLOURS[name] for name in CATEGORIES]},
    "legend": {"disable": True},
}

_SPOKEN = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_SIZE = re.compile(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>')
_SHAPE = re.compile(r'(\bid="|url\(#)((?:clip|gradient)[\w-]*)')
_TOKEN_OF = {colour: f"var(--{name})" for name, colour in COLOURS.items()}
_COLOUR = re.compile("|".join(map(re.escape, _TOKEN_OF)), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chart:
    """What `components/chart.html` shows: the drawing, and the same figures as a table."""

    title: str
    wide: SafeString
    narrow: SafeString
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    source: str = ""


def render_chart(
    specification: Mapping[str, object],
    *,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    source: str = "",
    width: int = 640,
    narrow_width: int = 340,
    height: int = 240,
) -> Chart:
    """Draw a Vega-Lite specification (or `altair_chart.to_dict()`) in the product's look.

    Drawn twice, because letters that fit a page are too small when a phone shrinks the whole drawing.
    """
    wide, narrow = _drawings(
        _complete(specification, width, height), _complete(specification, narrow_width, height)
    )
    return Chart(
        title=title,
        wide=_named(wide, title, "wide"),
        narrow=_named(narrow, title, "narrow"),
        columns=columns,
        rows=rows,
        source=source,
    )


def _complete(specification: Mapping[str, object], width: int, height: int) -> str:
    complete: dict[str, object] = {
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
    }
    complete |= specification
    complete["config"] = CONFIGURATION | cast("dict[str, object]", specification.get("config", {}))
    return json.dumps(complete, sort_keys=True)


def _named(drawing: str, title: str, variant: str) -> SafeString:
    opening = f'<svg class="{variant}" role="img" aria-label="{escape(title)}" '
    return mark_safe(drawing.replace("<svg ", opening, 1))


@lru_cache(maxsize=256)
def _drawings(*specifications: str) -> tuple[str, ...]:
    """The drawings of these specifications: drawn once, then kept in the installation's folder."""
    digest = hashlib.sha256("\n".join((LOOK, *specifications)).encode()).hexdigest()
    kept = Path(settings.CHARTS_FOLDER) / f"{digest}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        # A hall that opens one page at one moment has it drawn once; the others wait for that drawing.
        waiting = kept.with_suffix(".lock")
        with waiting.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                _draw_into(kept, specifications)
            waiting.unlink(missing_ok=True)
    return tuple(json.loads(kept.read_text(encoding="utf-8")))


def _draw_into(kept: Path, specifications: Sequence[str]) -> None:
    drawn = [_in_our_look(svg) for svg in _drawn_by_vega(specifications)]
    with NamedTemporaryFile("w", dir=kept.parent, encoding="utf-8", delete=False) as being_written:
        json.dump(drawn, being_written)
    Path(being_written.name).replace(kept)


def _drawn_by_vega(specifications: Sequence[str]) -> list[str]:
    answer = subprocess.run(
        [sys.executable, "-m", "filiera.design.drawing"],
        input=f"[{','.join(specifications)}]",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=TIME_LIMIT_S,
    )
    drawings: list[str] = json.loads(answer.stdout)
    return drawings


def _in_our_look(svg: str) -> str:
    # The table says it better than Vega's English remarks on axes and marks.
    svg = _SPOKEN.sub("", svg)
    svg = _SIZE.sub(r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \1 \2">', svg, count=1)
    # Vega counts the shapes of each drawing from one: on one page the second would be cut by the first.
    own = f"d{hashlib.sha256(svg.encode()).hexdigest()[:10]}"
    svg = _SHAPE.sub(rf"\g<1>{own}-\g<2>", svg)
    return _COLOUR.sub(lambda match: _TOKEN_OF[match.group().lower()], svg)
