"""Figures and their words in templates."""

from typing import Any

from django import template
from django.urls import reverse

from filiera.indicators.definition import Definition
from filiera.indicators.queries import Figure
from filiera.texts.languages import translated

register = template.Library()


@register.filter
def figure_name(definition: Definition) -> str:
    return translated(definition.names)


@register.filter
def figure_about(definition: Definition) -> str:
    return translated(definition.descriptions)


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
