from datetime import date

from django import template

from filiera.organisations import dates

register = template.Library()


@register.simple_tag
def known_date(day: date | None, precision: str) -> str:
    """A date as far as it is known: `{% known_date membership.start_on membership.start_precision %}`."""
    return dates.known_date_in_words(day, precision)


@register.filter
def day_in_words(day: date | None) -> str:
    """`31 March 2009` in the page's language; of a moment its day in UTC."""
    return dates.day_in_words(day) if day else ""
