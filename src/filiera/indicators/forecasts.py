"""Where a figure goes if its steps go on as they were, told only where enough points carry it.

The method is a random walk with drift: the step from one period to the next has a mean and a spread, both
estimated from the steps seen. The interval at the 95 % level holds the spread of the steps to come and how
little is known of the mean; with few steps it is wide, and that is what it should say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import sqrt
from statistics import NormalDist, fmean, stdev

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.indicators.definition import Change, Definition, Share
from filiera.indicators.periods import Period
from filiera.indicators.words import number_words

LEAST_POINTS = 8
_LEVEL = 0.95
_AHEAD = 3

TOO_FEW = gettext_lazy("A forecast needs at least eight closed periods without a gap: fewer tell nothing.")
NEVER_MOVED = gettext_lazy("The figure never moved: nothing tells how far it could.")


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """One period ahead: the middle, and the ends of the interval."""

    period: Period
    middle: Decimal
    low: Decimal
    high: Decimal

    def interval_words(self, definition: Definition) -> str:
        """Between what it lies, without the unit."""
        return _("%(low)s to %(high)s") % {
            "low": number_words(self.low, definition),
            "high": number_words(self.high, definition),
        }


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was found, or why nothing is told."""

    points: tuple[ForecastPoint, ...] = ()
    refusal: str | Promise = ""
    known: int = 0


def forecast_of(series: Sequence[tuple[Period, Decimal | None]], definition: Definition) -> Forecast:
    """Three periods ahead from closed ones, the earliest first; a gap ends what can be used."""
    run = _last_run(series)
    if len(run) < LEAST_POINTS:
        return Forecast(refusal=TOO_FEW, known=len(run))
    steps = [float(after - before) for (_p, before), (_q, after) in pairwise(run)]
    if len(set(steps)) == 1:
        return Forecast(refusal=NEVER_MOVED, known=len(run))
    drift, spread = fmean(steps), stdev(steps)
    error = spread / sqrt(len(steps))
    factor = student_quantile((1 + _LEVEL) / 2, len(steps) - 1)
    period, last = run[-1][0], float(run[-1][1])
    points = []
    for ahead in range(1, _AHEAD + 1):
        period = period.after()
        half = factor * sqrt(ahead * spread**2 + (ahead * error) ** 2)
        middle = last + ahead * drift
        points.append(
            ForecastPoint(
                period,
                _told(middle, definition),
                _told(middle - half, definition),
                _told(middle + half, definition),
            )
        )
    return Forecast(points=tuple(points), known=len(run))


def student_quantile(probability: float, freedom: int) -> float:
    """The quantile of Student's distribution; from six degrees of freedom on, within 0.001.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5: a series around the normal quantile,
    for which no page process has to carry a library of statistics.
    """
    x = NormalDist().inv_cdf(probability)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92_160,
    )
    return float(x + sum(term / freedom**power for power, term in enumerate(terms, start=1)))


def _last_run(series: Sequence[tuple[Period, Decimal | None]]) -> list[tuple[Period, Decimal]]:
    """The latest stretch of periods that follow each other and all have a value."""
    run: list[tuple[Period, Decimal]] = []
    for period, value in series:
        if value is None or (run and run[-1][0].after() != period):
            run = []
        if value is not None:
            run.append((period, value))
    return run


def _told(value: float, definition: Definition) -> Decimal:
    """Rounded as the figure is, and never below nothing where less than nothing cannot be."""
    within = value if isinstance(definition.measure, Change) else max(value, 0.0)
    if isinstance(definition.measure, Share):
        within = min(within, 100.0)
    return Decimal(repr(within)).quantize(Decimal(1).scaleb(-definition.precision))
