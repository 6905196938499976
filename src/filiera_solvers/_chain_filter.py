"""Which candidates can matter: the best few of each class of stage, country and size.

Within a class two candidates differ only in their fit and their organisation, because links depend on
countries. Of a chain that uses a lesser one, a better one can take the place, unless its organisation is busy
at another stage or the chain would become one already told. So the k best of each class suffice, k being the
number of places in a chain plus the number of chains told before.
"""

from __future__ import annotations

import numpy as np

from filiera_solvers._chain_instance import BoolArray, ChainInstance, IntArray

MOST_PAIRED = 400  # candidates with links of their own that are looked at


def candidates_that_matter(instance: ChainInstance) -> tuple[IntArray, bool]:
    """Return the candidates a best chain may need, and whether leaving out the others is proven right."""
    places = len(instance.stages) * (2 if instance.rules.second_source else 1)
    told_before = instance.alternatives - 1
    named = instance.fixed.copy()
    named[instance.previous[instance.previous >= 0]] = True
    paired, is_exact = _paired(instance)
    named = (named | paired) & ~instance.excluded
    ordinary = ~(instance.excluded | named)
    best = best_of_each_class(instance, ordinary, places + told_before)
    free_needed = 1 + int(instance.rules.second_source) + told_before
    kept = _without_the_never_needed(instance, best, named, free_needed)
    return np.union1d(kept, named.nonzero()[0]), is_exact


def best_of_each_class(instance: ChainInstance, among: BoolArray, keep: int) -> IntArray:
    """Return the ``keep`` best of each class, one per organisation, best first within each class."""
    candidates = among.nonzero()[0]
    group = _class_of(instance)[candidates]
    order = np.lexsort((candidates, -instance.fit[candidates], group))
    candidates, group = candidates[order], group[order]
    own = group * np.int64(len(instance.organisations)) + instance.organisation[candidates]
    _, first = np.unique(own, return_index=True)
    first.sort()
    candidates, group = candidates[first], group[first]
    return candidates[_rank_in_group(group) < keep]


def _without_the_never_needed(
    instance: ChainInstance, best: IntArray, named: BoolArray, free_needed: int
) -> IntArray:
    """Stop in each class after enough candidates whose organisation can be busy nowhere else."""
    offers = np.bincount(
        instance.organisation[np.concatenate((best, named.nonzero()[0]))],
        minlength=len(instance.organisations),
    )
    is_free = offers[instance.organisation[best]] == 1
    group = _class_of(instance)[best]
    before = np.cumsum(is_free) - is_free
    _, start, position = np.unique(group, return_index=True, return_inverse=True)
    needed: BoolArray = before - before[start][position] < free_needed
    return np.asarray(best[needed])


def _class_of(instance: ChainInstance) -> IntArray:
    return (instance.stage * len(instance.countries) + instance.country) * 2 + instance.is_sme


def _rank_in_group(group: IntArray) -> IntArray:
    if not len(group):
        return group
    starts = np.concatenate(([True], group[1:] != group[:-1]))
    index = np.arange(len(group))
    return index - np.maximum.accumulate(np.where(starts, index, 0))


def _paired(instance: ChainInstance) -> tuple[BoolArray, bool]:
    """Return the candidates with links of their own, the most promising if there are too many."""
    paired = np.zeros(len(instance.candidates), dtype=np.bool_)
    if not len(instance.pairs):
        return paired, True
    promise = instance.fit_weight * instance.fit
    for side in (0, 1):
        best = np.full(len(instance.candidates), -np.inf)
        np.maximum.at(best, instance.pairs[:, side], instance.link_weight * instance.pair_link)
        promise = promise + np.where(np.isfinite(best), np.maximum(best, 0), 0)
    members = np.unique(instance.pairs)
    chosen = members[np.lexsort((members, -promise[members]))][:MOST_PAIRED]
    paired[chosen] = True
    return paired, len(members) <= MOST_PAIRED
