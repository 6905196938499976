"""Differences in differences over the years after joining, with intervals that hold.

For a member i that joined in year g, with the firms j that it is compared with and year e counted from
joining, the difference is (y of i in g+e less y of i in g-1) less the weighted mean of the same for j.
Heckman, Ichimura and Todd (1997), Review of Economic Studies 64, for matched differences in differences.

What matching leaves unequal is taken out by a regression of the others' changes on the covariates: Abadie
and Imbens (2011), Bias-corrected matching estimators for average treatment effects, Journal of Business and
Economic Statistics 29.

The variance is that of Abadie and Imbens (2006), Large sample properties of matching estimators for average
treatment effects, Econometrica 74, theorem 7, summed over firms: a firm that is used for several members, in
several years' groups, or first as a comparison and later as a member, counts as one. (The ordinary bootstrap
does not hold for matching with replacement: Abadie and Imbens 2008, Econometrica 76.)
"""

from dataclasses import dataclass

import numpy as np

from .matching import Matches, dummies
from .panel import Booleans, Floats, Integers, Panel
from .results import Effect, Pretrend

_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences of all members (rows) and years (columns), and what their errors are made of."""

    years: tuple[int, ...]
    member: Integers
    difference: Floats
    pair_error: Floats
    matches: Matches

    @property
    def is_known(self) -> Booleans:
        known: Booleans = np.isfinite(self.difference)
        return known


@dataclass(frozen=True, slots=True)
class Estimates:
    """Means of differences over sets of years, with the covariance of them all."""

    values: Floats
    covariance: Floats
    members: tuple[int, ...]
    compared: tuple[int, ...]
    freedom: float


def differences(panel: Panel, matches: Matches, years: tuple[int, ...]) -> Differences:
    """The difference of each member in each of the years counted from joining; NaN where one is missing."""
    stack = matches.stack
    member = np.unique(matches.member)
    place = np.searchsorted(member, matches.member)
    found = np.full((len(member), len(years)), np.nan)
    errors = np.zeros((len(matches.member), len(years)))
    for column, year in enumerate(years):
        change = _changes(panel, matches, year)
        is_known = np.isfinite(change[matches.member]) & np.isfinite(change[matches.other])
        if not is_known.any():
            continue
        total = np.bincount(place, weights=matches.weight * is_known, minlength=len(member))
        weight = np.where(is_known, matches.weight, 0.0) / np.where(total > 0, total, 1.0)[place]
        slopes, residual = _regressed(matches, weight, change)
        unequal = stack.covariates[matches.member] - stack.covariates[matches.other]
        expected = np.where(is_known, change[matches.other] + unequal @ slopes, 0.0)
        without = np.bincount(place, weights=weight * expected, minlength=len(member))
        found[:, column] = np.where(total > 0, change[member] - without, np.nan)
        errors[:, column] = np.where(is_known, weight * residual[matches.other], 0.0)
    return Differences(years, member, found, errors, matches)


def estimates(found: Differences, sets: tuple[tuple[int, ...], ...]) -> Estimates:
    """The mean difference over each set of years, every member and year with the same weight."""
    matches, stack = found.matches, found.matches.stack
    chosen = np.array([[year in some for some in sets] for year in found.years], dtype=float)
    is_known = found.is_known
    known = np.where(is_known, found.difference, 0.0)
    counts = (is_known.astype(float) @ chosen).sum(axis=0)
    values = np.divide((known @ chosen).sum(axis=0), counts, out=np.full(len(sets), np.nan), where=counts > 0)
    safe = np.where(counts > 0, counts, 1.0)
    own = (known @ chosen - (is_known.astype(float) @ chosen) * np.nan_to_num(values)) / safe
    pairs = (found.pair_error @ chosen) / safe
    by_firm = np.zeros((int(stack.firm.max()) + 1 if len(stack.firm) else 0, len(sets)))
    np.add.at(by_firm, stack.firm[found.member], own)
    np.add.at(by_firm, stack.firm[matches.other], -pairs)
    # A member's own term holds the noise of its comparisons already; without this it would count twice.
    covariance = by_firm.T @ by_firm - pairs.T @ pairs
    members = tuple(int(count) for count in ((is_known.astype(float) @ chosen) > 0).sum(axis=0))
    compared = tuple(_firms_used(found, chosen[:, column] > 0) for column in range(len(sets)))
    freedom = max(1.0, min(len(found.member), effective_firms(matches)) - 1.0)
    return Estimates(values, covariance, members, compared, freedom)


def effect(found: Estimates, number: int, year: int | None) -> Effect:
    """One of the estimates with its 95 % interval."""
    from scipy import stats

    value = float(found.values[number])
    error = float(np.sqrt(max(found.covariance[number, number], 0.0)))
    reach = float(stats.t.ppf((1 + _LEVEL) / 2, found.freedom)) * error
    p = float(2 * stats.t.sf(abs(value) / error, found.freedom)) if error > 0 else 1.0
    return Effect(
        year=year,
        value=value,
        error=error,
        low=value - reach,
        high=value + reach,
        p=p,
        members=found.members[number],
        compared=found.compared[number],
    )


def pretrend(found: Estimates, numbers: list[int]) -> Pretrend:
    """A joint test that all differences before joining are zero."""
    from scipy import stats

    values = found.values[numbers]
    covariance = found.covariance[np.ix_(numbers, numbers)]
    statistic = float(values @ np.linalg.pinv(covariance, hermitian=True) @ values) / len(numbers)
    return Pretrend(
        statistic=statistic,
        p=float(stats.f.sf(statistic, len(numbers), found.freedom)),
        years=len(numbers),
        members=min(found.members[number] for number in numbers),
    )


def effective_firms(matches: Matches) -> float:
    """How many firms compared with equal weight would tell as much (Kish 1965)."""
    used = np.bincount(matches.stack.firm, weights=matches.weights_of_rows())
    total = float((used**2).sum())
    return float(used.sum()) ** 2 / total if total else 0.0


def _changes(panel: Panel, matches: Matches, year: int) -> Floats:
    """How each row of the stack changed from the year before joining to this one."""
    stack = matches.stack
    column = stack.cohort + year - panel.first_year
    inside = (column >= 0) & (column < panel.outcome.shape[1])
    then = panel.outcome[stack.firm, np.where(inside, column, 0)]
    before = panel.outcome[stack.firm, stack.cohort - 1 - panel.first_year]
    change: Floats = np.where(inside, then - before, np.nan)
    return change


def _regressed(matches: Matches, weight: Floats, change: Floats) -> tuple[Floats, Floats]:
    """Slopes of the others' changes on the covariates, and the residual of every row of the stack."""
    import statsmodels.api as sm

    stack = matches.stack
    used = np.bincount(matches.other, weights=weight, minlength=len(stack.firm))
    rows = np.flatnonzero(used > 0)
    count = stack.covariates.shape[1]
    centre = stack.covariates[rows].mean(axis=0) if len(rows) else np.zeros(count)
    design = np.column_stack([stack.covariates[rows] - centre, dummies(stack, rows)])
    residual = np.zeros(len(stack.firm))
    rank = int(np.linalg.matrix_rank(design))
    if len(rows) < 2 * rank:
        # Too few to learn slopes from: no correction, and the plain spread as the error.
        residual[rows] = change[rows] - np.average(change[rows], weights=used[rows])
        return np.zeros(count), residual
    fit = sm.WLS(change[rows], design, weights=used[rows]).fit()
    residual[rows] = np.asarray(fit.resid) * np.sqrt(len(rows) / (len(rows) - rank))
    slopes: Floats = np.asarray(fit.params[:count], dtype=np.float64)
    return slopes, residual


def _firms_used(found: Differences, columns: Booleans) -> int:
    stack = found.matches.stack
    place = np.searchsorted(found.member, found.matches.member)
    is_known: Booleans = np.atleast_1d(found.is_known[:, columns].any(axis=1))[place]
    return len(np.unique(stack.firm[found.matches.other[is_known]]))
