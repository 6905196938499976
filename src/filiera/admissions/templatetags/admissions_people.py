"""Tags of the pages about people, tasks and self-assessments."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def at_moment(values: Mapping[str, float], moment: str) -> float | None:
    """What was said at one of the three moments, if anything was."""
    return values.get(moment)
