"""Declared figures as the computing takes them in."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from filiera.indicators.models import Declaration


def declared_figures(bodies: Iterable[int]) -> dict[tuple[str, int, date, date], Decimal]:
    """What these organisations declared and a second person confirmed, by code, body and days."""
    rows = Declaration.objects.standing().filter(organisation__in=list(bodies))
    told = rows.values_list("code", "organisation_id", "start_on", "until_on", "value")
    return {(code, body, start, until): value for code, body, start, until, value in told}
