"""Pictures of the network, drawn on the server: where organisations are, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.design.maps import HEIGHT, WIDTH, outlines

SHADES = 4


def country_map(
    counts: Mapping[str, int], names: Mapping[str, str], *, address: str, query: Mapping[str, str]
) -> SafeString:
    """The countries of Europe, those with organisations shaded by their number and open to a click.

    Countries outside the drawn part of the world are in the list of countries beside it only.
    """
    most = max(counts.values(), default=1)
    lands = []
    for outline in sorted(outlines(), key=lambda outline: outline.code in counts):
        count = counts.get(outline.code, 0)
        shape = format_html('<path class="land {}" d="{}"/>', _shade(count, most), outline.path)
        if count:
            words = ngettext(
                "%(country)s: %(count)s organisation", "%(country)s: %(count)s organisations", count
            )
            title = words % {"country": names.get(outline.code, outline.code), "count": count}
            link = f"{address}?{urlencode({**query, 'country': outline.code})}"
            shape = format_html(
                '<a href="{}" aria-label="{}"><title>{}</title>{}</a>', link, title, title, shape
            )
        lands.append((shape,))
    return format_html(
        '<svg viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        round(WIDTH),
        round(HEIGHT),
        _("Organisations by country"),
        format_html_join("", "{}", lands),
    )


def _shade(count: int, most: int) -> str:
    if not count:
        return ""
    step = min(SHADES, 1 + int((SHADES - 1) * (count / most) ** 0.5))
    return f"has-some shade-{step}"


@dataclass(frozen=True, slots=True)
class Flow:
    """One organisation of then, what it became (nothing where no source tells), and the words between."""

    before: str
    after: str
    when: str


ROW_HEIGHT = 46
DRAWING_WIDTH = 760
COLUMN_WIDTH = 265


def succession_drawing(flows: Sequence[Flow], *, title: str) -> SafeString:
    """Threads from the organisations of then to those of now; the words stand in the list beside it too."""
    left = list(dict.fromkeys(flow.before for flow in flows))
    right = list(dict.fromkeys(flow.after for flow in flows))
    height = ROW_HEIGHT * max(len(left), len(right))
    y_of_left = _places(left, height)
    y_of_right = _places(right, height)
    threads = format_html_join(
        "",
        '<path class="thread" d="M{} {}C{} {} {} {} {} {}"/>',
        (
            (
                COLUMN_WIDTH, y_of_left[flow.before],
                DRAWING_WIDTH / 2, y_of_left[flow.before],
                DRAWING_WIDTH / 2, y_of_right[flow.after],
                DRAWING_WIDTH - COLUMN_WIDTH, y_of_right[flow.after],
            )
            for flow in flows
        ),
    )  # fmt: skip
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        DRAWING_WIDTH,
        height,
        title,
        threads,
        _names(left, y_of_left, COLUMN_WIDTH - 14, "end", COLUMN_WIDTH),
        _names(right, y_of_right, DRAWING_WIDTH - COLUMN_WIDTH + 14, "start", DRAWING_WIDTH - COLUMN_WIDTH),
    )


def _places(names: Sequence[str], height: float) -> dict[str, float]:
    step = height / len(names)
    return {name: round(step * (at + 0.5), 1) for at, name in enumerate(names)}


def _names(
    names: Sequence[str], y_of: Mapping[str, float], x: float, anchor: str, knot_x: float
) -> SafeString:
    return format_html_join(
        "",
        '<circle class="knot" cx="{}" cy="{}" r="6"/>'
        '<text x="{}" y="{}" text-anchor="{}" dominant-baseline="middle">{}</text>',
        ((knot_x, y_of[name], x, y_of[name], anchor, _short(name)) for name in names),
    )


def _short(name: str) -> str:
    return name if len(name) <= 32 else f"{name[:31].rstrip()}…"
