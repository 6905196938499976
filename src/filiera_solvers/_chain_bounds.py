"""Which candidates and handovers can still be in a best chain, by Lagrange's bound.

Limits per country and the share of small companies are priced instead of kept; what is left is a longest path
through the stages, and every candidate and handover through which even the longest path is worth less than a
chain already known can be left out.

References
----------
Geoffrion (1974), Lagrangean relaxation for integer programming. Polyak (1969), for the step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from filiera_solvers._chain_instance import BoolArray, ChainInstance, FloatArray, IntArray
from filiera_solvers._check_chain import check_chain

STEPS = 400
PATIENCE = 15
NOTHING = -1e18
SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Reduction:
    """What is left: ``kept`` candidates, and ``handover`` (n_stages - 1, n_countries, n_countries) bool."""

    kept: IntArray
    handover: BoolArray


@dataclass(frozen=True, slots=True)
class _Prices:
    country: FloatArray
    small: float


@dataclass(frozen=True, slots=True)
class _Paths:
    bound: float
    members: IntArray
    through_candidate: FloatArray
    through_handover: FloatArray


def reduce_candidates(
    instance: ChainInstance, kept: IntArray, *, least_worth: float | None = None
) -> Reduction | None:
    """Return what a best chain may use, or any chain worth at least ``least_worth``.

    None when the bound says nothing, or does not cover the rules.
    """
    if instance.rules.second_source or len(instance.pairs) or len(instance.stages) < 2:
        return None
    if len(np.unique(instance.stage[kept])) < len(instance.stages):
        return None
    prices = _Prices(np.zeros(len(instance.countries)), 0.0)
    worth = NOTHING if least_worth is None else least_worth
    lowest, since, length = np.inf, 0, 1.0
    lowest_prices = prices
    for _ in range(STEPS):
        paths = _longest_paths(instance, kept, prices)
        nobody = [-1] * len(instance.stages)
        verdict = check_chain(instance, paths.members.tolist(), nobody)
        if verdict.valid and verdict.value is not None and least_worth is None:
            worth = max(worth, verdict.value)
        since += 1
        if paths.bound < lowest - 1e-9:
            lowest, lowest_prices, since = paths.bound, prices, 0
        if since >= PATIENCE:
            length, since = length / 2, 0
        # A hundredth below the bound stands in for a chain as long as none is known.
        aim = worth if worth > NOTHING else lowest - 0.01 * abs(lowest)
        stepped = _stepped(instance, prices, paths, length, aim)
        if stepped is None:
            break
        prices = stepped
    if worth <= NOTHING:
        return None
    paths = _longest_paths(instance, kept, lowest_prices)
    return Reduction(
        kept=kept[paths.through_candidate >= worth - SLACK],
        handover=paths.through_handover >= worth - SLACK,
    )


def _stepped(
    instance: ChainInstance, prices: _Prices, paths: _Paths, length: float, aim: float
) -> _Prices | None:
    """Raise the prices of what is used too much, lower the others; None when nothing pulls any more."""
    rules = instance.rules
    most = rules.most_per_country if rules.most_per_country is not None else len(instance.stages)
    used = np.bincount(instance.country[paths.members], minlength=len(instance.countries))
    over = np.where((used > most) | (prices.country > 0), used - most, 0).astype(np.float64)
    short = float(instance.least_sme - int(instance.is_sme[paths.members].sum()))
    if short < 0 and prices.small == 0:
        short = 0.0
    square = float((over**2).sum()) + short**2
    if square == 0 or paths.bound <= aim:
        return None
    step = length * (paths.bound - aim) / square
    return _Prices(np.maximum(prices.country + step * over, 0), max(prices.small + step * short, 0.0))


def _longest_paths(instance: ChainInstance, kept: IntArray, prices: _Prices) -> _Paths:
    """Find the longest path, and the longest through each candidate and each handover."""
    stages, countries = len(instance.stages), len(instance.countries)
    rules = instance.rules
    own = instance.fit_weight * instance.fit[kept] - prices.country[instance.country[kept]]
    own = own + prices.small * instance.is_sme[kept]
    stage, country = instance.stage[kept], instance.country[kept]
    node = np.full((stages, countries), NOTHING)
    np.maximum.at(node, (stage, country), own)
    link = instance.link_weight * instance.link
    forward, backward = np.empty_like(node), np.empty_like(node)
    forward[0], backward[-1] = node[0], node[-1]
    for index in range(1, stages):
        forward[index] = node[index] + (forward[index - 1][:, None] + link[index - 1]).max(axis=0)
        back = stages - 1 - index
        backward[back] = node[back] + (link[back] + backward[back + 1][None, :]).max(axis=1)
    most = rules.most_per_country if rules.most_per_country is not None else stages
    constant = most * float(prices.country.sum()) - prices.small * instance.least_sme
    through_handover = forward[:-1, :, None] + link + backward[1:, None, :] + constant
    through_node = forward + backward - node
    return _Paths(
        bound=float(forward[-1].max()) + constant,
        members=_members(kept, stage, country, own, _path(forward, link)),
        through_candidate=through_node[stage, country] - node[stage, country] + own + constant,
        through_handover=through_handover,
    )


def _path(forward: FloatArray, link: FloatArray) -> list[int]:
    path = [int(forward[-1].argmax())]
    for index in range(len(forward) - 2, -1, -1):
        path.insert(0, int((forward[index] + link[index][:, path[0]]).argmax()))
    return path


def _members(
    kept: IntArray, stage: IntArray, country: IntArray, own: FloatArray, path: list[int]
) -> IntArray:
    members = np.empty(len(path), dtype=np.int64)
    for index, place in enumerate(path):
        inside = ((stage == index) & (country == place)).nonzero()[0]
        members[index] = kept[inside[own[inside].argmax()]]
    return members
