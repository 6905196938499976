"""Calendar periods: years, quarters and months in the zone of the figures, as moments in UTC.

One zone for the whole installation: the year of a meta-cluster is then the year of its clusters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.indicators.definition.shape import PeriodKind
from filiera.shared.errors import DomainError

_YEAR = re.compile(r"^(\d{4})$")
_QUARTER = re.compile(r"^(\d{4})-Q([1-4])$")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_MONTHS = {PeriodKind.YEAR: 12, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class UnknownPeriod(DomainError):
    message = gettext_lazy("A period is a year, a quarter or a month: 2023, 2023-Q2 or 2023-05.")


def figures_zone() -> ZoneInfo:
    """The zone whose calendar all figures follow."""
    return ZoneInfo(settings.FIGURES_ZONE)


class PeriodNotBegun(DomainError):
    message = gettext_lazy("This period has not begun yet.")
    field = "period"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar period; `start_on` is its first day, `until_on` the first day after it."""

    start_on: date
    until_on: date

    @property
    def kind(self) -> PeriodKind:
        months = (self.until_on.year - self.start_on.year) * 12 + self.until_on.month - self.start_on.month
        lengths = {12: PeriodKind.YEAR, 3: PeriodKind.QUARTER, 1: PeriodKind.MONTH}
        return lengths.get(months, PeriodKind.EDITION)

    @property
    def code(self) -> str:
        """2023, 2023-Q2 or 2023-05; of a span of years its first and its last one."""
        match self.kind:
            case PeriodKind.EDITION:
                return f"{self.start_on.year}-{self.until_on.year - 1}"
            case PeriodKind.YEAR:
                return f"{self.start_on.year}"
            case PeriodKind.QUARTER:
                return f"{self.start_on.year}-Q{self.start_on.month // 3 + 1}"
            case _:
                return f"{self.start_on.year}-{self.start_on.month:02d}"

    @property
    def words(self) -> str:
        """How a page names it."""
        match self.kind:
            case PeriodKind.EDITION:
                return f"{self.start_on.year}\N{EN DASH}{self.until_on.year - 1}"
            case PeriodKind.YEAR:
                return str(self.start_on.year)
            case PeriodKind.QUARTER:
                quarter = self.start_on.month // 3 + 1
                return _("quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": self.start_on.year}
            case _:
                return date_format(self.start_on, "F Y")

    @property
    def starts_at(self) -> datetime:
        return day_starts_at(self.start_on)

    @property
    def ends_at(self) -> datetime:
        return day_starts_at(self.until_on)

    def before(self) -> "Period":
        """The period of the same length just before."""
        months = _MONTHS[self.kind]
        return Period(_shifted(self.start_on, -months), self.start_on)

    def after(self) -> "Period":
        months = _MONTHS[self.kind]
        return Period(self.until_on, _shifted(self.until_on, months))

    def is_closed(self, at: datetime) -> bool:
        return self.ends_at <= at

    def is_future(self, at: datetime) -> bool:
        return self.starts_at > at


def parse_period(code: str) -> Period:
    """The period of a code such as 2023, 2023-Q2 or 2023-05.

    Raises UnknownPeriod.
    """
    if found := _YEAR.match(code):
        year, month, months = int(found[1]), 1, 12
    elif found := _QUARTER.match(code):
        year, month, months = int(found[1]), int(found[2]) * 3 - 2, 3
    elif found := _MONTH.match(code):
        year, month, months = int(found[1]), int(found[2]), 1
    else:
        raise UnknownPeriod
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UnknownPeriod
    start = date(year, month, 1)
    return Period(start, _shifted(start, months))


def period_of(moment: datetime, kind: PeriodKind) -> Period:
    """The period of a kind in which a moment lies, by the calendar of the figures."""
    day = day_of(moment)
    months = _MONTHS[kind]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(start, _shifted(start, months))


def periods_between(first: datetime, last: datetime, kind: PeriodKind) -> list[Period]:
    """All periods of a kind from the one of `first` to the one of `last`."""
    return list(_from_to(period_of(first, kind), period_of(last, kind)))


def day_starts_at(day: date) -> datetime:
    """The moment, in UTC, at which a day begins by the clocks of the figures' zone."""
    return datetime.combine(day, time(0), figures_zone()).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day that it is at a moment by the clocks of the figures' zone."""
    return moment.astimezone(figures_zone()).date()


def microseconds(moment: datetime) -> int:
    """A moment as whole microseconds since 1970, which every engine compares alike."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _from_to(first: Period, last: Period) -> Iterator[Period]:
    while first <= last:
        yield first
        first = first.after()


def _shifted(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
