"""How ratings from 1 to 5 lie: the middle, the spread, and how far people disagree."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from filiera.workshops.models import HIGHEST_POINT, LOWEST_POINT

AGREED_BELOW, SPLIT_FROM = 0.35, 0.6
_FAR_FROM_MEDIAN = 2


@dataclass(frozen=True, slots=True)
class Spread:
    """What may be told of the ratings of one scale."""

    count: int
    median: float
    lower: float
    upper: float
    polarisation: float
    # How many chose each point, from the lowest to the highest.
    counts: tuple[int, ...]

    @property
    def agreement(self) -> str:
        """In a word for pages: "agreed", "mixed" or "split"."""
        if self.polarisation < AGREED_BELOW:
            return "agreed"
        return "split" if self.polarisation >= SPLIT_FROM else "mixed"


def spread_of(points: Sequence[int]) -> Spread:
    """The spread of at least two ratings.

    Quartiles are those of Hyndman and Fan's seventh kind ("inclusive"), as spreadsheets have them.
    """
    lower, _middle, upper = quantiles(points, n=4, method="inclusive")
    counts = tuple(points.count(point) for point in range(LOWEST_POINT, HIGHEST_POINT + 1))
    return Spread(
        count=len(points),
        median=median(points),
        lower=lower,
        upper=upper,
        polarisation=polarisation(counts),
        counts=counts,
    )


def polarisation(counts: Sequence[int]) -> float:
    """Leik's ordinal dispersion D: 0 when all choose one point, 1 when two equal halves choose the two ends.

    With F the cumulative shares, d = F where F is up to one half and 1 - F beyond it; D is twice the sum of
    d over all points, divided by the number of points less one. It uses the order of the points alone, not
    their distances. An even spread over five points gives 0.6.

    Source: R. K. Leik (1966), A Measure of Ordinal Consensus, Pacific Sociological Review 9(2), 85-90.
    """
    total = sum(counts)
    if not total or len(counts) < 2:
        return 0.0
    up_to, dispersed = 0, 0.0
    for count in counts:
        up_to += count
        share = up_to / total
        dispersed += min(share, 1 - share)
    return round(2 * dispersed / (len(counts) - 1), 6)


def is_far_out(point: int, spread: Spread) -> bool:
    """Whether a rating lies so far from the others that its reasons are worth hearing.

    The Delphi method asks those outside the quartiles. Where opinions are split the quartiles reach the ends
    and nobody is outside them, so whoever stands two points or more from the median is asked as well.

    Source: N. Dalkey and O. Helmer (1963), An Experimental Application of the Delphi Method to the Use of
    Experts, Management Science 9(3), 458-467.
    """
    is_outside = point < spread.lower or point > spread.upper
    return is_outside or abs(point - spread.median) >= _FAR_FROM_MEDIAN
