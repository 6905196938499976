from datetime import date

from django import template

from filiera.organisations.dates import known_date_in_words

register = template.Library()


@register.simple_tag
def known_date(day: date | None, precision: str) -> str:
    """A date as far as it is known: `{% known_date membership.start_on membership.start_precision %}`."""
    return known_date_in_words(day, precision)
