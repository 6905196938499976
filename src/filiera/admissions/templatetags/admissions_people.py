"""Tags of the pages about people, tasks and self-assessments."""

from collections.abc import Mapping

from django import template

from filiera.academy.models import Edition
from filiera.texts.languages import translated

register = template.Library()


@register.filter
def at_moment(values: Mapping[str, float], moment: str) -> float | None:
    """What was said at one of the three moments, if anything was."""
    return values.get(moment)


@register.filter
def with_edition(subject: Mapping[str, str], edition: Edition) -> str:
    """The subject of a mailing as a title: the edition is the same for all who read it."""
    return translated(subject).replace("{edition}", translated(edition.name))
