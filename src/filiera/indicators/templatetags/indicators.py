"""Figures and their words in templates."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from filiera.design.bars import DrawnBar, lying_bars, upright_bars
from filiera.indicators.definition import Definition
from filiera.indicators.drawings import quartile_band
from filiera.indicators.exports.rows import absolute
from filiera.indicators.models import SectionKind
from filiera.indicators.periods import figures_zone
from filiera.indicators.queries import Figure
from filiera.indicators.queries.peers import Comparison
from filiera.indicators.reports.content import ToldSection
from filiera.texts.languages import translated

register = template.Library()


@register.filter
def figure_name(definition: Definition) -> str:
    return translated(definition.names)


@register.filter
def figure_about(definition: Definition) -> str:
    return translated(definition.descriptions)


@register.filter
def in_figures_zone(moment: datetime) -> datetime:
    """The same moment by the clocks that figures and their deadlines follow."""
    return moment.astimezone(figures_zone())


@register.simple_tag(takes_context=True)
def figure_address(context: template.Context, figure: Figure) -> str:
    """The page of a figure: in the workspace where one is in it, else the public one."""
    arguments: list[Any] = [figure.body_slug, figure.code, figure.period.code]
    if figure.region is not None:
        return reverse("indicators:region_figure", args=arguments)
    workspace = getattr(context["request"], "workspace", None)
    if workspace is not None and workspace == figure.organisation:
        return reverse("indicators:own_figure", args=arguments)
    return reverse("indicators:public_figure", args=arguments)


@register.simple_tag(takes_context=True)
def figure_address_in_full(context: template.Context, figure: Figure, place: str = "") -> str:
    """The address of a figure as paper tells it."""
    return absolute(figure_address(context, figure) + place)


@register.filter
def section_name(kind: str) -> str:
    return str(SectionKind(kind).label)


@register.filter
def peer_band(told: Comparison) -> SafeString:
    """Where a figure lies between the quartiles of its peers, drawn."""
    own, answer = told.figure.value, told.answer
    return SafeString("") if own is None else quartile_band(own, answer.lower, answer.median, answer.upper)


@register.simple_tag
def report_chart(section: ToldSection) -> SafeString:
    """The bars of a section, wide and for a phone; its table stands beside them."""
    bars = [
        DrawnBar(bar.label, max(bar.size, 0), bar.said, "thread" if bar.is_open else "brand")
        for bar in section.bars
    ]
    if not bars:
        return SafeString("")
    draw = upright_bars if all(len(bar.label) < 9 for bar in bars) else lying_bars
    drawn = draw(bars, title=section.title, columns=(), rows=())
    return format_html('<div class="chart">{}{}</div>', drawn.wide, drawn.narrow)
