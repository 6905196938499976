"""How figures of trends are written in pages."""

from collections.abc import Mapping

from django import template

from filiera.workshops.queries.spread import Spread
from filiera.workshops.trend_charts import agreement_name, in_words, quartiles, time_words

register = template.Library()


@register.filter
def of_scale(spreads: Mapping[str, Spread], scale: str) -> Spread:
    return spreads[scale]


@register.filter
def plain_figure(figure: float) -> str:
    return in_words(figure)


@register.filter
def quartiles_of(spread: Spread) -> str:
    return quartiles(spread)


@register.filter
def agreement_in_words(key: str) -> str:
    return agreement_name(key)


@register.filter
def in_time_words(point: float) -> str:
    return time_words(point)
