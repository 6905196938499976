"""Whom each member is compared with: firms of the same classes, near in the year before joining.

Rosenbaum and Rubin (1983), The central role of the propensity score in observational studies for causal
effects, Biometrika 70. Rosenbaum and Rubin (1985), Constructing a control group using multivariate matched
sampling methods that incorporate the propensity score, The American Statistician 39: calipers on the logit,
Mahalanobis distance within them. Austin (2011), Optimal caliper widths, Pharmaceutical Statistics 10: 0.2
standard deviations of the logit.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from .panel import UNKNOWN, Booleans, Floats, Integers, Panel, Settings

_TIE = 1.5e-8
"""Distances closer than this are equal, and all who are equally near are taken."""
_AT_ONCE = 400
"""Members whose distances to everybody are held in memory together."""


@dataclass(frozen=True, slots=True)
class Stack:
    """For each year of joining the members of that year, and beside them all who could be compared.

    A firm may stand in several years' groups; one that joins later is compared only with those who joined so
    much earlier that it stays outside for the whole window. So nobody who has joined already serves as a
    comparison, which is what biases two-way fixed effects under staggered joining: Goodman-Bacon (2021),
    Callaway and Sant'Anna (2021), both Journal of Econometrics 225; stacked as in Cengiz et al. (2019),
    Quarterly Journal of Economics 134.
    """

    firm: Integers
    cohort: Integers
    is_member: Booleans
    covariates: Floats
    classes: Integers
    cell: Integers


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs of a member and a firm it is compared with, as rows of the stack; a member’s weights sum to 1."""

    stack: Stack
    member: Integers
    other: Integers
    weight: Floats

    def weights_of_rows(self) -> Floats:
        """How often each row of the stack is used."""
        used: Floats = np.bincount(self.other, weights=self.weight, minlength=len(self.stack.firm)).astype(
            np.float64
        )
        return used


def stacked(panel: Panel, settings: Settings) -> Stack:
    """The groups of all years of joining, as they stood in the year before."""
    firms, cohorts, members, covariates, classes = [], [], [], [], []
    for year in sorted({int(year) for year in panel.joined if panel.first_year < year <= panel.last_year}):
        before = year - 1 - panel.first_year
        until = min(year + settings.years_after, panel.last_year)
        is_member = panel.joined == year
        known = np.isfinite(panel.outcome[:, before]) & np.isfinite(panel.covariates[:, before]).all(axis=1)
        known &= (panel.classes[:, before] != UNKNOWN).all(axis=1)
        rows = np.flatnonzero(known & (is_member | (panel.joined > until)))
        firms.append(rows)
        cohorts.append(np.full(len(rows), year, dtype=np.int64))
        members.append(is_member[rows])
        covariates.append(panel.covariates[rows, before])
        classes.append(panel.classes[rows, before])
    if not firms:
        return _empty(panel)
    all_classes, cohort = np.concatenate(classes), np.concatenate(cohorts)
    keys = np.column_stack([cohort, all_classes])
    _unique, cell = np.unique(keys, axis=0, return_inverse=True)
    return Stack(
        firm=np.concatenate(firms).astype(np.int64),
        cohort=cohort,
        is_member=np.concatenate(members),
        covariates=np.concatenate(covariates),
        classes=all_classes,
        cell=cell.reshape(-1).astype(np.int64),
    )


def matched(stack: Stack, settings: Settings) -> Matches:
    """The nearest of the same cell within the caliper, with replacement; who has nobody near is left out."""
    from scipy.spatial.distance import cdist

    index = _score(stack)
    if index is None:
        return _no_matches(stack)
    spread = _pooled_spread(index, stack.is_member)
    reach = np.inf if settings.caliper is None else settings.caliper * spread + _TIE
    if settings.method == "propensity":
        place = index[:, None]
    else:
        place = stack.covariates @ _whitening(stack.covariates)
    member: list[Integers] = []
    other: list[Integers] = []
    weight: list[Floats] = []
    for rows in _groups(stack.cell):
        ours, theirs = rows[stack.is_member[rows]], rows[~stack.is_member[rows]]
        if not len(theirs):
            continue
        for start in range(0, len(ours), _AT_ONCE):
            some = ours[start : start + _AT_ONCE]
            far = np.abs(index[some][:, None] - index[theirs][None, :]) > reach
            distance = cdist(place[some], place[theirs])
            distance[far] = np.inf
            near = _nearest(distance, settings.neighbours)
            found, column = np.nonzero(near)
            member.append(some[found])
            other.append(theirs[column])
            weight.append(1.0 / near.sum(axis=1)[found])
    if not member:
        return _no_matches(stack)
    return Matches(stack, np.concatenate(member), np.concatenate(other), np.concatenate(weight))


def _nearest(distance: Floats, count: int) -> Booleans:
    """The `count` nearest of each row, and all who are as near as the last of them."""
    if distance.shape[1] > count:
        last = np.partition(distance, count - 1, axis=1)[:, count - 1]
        near: Booleans = distance <= (last + _TIE)[:, None]
    else:
        near = np.ones(distance.shape, dtype=np.bool_)
    return near & np.isfinite(distance)


def _score(stack: Stack) -> Floats | None:
    """The part of the score's logit that covariates explain; None where they separate members from others.

    Rows of cells without members or without others say nothing and are left out of the fit. What a cell adds
    to everybody in it cannot tell its firms apart, so it is left out of the index.
    """
    import statsmodels.api as sm

    if not stack.covariates.shape[1]:
        return np.zeros(len(stack.firm))
    scaled = _standardised(stack.covariates)
    useful = _useful_rows(stack)
    if not useful.any():
        return None
    design = np.column_stack([scaled[useful], dummies(stack, useful)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.GLM(stack.is_member[useful].astype(float), design, family=sm.families.Binomial()).fit()
    slopes: Floats = np.asarray(fit.params[: scaled.shape[1]], dtype=np.float64)
    # Beyond ten on standardised values the fit has run off to infinity: the groups do not overlap.
    if not np.isfinite(slopes).all() or np.abs(slopes).max() > 10:
        return None
    index: Floats = scaled @ slopes
    return index


def dummies(stack: Stack, rows: Booleans | Integers) -> Floats:
    """A constant, and one column for each further year of joining and each further level of a class."""
    columns = [np.ones(len(stack.firm[rows]))]
    for values in (stack.cohort[rows], *stack.classes[rows].T):
        columns.extend((values == level).astype(float) for level in np.unique(values)[1:])
    return np.column_stack(columns)


def _useful_rows(stack: Stack) -> Booleans:
    count = int(stack.cell.max()) + 1 if len(stack.cell) else 0
    ours = np.bincount(stack.cell, weights=stack.is_member, minlength=count)
    all_rows = np.bincount(stack.cell, minlength=count)
    useful: Booleans = ((ours > 0) & (ours < all_rows))[stack.cell]
    return useful


def _standardised(values: Floats) -> Floats:
    spread = values.std(axis=0)
    result: Floats = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return result


def _pooled_spread(index: Floats, is_member: Booleans) -> float:
    parts = [index[side].var(ddof=1) for side in (is_member, ~is_member) if side.sum() > 1]
    return float(np.sqrt(np.mean(parts))) if parts else 0.0


def _whitening(values: Floats) -> Floats:
    """Multiplied by it, Euclidean distance is Mahalanobis distance."""
    if not values.shape[1]:
        return np.zeros((0, 1))
    covariance = np.atleast_2d(np.cov(values, rowvar=False))
    variances, directions = np.linalg.eigh(covariance)
    kept = variances > variances.max() * 1e-12
    result: Floats = directions[:, kept] / np.sqrt(variances[kept])
    return result


def _groups(cell: Integers) -> list[Integers]:
    order = np.argsort(cell, kind="stable")
    edges = np.flatnonzero(np.diff(cell[order])) + 1
    return np.split(order, edges)


def _no_matches(stack: Stack) -> Matches:
    none = np.zeros(0, dtype=np.int64)
    return Matches(stack, none, none, np.zeros(0))


def _empty(panel: Panel) -> Stack:
    none = np.zeros(0, dtype=np.int64)
    return Stack(
        firm=none,
        cohort=none,
        is_member=np.zeros(0, dtype=np.bool_),
        covariates=np.zeros((0, panel.covariates.shape[2])),
        classes=np.zeros((0, panel.classes.shape[2]), dtype=np.int64),
        cell=none,
    )
