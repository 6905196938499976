"""The year that a page of figures shows."""

from datetime import datetime

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators.definition import PeriodKind
from filiera.indicators.periods import Period, UnknownPeriod, parse_period, period_of


def year_asked(request: ViewerRequest, at: datetime) -> Period:
    """The year in the address, else the last that is closed."""
    last = period_of(at, PeriodKind.YEAR).before()
    try:
        asked = parse_period(request.GET.get("year", ""))
    except UnknownPeriod:
        return last
    return asked if asked.kind == PeriodKind.YEAR and not asked.is_future(at) else last


def years_to_choose(at: datetime, count: int = 6) -> list[Period]:
    """The running year and those before it, the latest first."""
    years = [period_of(at, PeriodKind.YEAR)]
    while len(years) < count:
        years.append(years[-1].before())
    return years
