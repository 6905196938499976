"""Meetings between two people at a time: who meets whom, when and where.

References
----------
B2B meeting scheduling: Gebser, Glase, Sabuncu, Schaub (2013); Bofill, Espasa, Garcia, Palahi, Suy, Villaret
(2014, 2022). Kempe chains in annealing: Thompson, Dowsland (1998).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from filiera_solvers import _meetings_kernel as kernel
from filiera_solvers._check_meetings import check_meetings, count_meetings
from filiera_solvers._compiled import has_compiler
from filiera_solvers._frame import Clock, Limits, Status, Verdict
from filiera_solvers._meetings_conflicts import counted_conflict, proven_conflict
from filiera_solvers._meetings_exact import WantedGoals, improve_exactly, wanted_goals
from filiera_solvers._meetings_instance import (
    BoolArray,
    IntArray,
    MeetingsInstance,
    MeetingsMode,
    MeetingsResult,
)

MOVES_PER_CHOICE = 120  # of the first round, for each pair of a meeting and a place
FEWEST_MOVES, MOST_FIRST_MOVES = 2_000, 1_000_000
GROWTH, ROUNDS = 4, 5  # each round is so many times as long; after so many the search ends by itself
STEPS = 120
PROOF_SIZE = 2_000  # meetings times places beyond which CP-SAT is of no use
Heat = tuple[float, float, float]  # share of the moves, first and last temperature
SHORTER_DAYS: tuple[Heat, ...] = ((1.0, 1.5, 0.1),)


@dataclass(frozen=True, slots=True)
class Weights:
    """Prices that make one number of all aims; each aim outweighs what the later ones can sum up to."""

    priority: float
    drop: float
    late: float
    move: float
    least: float
    heats: tuple[Heat, ...]


def weights_for(instance: MeetingsInstance) -> Weights:
    """Return the prices that suit the mode."""
    replans = bool((instance.previous >= 0).any())
    if instance.mode is MeetingsMode.ALL:
        if not replans:
            return Weights(0, 4, 4, 0, 0, ((1.0, 1.0, 0.1),))
        return Weights(0, 400, 400, 40, 0, ((0.4, 60, 8), (0.6, 1.0, 0.1)))
    if not replans:
        return Weights(10_000, 0, 30_000, 0, 12, ((0.4, 8_000, 30), (0.2, 30, 2), (0.4, 1.2, 0.1)))
    return Weights(10_000, 0, 30_000, 60, 12, ((0.6, 90, 8), (0.4, 1.2, 0.1)))


@dataclass(slots=True)
class Best:
    """The best plan so far and what is known about how good any plan can be."""

    place: IntArray
    key: tuple[float, ...]
    bound: float | None
    goals: WantedGoals | None
    priority: IntArray


def solve_meetings(instance: MeetingsInstance, limits: Limits) -> MeetingsResult:
    """Give meetings a slot and a place each: all of them with few breaks, or the best of what is wished.

    Parameters
    ----------
    instance : MeetingsInstance
        Checked data; see there for shapes and units.
    limits : Limits
        Wall-clock limit, seed, threads (independent searches), callbacks.

    Returns
    -------
    MeetingsResult
        ``place`` (n_meetings,), ``value`` (breaks, or the sum of priorities), ``bound``, ``status``. Status
        optimal: every aim has reached its bound. Infeasible: ``conflict`` names the meetings.
    """
    clock = Clock(limits)
    allowed = instance.allowed
    conflict = counted_conflict(instance, allowed)
    if conflict:
        clock.start()
        return _infeasible(instance, clock, conflict)
    warm_up()
    clock.start()
    goals = None
    if instance.mode is MeetingsMode.WANTED:
        goals = wanted_goals(instance, allowed, clock, limit_s=max(1.0, limits.time_limit_s / 4))
    best = Best(
        place=np.full(len(instance.pairs), -1, dtype=np.int64),
        key=(float("inf"),),
        bound=0.0 if goals is None else float(goals.priority_sum),
        goals=goals,
        priority=instance.priority,
    )
    for conflict in _improve(instance, allowed, best, clock):
        return _infeasible(instance, clock, conflict)
    return _answer(instance, best, clock)


def warm_up() -> None:
    """Compile the kernel, or load it from its cache on disk."""
    if not has_compiler():
        return
    nobody = np.zeros((0, 2), dtype=np.int64)
    one = np.zeros(1, dtype=np.int64)
    task = kernel.Task(
        people=np.array([[0, 1]]),
        allowed=np.ones((1, 1), dtype=np.bool_),
        capacity=one + 1,
        drop_cost=np.ones(1),
        precedences=nobody,
        in_precedence=np.zeros(1, dtype=np.bool_),
        previous=one - 1,
        least=np.zeros(2, dtype=np.int64),
        most=np.ones(2, dtype=np.int64),
        price=np.ones(3),
    )
    kernel.anneal(task, _empty_state(task, 1, 1), 1.0, 1, 0.0)


def _improve(
    instance: MeetingsInstance, allowed: BoolArray, best: Best, clock: Clock
) -> Iterator[tuple[str, ...]]:
    """Improve ``best`` until it is proven or the time is over; yields a conflict if one is proven."""
    weights = weights_for(instance)
    first_moves = min(max(MOVES_PER_CHOICE * allowed.size, FEWEST_MOVES), MOST_FIRST_MOVES)
    moves, number, proof_tried = first_moves, 0, False
    drop_factor, move_factor = 1.0, 1.0
    speed = 0.0  # moves per second of one thread, once known
    while not clock.must_stop() and not _is_proven(instance, best) and moves <= first_moves * GROWTH**ROUNDS:
        if proof_tried and speed * clock.left_s < 1.3 * moves:
            moves = max(int(speed * clock.left_s * 0.95), first_moves // 10)
        began = clock.seconds
        tasks = [
            _task(instance, allowed, weights, best, drop_factor, move_factor)
            for _ in range(clock.limits.threads)
        ]
        # With the first aims at their bounds, all that is left is to make the days of the best plan shorter.
        is_settled = best.goals is not None and _first_aims_reached(best)
        states = [
            _start_state(
                instance,
                task,
                best.place if is_settled else task.previous,
                clock.limits.seed * 1009 + number + index,
            )
            for index, task in enumerate(tasks)
        ]
        _run_round(tasks, states, SHORTER_DAYS if is_settled else weights.heats, moves, clock, best)
        number += len(states)
        for state in states:
            _keep_better(instance, state.best_position, best)
        speed = moves / max(clock.seconds - began, 1e-3)
        if best.key[0] > 0:
            drop_factor = min(drop_factor * 2, 64)
        if best.key[1] > 0:
            move_factor = min(move_factor * 6, 10_000)
        moves *= GROWTH
        # Three rounds first: CP-SAT is quickest with a good plan in hand.
        if number >= 3 * len(states) and not proof_tried and not _is_proven(instance, best):
            proof_tried = True
            if best.key[0] > 0:
                conflict = proven_conflict(instance, allowed, clock, clock.limits.time_limit_s / 4)
                if conflict:
                    yield conflict
            _prove(instance, allowed, best, clock)


def _prove(instance: MeetingsInstance, allowed: BoolArray, best: Best, clock: Clock) -> None:
    if allowed.size > PROOF_SIZE and best.key[0] <= 0:
        return
    if best.goals is not None and best.key[0] <= 0 and -best.key[2] >= best.goals.priority_sum:
        return  # the first aim is reached; the exact model knows no other
    place, bound = improve_exactly(instance, allowed, best.place, clock, clock.limits.time_limit_s / 8)
    if best.goals is None:
        best.bound = max(best.bound or 0.0, float(np.ceil(bound - 1e-6)))
    else:
        best.bound = min(best.bound or bound, float(np.floor(bound + 1e-6)))
    if place is not None:
        _keep_better(instance, place, best)


def _key(instance: MeetingsInstance, place: IntArray, broken: int) -> tuple[float, ...]:
    """Return the aims in order, smaller is better; the first two are rules that must come to zero."""
    count = count_meetings(instance, place.tolist())
    beyond = 0 if instance.move_limit is None else max(0, count.moved - instance.move_limit)
    breaks = sum(count.breaks_of.values())
    if instance.mode is MeetingsMode.ALL:
        return (broken, beyond, count.moved, breaks)
    return (broken, beyond, -count.priority_sum, count.moved, -count.fewest, breaks)


def _keep_better(instance: MeetingsInstance, place: IntArray, best: Best) -> None:
    verdict = check_meetings(instance, place.tolist())
    moved_too_many = sum("meetings are moved" in text for text in verdict.broken)
    key = _key(instance, place, len(verdict.broken) - moved_too_many)
    if key < best.key:
        best.key, best.place = key, place.copy()


def _first_aims_reached(best: Best) -> bool:
    if best.goals is None or best.bound is None or len(best.key) < 6 or best.key[0] > 0 or best.key[1] > 0:
        return False
    return -best.key[2] >= best.bound and best.key[3] == 0 and -best.key[4] >= best.goals.fewest


def _is_proven(instance: MeetingsInstance, best: Best) -> bool:
    if best.key[0] > 0 or (len(best.key) > 1 and best.key[1] > 0):
        return False
    if best.goals is None:
        moved, breaks = best.key[2], best.key[3]
        return moved == 0 and best.bound is not None and breaks <= best.bound
    return _first_aims_reached(best) and best.key[5] == 0


def _task(
    instance: MeetingsInstance,
    allowed: BoolArray,
    weights: Weights,
    best: Best,
    drop_factor: float,
    move_factor: float,
) -> kernel.Task:
    people = len(instance.people)
    least = np.zeros(people, dtype=np.int64)
    most = instance.most.astype(np.int64)
    least_price = weights.least
    if best.goals is not None:
        goal = best.goals.fewest
        if len(best.key) > 4:
            goal = min(goal, int(-best.key[4]) + 1) if best.key[0] <= 0 else min(goal, int(-best.key[4]))
        wishing = np.unique(instance.pairs[allowed.any(axis=1)])
        least[wishing] = goal
        if instance.spread is not None:
            # The spread is a rule: whoever falls below the goal breaks it, whatever the wishes are worth.
            most[wishing] = np.minimum(most[wishing], goal + instance.spread)
            least_price = 4 * weights.priority * drop_factor
    in_precedence = np.zeros(len(instance.pairs), dtype=np.bool_)
    in_precedence[instance.precedences.ravel()] = True
    drop_cost = weights.priority * instance.priority + weights.drop
    drop_cost = drop_cost + np.where(instance.required, 5 * weights.priority, 0)
    movable = (instance.previous >= 0) & np.take_along_axis(
        allowed, np.maximum(instance.previous, 0)[:, None], axis=1
    )[:, 0]
    return kernel.Task(
        people=np.ascontiguousarray(instance.pairs, dtype=np.int64),
        allowed=allowed,
        capacity=instance.capacity.ravel().astype(np.int64),
        drop_cost=np.where(instance.required, drop_cost * drop_factor, drop_cost).astype(np.float64),
        precedences=np.ascontiguousarray(instance.precedences, dtype=np.int64),
        in_precedence=in_precedence,
        previous=np.where(movable, instance.previous, -1).astype(np.int64),
        least=least,
        most=most,
        price=np.array([weights.late * drop_factor, weights.move * move_factor, least_price]),
    )


def _start_state(instance: MeetingsInstance, task: kernel.Task, plan: IntArray, seed: int) -> kernel.State:
    """Return a state with all of a plan that holds."""
    state = _empty_state(task, instance.n_slots, seed)
    for meeting in np.flatnonzero(plan >= 0).tolist():
        target = int(plan[meeting])
        first, second = instance.pairs[meeting].tolist()
        column = target % instance.n_slots + 1
        if state.load[target] >= task.capacity[target]:
            continue
        if state.at[first, column] >= 0 or state.at[second, column] >= 0:
            continue
        if state.degree[first] < task.most[first] and state.degree[second] < task.most[second]:
            state.cost[0] += kernel.place(task, state, meeting, target)
    late = kernel.late_count(state.position, task.precedences, instance.n_slots)
    state.cost[0] += task.price[0] * late
    state.cost[1] = state.cost[0]
    state.best_position[:] = state.position
    return state


def _empty_state(task: kernel.Task, slots: int, seed: int) -> kernel.State:
    meetings, people = len(task.people), len(task.least)
    random = np.random.default_rng(seed).integers(1, 2147483398, size=2, dtype=np.int64)
    nothing = float(
        task.drop_cost.sum() + task.price[1] * (task.previous >= 0).sum() + task.price[2] * task.least.sum()
    )
    return kernel.State(
        position=np.full(meetings, -1, dtype=np.int64),
        at=np.full((people, slots + 2), -1, dtype=np.int64),
        load=np.zeros(len(task.capacity), dtype=np.int64),
        degree=np.zeros(people, dtype=np.int64),
        runs=np.zeros(people, dtype=np.int64),
        unplaced=np.arange(meetings, dtype=np.int64),
        unplaced_index=np.arange(meetings, dtype=np.int64),
        tally=np.array([meetings, 0], dtype=np.int64),
        random=random,
        cost=np.array([nothing, nothing]),
        best_position=np.full(meetings, -1, dtype=np.int64),
        mark=np.zeros(meetings, dtype=np.int64),
        chain=np.zeros(2 * meetings + 8, dtype=np.int64),
        ends=np.zeros((8, 3), dtype=np.int64),
        load_change=np.zeros(len(task.capacity), dtype=np.int64),
    )


def _run_round(
    tasks: list[kernel.Task],
    states: list[kernel.State],
    heats: tuple[Heat, ...],
    moves: int,
    clock: Clock,
    best: Best,
) -> None:
    """Cool all states down together; every thread of a round makes the same number of moves."""
    drop_share = 0.02 if best.goals is not None else 0.0
    slice_moves = 50_000 if has_compiler() else 500
    with ThreadPoolExecutor(len(states)) as threads:
        for share, hot, cold in heats:
            for step in range(STEPS):
                temperature = hot * (cold / hot) ** (step / (STEPS - 1))
                left = int(moves * share / STEPS)
                while left > 0:
                    now = min(left, slice_moves)
                    left -= now
                    list(
                        threads.map(
                            kernel.anneal,
                            tasks,
                            states,
                            [temperature] * len(states),
                            [now] * len(states),
                            [drop_share] * len(states),
                        )
                    )
                    clock.report("annealing", _value_so_far(tasks, states, best), best.bound)
                    if clock.must_stop():
                        return
                if min(state.cost[1] for state in states) <= 1e-6:
                    return


def _value_so_far(tasks: list[kernel.Task], states: list[kernel.State], best: Best) -> float | None:
    """Return the value of the best plan in sight, for whoever watches."""
    if best.goals is not None:
        return max(float(_priority_sum(best, state.best_position)) for state in states)
    whole = [
        float(state.cost[1])
        for task, state in zip(tasks, states, strict=True)
        if (state.best_position >= 0).all() and not (task.previous >= 0).any()
    ]
    known = [best.key[3]] if len(best.key) > 3 and best.key[0] <= 0 else []
    return min([*whole, *known], default=None)


def _priority_sum(best: Best, place: IntArray) -> int:
    return int(best.priority[place >= 0].sum())


def _infeasible(instance: MeetingsInstance, clock: Clock, conflict: tuple[str, ...]) -> MeetingsResult:
    return MeetingsResult(
        status=Status.INFEASIBLE,
        value=None,
        bound=None,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=clock.limits.seed,
        checker=None,
        conflict=conflict,
        place=np.full(len(instance.pairs), -1, dtype=np.int64),
        priority_sum=0,
        fewest=0,
        fewest_bound=None,
        breaks=0,
        moved=0,
    )


def _answer(instance: MeetingsInstance, best: Best, clock: Clock) -> MeetingsResult:
    place = best.place.tolist()
    count = count_meetings(instance, place)
    verdict: Verdict = check_meetings(instance, place)
    seconds = clock.seconds
    return MeetingsResult(
        status=Status.OPTIMAL if _is_proven(instance, best) else clock.stopped_status(),
        value=verdict.value if verdict.valid else None,
        bound=best.bound,
        seconds=seconds,
        prepare_s=clock.prepare_s,
        seed=clock.limits.seed,
        checker=verdict,
        place=best.place,
        priority_sum=count.priority_sum,
        fewest=count.fewest,
        fewest_bound=None if best.goals is None else best.goals.fewest,
        breaks=sum(count.breaks_of.values()),
        moved=count.moved,
        breaks_of=count.breaks_of,
    )
