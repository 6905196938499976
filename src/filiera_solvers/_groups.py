"""Dividing people into groups that are as mixed as possible (maximally diverse grouping)."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from filiera_solvers._check_groups import check_groups
from filiera_solvers._compiled import has_compiler
from filiera_solvers._frame import Clock, Limits, Status
from filiera_solvers._groups_instance import FREE, GroupsInstance, GroupsResult
from filiera_solvers._groups_search import Annealer, Search, Table, add_rules
from filiera_solvers._groups_start import Conflict, start_grouping

EXACT_UP_TO = 12  # people; beyond, 3^n subsets are too many


def solve_groups(instance: GroupsInstance, limits: Limits) -> GroupsResult:
    """Divide people into groups with the greatest sum of distances within groups, wishes and move prices.

    Up to twelve people the answer is proven by enumeration. Beyond, several annealings run one after the
    other (side by side on several threads) until the time or the planned effort is over; the answer depends
    on the seed alone when the time does not bind. The bound adds up each person's greatest distances.

    Parameters
    ----------
    instance : GroupsInstance
        Distances, bounds and rules; value in the unit of the distances.
    limits : Limits
        Time, seed, threads, callbacks.

    Returns
    -------
    GroupsResult
        ``group_of`` (n,) int, ``value`` (greater is better), ``bound``, ``status``, the checker's verdict;
        infeasible with the smallest conflict found when the rules contradict each other.

    Raises
    ------
    InvalidInstance
        By the instance and the limits themselves.

    References
    ----------
    Lai, Hao (2016), Iterated maxima search for the maximally diverse grouping problem, EJOR 254.
    Yang, Cai, Jin, Tang, Gao (2022), A three-phase search approach with dynamic population size, EJOR 302.
    """
    clock = Clock(limits)
    engine = load_engine()
    if instance.people_count <= EXACT_UP_TO:
        return _enumerated(instance, limits, clock, engine)
    random = np.random.default_rng([limits.seed, 0])
    table, bound = Table.of(instance), upper_bound(instance)
    prepare_groups()
    clock.start()
    start = start_grouping(instance, random, clock)
    if isinstance(start, Conflict):
        return _infeasible(limits, clock, start)
    group_of, status = Search(table, clock, engine, bound).run(start)
    verdict = check_groups(instance, group_of.tolist())
    if verdict.value is not None and verdict.valid and verdict.value >= bound - 1e-9 * abs(bound):
        status = Status.OPTIMAL
    return GroupsResult(
        status=status,
        value=verdict.value,
        bound=max(bound, verdict.value or bound),
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=limits.seed,
        checker=verdict,
        group_of=group_of,
    )


def upper_bound(instance: GroupsInstance) -> float:
    """Return a sum no grouping exceeds: each with the most distant others that fit, in the best place."""
    others = min(int(instance.largest.max()), instance.people_count) - 1
    pairs = 0.0
    for person, row in enumerate(instance.distance):
        farthest = np.sort(np.delete(row, person))[::-1][:others]
        pairs += float(farthest[farthest > 0].sum()) / 2
    return pairs + float(instance.worth().max(axis=1).sum())


def load_engine() -> ModuleType:
    """Return the compiled kernels, or their numpy equivalents where there is no compiler."""
    if has_compiler():
        from filiera_solvers import _groups_kernel  # loads the compiler

        return _groups_kernel
    from filiera_solvers import _groups_numpy

    return _groups_numpy


def prepare_groups() -> None:
    """Compile all kernels into their cache on disk, or load them from there."""
    if not has_compiler():
        return
    instance = GroupsInstance(
        distance=np.ones((4, 4)) - np.eye(4),
        smallest=np.array([1, 1]),
        largest=np.array([3, 3]),
        together=((0, 1),),
    )
    engine = load_engine()
    start = np.array([0, 0, 1, 1])
    Annealer(Table.of(instance), engine, start, (0, 0)).run(1.0, 1.0, 1)
    small = np.ones(2, dtype=np.int32)
    choice = np.zeros((2, 1 << 2), dtype=np.int32)
    engine.best_by_subsets(np.zeros((2, 2)), np.zeros((2, 2)), small, small, choice)


def _infeasible(limits: Limits, clock: Clock, conflict: Conflict) -> GroupsResult:
    return GroupsResult(
        status=Status.INFEASIBLE if conflict.reasons else clock.stopped_status(),
        value=None,
        bound=None,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=limits.seed,
        checker=None,
        conflict=conflict.reasons,
        conflict_rules=conflict.rules,
    )


def _enumerated(instance: GroupsInstance, limits: Limits, clock: Clock, engine: ModuleType) -> GroupsResult:
    """Prove the best grouping by going through all subsets."""
    weight, worth = instance.distance.copy(), instance.worth().T.copy()
    penalty = 4.0 * (np.abs(weight).sum() + np.abs(worth).sum()) + 1.0
    add_rules(instance, weight, worth, penalty, penalty)
    choice = np.zeros((instance.group_count, 1 << instance.people_count), dtype=np.int32)
    smallest, largest = instance.smallest.astype(np.int32), instance.largest.astype(np.int32)
    prepare_groups()
    clock.start()
    engine.best_by_subsets(weight, worth, smallest, largest, choice)
    group_of = np.full(instance.people_count, FREE, dtype=np.int64)
    mask = (1 << instance.people_count) - 1
    for group in range(instance.group_count - 1, -1, -1):
        part = int(choice[group, mask])
        group_of[[person for person in range(instance.people_count) if part >> person & 1]] = group
        mask ^= part
    verdict = check_groups(instance, group_of.tolist())
    if not verdict.valid:
        conflict = start_grouping(instance, np.random.default_rng([limits.seed, 0]), clock)
        found = conflict if isinstance(conflict, Conflict) else Conflict(verdict.broken)
        return _infeasible(limits, clock, found)
    return GroupsResult(
        status=Status.OPTIMAL,
        value=verdict.value,
        bound=verdict.value,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=limits.seed,
        checker=verdict,
        group_of=group_of,
    )
