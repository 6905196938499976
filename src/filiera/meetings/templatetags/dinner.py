"""What the board of a dinner says of a guest."""

from django import template

from filiera.meetings.queries.dinner_seating import SeatedGuest
from filiera.meetings.queries.dinner_words import company_words

register = template.Library()


@register.filter
def company(seated: SeatedGuest) -> str:
    return company_words(seated)
