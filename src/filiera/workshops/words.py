"""What pages and papers of action plans say in words."""

from typing import Any

from django.utils.translation import gettext as _

from filiera.texts.dates import day_in_words
from filiera.workshops.models import Measure


def indicator_words(measure: Measure) -> str:
    """The indicator with its way from start to target."""
    way = ""
    if measure.indicator_start is not None or measure.indicator_target is not None:
        start, target = _number(measure.indicator_start), _number(measure.indicator_target)
        way = f"{start} → {target}"
        if measure.indicator_start_on:
            way += " ({})".format(
                _("measured on %(day)s") % {"day": day_in_words(measure.indicator_start_on)}
            )
    return ", ".join(filter(None, (measure.indicator, way)))


def _number(value: Any) -> str:
    if value is None:
        return "?"
    words = f"{value:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
