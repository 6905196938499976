"""Groups over several rounds in which people meet as many others as possible (social golfer problem)."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._check_rounds import check_rounds
from filiera_solvers._frame import Clock, Limits, Status
from filiera_solvers._groups import load_engine, prepare_groups
from filiera_solvers._groups_instance import FloatMatrix, IntVector
from filiera_solvers._restarts import Pulse, run_restarts
from filiera_solvers._rounds_designs import design
from filiera_solvers._rounds_instance import ABSENT, RoundsInstance, RoundsResult
from filiera_solvers._rounds_kernel import rotate, rotation_keys

HOT_SHARE, COLD_SHARE = 3e-2, 3e-4
FIRST_SWEEPS, MOST_RESTARTS = 100, 40
BATCH_S = 0.03
LOGARITHMS = 1 << 14
NEAR = 1e-9


def solve_rounds(instance: RoundsInstance, limits: Limits) -> RoundsResult:
    """Seat people round by round with the least cost of repeats and earlier meetings, less diversity.

    Where all groups are equal, a design without any repeat is built first and people are laid over it;
    annealing over swaps within a round, with ever longer runs, does the rest. The bound counts the repeats
    that any two rounds must share.

    Parameters
    ----------
    instance : RoundsInstance
        Sizes and absences per round, prices.
    limits : Limits
        Time, seed, threads, callbacks.

    Returns
    -------
    RoundsResult
        ``group_of`` (rounds, n) int, ``value`` (a cost, less is better), ``bound``, ``repeats``, ``status``;
        optimal when the cost meets the bound.

    Raises
    ------
    InvalidInstance
        By the instance and the limits themselves.

    References
    ----------
    Dotú, Van Hentenryck (2007), Scheduling social tournaments locally, AI Communications 20.
    """
    clock = Clock(limits)
    prepare_rounds()
    search = _Search(instance, clock, load_engine())
    clock.start()
    group_of = search.run()
    verdict = check_rounds(instance, group_of.tolist())
    assert verdict.value is not None
    bound = min(search.bound, verdict.value)
    is_optimal = verdict.value <= search.bound + NEAR * (1 + abs(search.bound))
    return RoundsResult(
        status=Status.OPTIMAL if is_optimal else clock.stopped_status(),
        value=verdict.value,
        bound=verdict.value if is_optimal else bound,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=limits.seed,
        checker=verdict,
        group_of=group_of,
        repeats=_repeats(group_of),
    )


def prepare_rounds() -> None:
    """Compile all kernels into their cache on disk, or load them from there."""
    prepare_groups()
    rotate(rotation_keys(0, 2, 2), np.arange(4, dtype=np.int32).reshape(2, 2), 1, 1, 1.0, 1)


def lower_bound(instance: RoundsInstance) -> float:
    """Return a cost no seating falls below: repeats that cannot be avoided, less the most diversity."""
    repeats = max(_repeats_by_count(instance), _repeats_by_pigeonhole(instance))
    bound = instance.repeat_price * repeats
    cost = instance.pair_cost()
    if (cost < 0).any():
        for number, sizes in enumerate(instance.sizes):
            present = instance.present(number)
            others = max(sizes) - 1
            for person in present:
                row = np.sort(cost[person, present[present != person]])[:others]
                bound += float(row[row < 0].sum()) / 2
    return bound


def _repeats_by_count(instance: RoundsInstance) -> int:
    """So many meetings among so few pairs: spread evenly, they still repeat."""
    meetings = sum(size * (size - 1) // 2 for sizes in instance.sizes for size in sizes)
    pairs = instance.people_count * (instance.people_count - 1) // 2
    if pairs == 0:
        return 0
    times, more = divmod(meetings, pairs)
    return pairs * times * (times - 1) // 2 + more * times


def _repeats_by_pigeonhole(instance: RoundsInstance) -> int:
    """Those of one group spread over the groups of another round; who finds no free one sits with another."""
    repeats = 0
    for later in range(instance.round_count):
        for earlier in range(later):
            away = len(instance.absent[earlier])
            groups = len(instance.sizes[earlier])
            for size in instance.sizes[later]:
                times, more = divmod(max(0, size - away), groups)
                repeats += groups * times * (times - 1) // 2 + more * times
    return repeats


def _repeats(group_of: IntVector) -> int:
    meetings: Counter[tuple[int, int]] = Counter()
    for row in group_of:
        for group in np.unique(row[row != ABSENT]):
            members = np.flatnonzero(row == group)
            meetings.update(
                (int(one), int(two)) for place, one in enumerate(members) for two in members[:place]
            )
    return sum(times * (times - 1) // 2 for times in meetings.values())


class _Seating:
    """One search: everybody's group in each round, and how often each pair meets."""

    def __init__(
        self, instance: RoundsInstance, cost: FloatMatrix, engine: ModuleType, seed: list[int]
    ) -> None:
        self.instance, self.cost, self.engine = instance, cost, engine
        random = np.random.default_rng(seed)
        self.state = random.integers(1, 2**63, size=1).astype(np.uint64)
        self.order = random
        self.present = [instance.present(number) for number in range(instance.round_count)]
        self.group = [
            random.permutation(np.repeat(np.arange(len(sizes)), sizes)).astype(np.int32)
            for sizes in instance.sizes
        ]
        self.logarithm = np.log1p(
            -np.random.default_rng(0).random(LOGARITHMS + instance.people_count)
        ).astype(np.float32)
        self.met = self._counted()
        self.worsened = 0.0
        self.swaps = 0.0

    def take(self, group_of: IntVector) -> None:
        """Go on from a given seating."""
        self.group = [
            group_of[number, present].astype(np.int32) for number, present in enumerate(self.present)
        ]
        self.met = self._counted()

    def value(self) -> float:
        """Return the cost of the seating."""
        pairs = np.triu(self.met, 1)
        repeats = float((pairs * (pairs - 1)).sum()) / 2
        return self.instance.repeat_price * repeats + float((pairs * self.cost).sum())

    def sweep(self, temperature: float, sweeps: int = 1) -> None:
        """Try all swaps of each round once, each round against the meetings of all others."""
        for number in self.order.permutation(self.instance.round_count):
            present, group = self.present[number], self.group[number]
            if len(self.instance.sizes[number]) == 1:
                continue
            place = np.ix_(present, present)
            others = self.met[place] - (group[:, None] == group[None, :])
            np.fill_diagonal(others, 0)
            doubled = (-2 * (self.instance.repeat_price * others + self.cost[place])).astype(np.float32)
            self._swap_within(group, doubled, len(self.instance.sizes[number]), temperature, sweeps)
            self.met[place] = others + (group[:, None] == group[None, :])
            np.fill_diagonal(self.met, 0)

    def _swap_within(
        self,
        group: NDArray[np.int32],
        doubled: NDArray[np.float32],
        groups: int,
        temperature: float,
        sweeps: int,
    ) -> None:
        people = len(group)
        nobody, free = np.zeros(1, dtype=np.int32), np.zeros(people, dtype=np.int32)
        size = np.bincount(group, minlength=groups).astype(np.int32)
        tally = np.array([0.0, -1e300, 0.0, 0.0])
        self.engine.sweep(
            doubled, np.zeros((groups, people), dtype=np.float32), group,
            np.zeros((groups, people), dtype=np.float32), np.zeros(people, dtype=np.float32),
            self.logarithm, temperature, 1.0, sweeps, 1, self.state, nobody, nobody, free,
            size, size, size, False, group.copy(), tally,
        )  # fmt: skip
        self.worsened += float(tally[3])
        self.swaps += sweeps * people**2

    def seated(self) -> IntVector:
        """Return (rounds, n) groups, ABSENT for those who are away."""
        group_of = np.full((self.instance.round_count, self.instance.people_count), ABSENT, dtype=np.int64)
        for number, present in enumerate(self.present):
            group_of[number, present] = self.group[number]
        return group_of

    def _counted(self) -> FloatMatrix:
        met = np.zeros((self.instance.people_count, self.instance.people_count))
        for present, group in zip(self.present, self.group, strict=True):
            met[np.ix_(present, present)] += group[:, None] == group[None, :]
        np.fill_diagonal(met, 0)
        return met


class _Search:
    def __init__(self, instance: RoundsInstance, clock: Clock, engine: ModuleType) -> None:
        self.instance, self.clock, self.engine = instance, clock, engine
        self.cost = instance.pair_cost()
        self.bound = lower_bound(instance)
        self.best: IntVector | None = None
        self.best_value, self.best_number = math.inf, -3
        self.hot = self.cold = 1.0
        self._lock = threading.Lock()

    def run(self) -> IntVector:
        """Return the best seating found."""
        seed = self.clock.limits.seed
        seating = _Seating(self.instance, self.cost, self.engine, [seed, 0])
        self._keep(seating, -2)
        self._build(np.random.default_rng([seed, 1]))
        if not self._is_done() and not self.clock.must_stop():
            self._find_window(seating)
            run_restarts(self.clock, MOST_RESTARTS, self._anneal, self._report)
        assert self.best is not None
        return self.best

    def _is_done(self) -> bool:
        return self.best_value <= self.bound + NEAR * (1 + abs(self.bound))

    def _report(self) -> None:
        self.clock.report("annealing", self.best_value, self.bound)

    def _keep(self, seating: _Seating, number: int) -> None:
        value = seating.value()
        with self._lock:
            if value < self.best_value - NEAR or (
                value < self.best_value + NEAR and number < self.best_number
            ):
                self.best_value, self.best_number, self.best = value, number, seating.seated()

    def _build(self, random: np.random.Generator) -> None:
        """Lay people over a design without repeats, where all groups of all rounds are equal but for gaps."""
        size, groups = max(map(max, self.instance.sizes)), len(self.instance.sizes[0])
        gaps = groups * size - self.instance.people_count
        if any(self.instance.absent) or not 0 <= gaps < groups or self.instance.repeat_price == 0:
            return
        half = self.clock.limits.time_limit_s / 2
        built = design(
            groups, size, self.instance.round_count, random,
            lambda: self.clock.must_stop() or self.clock.seconds > half,
        )  # fmt: skip
        if built is None:
            return
        fitted = self._without_gaps(built, gaps, random)
        if fitted is None:
            return
        seating = _Seating(self.instance, self.cost, self.engine, [self.clock.limits.seed, 2])
        seating.take(self._laid_over(fitted, random))
        self._keep(seating, -1)

    def _without_gaps(self, built: IntVector, gaps: int, random: np.random.Generator) -> IntVector | None:
        """Drop so many points that the groups of each round have the sizes asked for."""
        people = built.shape[1]
        for _ in range(200 if gaps else 1):
            kept = np.sort(random.permutation(people)[gaps:])
            renumbered = np.empty((len(built), len(kept)), dtype=np.int64)
            for number, sizes in enumerate(self.instance.sizes):
                counted = np.bincount(built[number, kept], minlength=len(sizes))
                if sorted(counted) != sorted(sizes):
                    break
                # Larger groups of the design take the larger numbers asked for.
                group_for = np.empty(len(sizes), dtype=np.int64)
                group_for[np.argsort(counted, kind="stable")] = np.argsort(sizes, kind="stable")
                renumbered[number] = group_for[built[number, kept]]
            else:
                return renumbered
        return None

    def _laid_over(self, group_of: IntVector, random: np.random.Generator) -> IntVector:
        """Give each person a point of the design, by tabu search over exchanges (quadratic assignment)."""
        people = self.instance.people_count
        meets = sum((row[:, None] == row[None, :]).astype(np.float64) for row in group_of)
        assert not isinstance(meets, int)
        np.fill_diagonal(meets, 0)
        point_of = random.permutation(people)
        if not self.cost.any():
            return group_of[:, point_of]
        laid = meets[np.ix_(point_of, point_of)]
        value = best_value = float((laid * self.cost).sum()) / 2
        best = point_of.copy()
        until = np.zeros((people, people), dtype=np.int64)  # when a person may sit on a point again
        began, share = self.clock.seconds, self.clock.limits.time_limit_s / 4
        for step in range(200 * people):
            if step % 16 == 0 and (self.clock.must_stop() or self.clock.seconds - began > share):
                break
            together = self.cost @ laid
            own = np.diagonal(together)
            change = together + together.T - own[:, None] - own[None, :] + 2 * self.cost * laid
            np.fill_diagonal(change, np.inf)
            tabu = until[:, point_of] > step
            barred = (tabu & tabu.T) & (value + change > best_value - NEAR)
            change[barred] = np.inf
            one, two = np.unravel_index(int(change.argmin()), change.shape)
            if not np.isfinite(change[one, two]):
                continue
            value += float(change[one, two])
            until[one, point_of[one]] = step + int(random.integers(people // 2, people * 2))
            until[two, point_of[two]] = step + int(random.integers(people // 2, people * 2))
            point_of[[one, two]] = point_of[[two, one]]
            laid = meets[np.ix_(point_of, point_of)]
            if value < best_value - NEAR:
                best_value, best = value, point_of.copy()
        return group_of[:, best]

    def _find_window(self, seating: _Seating) -> None:
        """Cool quickly and note the temperatures between which the search has to take its time."""
        spread = float(self.cost.std()) * math.sqrt(max(map(max, self.instance.sizes)))
        temperature = 2 * (self.instance.repeat_price + spread) or 1.0
        hot = cold = None
        for _ in range(60):
            before, swaps = seating.worsened, seating.swaps
            seating.sweep(temperature, 2)
            share = (seating.worsened - before) / max(1.0, seating.swaps - swaps)
            if hot is None and share < HOT_SHARE:
                hot = temperature
            if share < COLD_SHARE:
                cold = temperature
                break
            if self.clock.must_stop():
                break
            temperature *= 0.85
        self._keep(seating, -1)
        self.hot = hot or temperature
        self.cold = min(cold or temperature, self.hot * 0.5)

    def _anneal(self, number: int, pulse: Pulse) -> None:
        """Cool one seating, each restart longer than the last; every third goes on from the best."""
        if self._is_done():
            return
        sweeps = FIRST_SWEEPS * 2 ** min(number // 2, 12)
        seating = _Seating(self.instance, self.cost, self.engine, [self.clock.limits.seed, 3, number])
        hot = self.hot
        if number % 3 == 2 and self.best is not None:
            seating.take(self.best)
            hot = math.sqrt(self.hot * self.cold)
        ratio = (self.cold / hot) ** (1 / sweeps)
        began, left_s, position = time.perf_counter(), self.clock.left_s, 0.0
        looked_at = began
        while position < sweeps:
            seating.sweep(hot * ratio**position)
            now = time.perf_counter()
            position = max(position + 1, (now - began) / max(left_s, 1e-3) * sweeps)
            if now - looked_at > BATCH_S:
                looked_at = now
                self._keep(seating, number)
                if pulse() or self._is_done():
                    break
        for _ in range(3):
            seating.sweep(1e-7)
        self._keep(seating, number)
