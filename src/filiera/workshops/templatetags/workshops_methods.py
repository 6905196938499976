"""How boards of methods are drawn and named in pages."""

from collections import Counter
from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from filiera.texts.languages import translated
from filiera.workshops.method_blocks import Axis, Block, Step
from filiera.workshops.models import MethodCard
from filiera.workshops.queries.method_targets import Spot, author_of

register = template.Library()

_SIDE = 400
_RADIUS = 13
# Marks of one spot lie beside each other, a row of so many.
_ROW = 4


@register.filter
def block_name(block: str) -> str:
    return str(Block(block).label)


@register.filter
def author_name(card: MethodCard) -> str:
    return author_of(card)


@register.filter
def plain_number(figure: float) -> str:
    return f"{figure:g}"


@register.simple_tag
def matrix(step: Step, spots: Sequence[Spot]) -> SafeString:
    """The two axes with a numbered mark for each thing; the list beside it says what the numbers are."""
    if step.across is None or step.upwards is None:
        return SafeString("")
    seen: Counter[tuple[float, float]] = Counter()
    marks = []
    for number, spot in enumerate(spots, start=1):
        place = seen[(spot.across, spot.upwards)]
        seen[(spot.across, spot.upwards)] += 1
        x = _at(spot.across) + (place % _ROW) * 2 * _RADIUS
        y = _SIDE - _at(spot.upwards) + (place // _ROW) * 2 * _RADIUS
        classes = "matrix-mark is-split" if spot.spread >= 3 else "matrix-mark"
        marks.append((classes, round(x, 1), round(y, 1), _RADIUS, round(x, 1), round(y + 4.5, 1), number))
    title = _("%(across)s from left to right, %(upwards)s from bottom to top") % {
        "across": translated(step.across.name),
        "upwards": translated(step.upwards.name),
    }
    return format_html(
        '<svg class="matrix" viewBox="-8 -8 {} {}" role="img" aria-label="{}">'
        '<rect class="matrix-field" width="{}" height="{}"/>'
        '<path class="matrix-cross" d="M{} 0V{}M0 {}H{}"/>{}</svg>',
        _SIDE + 16,
        _SIDE + 16,
        title,
        _SIDE,
        _SIDE,
        _SIDE // 2,
        _SIDE,
        _SIDE // 2,
        _SIDE,
        format_html_join(
            "",
            '<g class="{}"><circle cx="{}" cy="{}" r="{}"/><text x="{}" y="{}">{}</text></g>',
            marks,
        ),
    )


@register.filter
def ends_of(axis: Axis | None) -> str:
    """An axis in words: its name, and what stands at its ends."""
    if axis is None:
        return ""
    ends = " – ".join(filter(None, (translated(axis.low), translated(axis.high))))
    return f"{translated(axis.name)}: {ends}" if ends else translated(axis.name)


def _at(point: float) -> float:
    """Points from 1 to 5 on the drawing, with room for the marks at both ends."""
    return _RADIUS + 4 + (point - 1) / 4 * (_SIDE - 2 * _RADIUS - 8)
