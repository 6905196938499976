"""The search behind groups: several annealings, each in a temperature window found by a short pilot."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._frame import Clock, Status
from filiera_solvers._groups_instance import GroupsInstance, IntVector
from filiera_solvers._groups_start import Conflict, blocks_of, start_grouping
from filiera_solvers._restarts import Pulse, run_restarts

LOGARITHMS = 1 << 16
NEAR = 1e-7  # 32-bit distances tell values apart no better
NONE, START, PILOT = -3, -2, -1  # numbers below those of the annealings
BATCH_S = 0.03  # between two looks at the clock
PILOT_SWAPS = 200_000  # the same, counted, where speed is not yet known
HOT_SHARE = (0.027, 0.6)  # of swaps tried, those accepted though they cost: factor / people ** exponent
COLD_SHARE = (0.27, 1.27)  # the same; measured on random and on geometric distances, 120 to 960 people
COLD_GAIN = 4e-2  # by one step of the pilot, as a share of its whole gain so far
PLANNED_SWAPS_A_SECOND = {"_groups_kernel": 1.0e9, "_groups_numpy": 2.0e7}

Weights = NDArray[np.float32] | NDArray[np.float64]


def add_rules(instance: GroupsInstance, weight: Weights, worth: Weights, link: float, place: float) -> None:
    """Turn links and fixed places into weights; ``worth`` is (groups, people)."""
    for one, two in instance.apart:
        weight[one, two] -= link
        weight[two, one] -= link
    for one, two in instance.together:
        weight[one, two] += link
        weight[two, one] += link
    worth[~instance.permitted().T] -= place


@dataclass(frozen=True, slots=True)
class Table:
    """The instance as the kernels want it."""

    instance: GroupsInstance
    doubled: NDArray[np.float32]
    worth: NDArray[np.float32]
    logarithm: NDArray[np.float32]
    block_start: NDArray[np.int32]
    block_member: NDArray[np.int32]
    in_block: NDArray[np.int32]
    smallest: NDArray[np.int32]
    largest: NDArray[np.int32]
    is_flexible: bool
    unit: float
    links: float  # what all kept links together add to the weights

    @classmethod
    def of(cls, instance: GroupsInstance) -> Table:
        people, groups = instance.people_count, instance.group_count
        worth = instance.worth().T.copy()
        spread = float(instance.distance.std()) * math.sqrt(people / groups) + float(worth.std())
        unit = spread if spread > 0 else 1.0
        doubled = instance.distance.astype(np.float32)
        # A broken rule must cost more than any swap gains, yet leave 32-bit sums their precision.
        link = 20 * unit + 4 * float(np.abs(instance.distance).max())
        add_rules(instance, doubled, worth, link, 1000 * link)
        doubled *= 2
        is_fixed = instance.permitted().sum(axis=1) == 1
        blocks = [block for block in blocks_of(instance) if len(block) > 1 and not is_fixed[block].any()]
        in_block = np.zeros(people, dtype=np.int32)
        in_block[[person for block in blocks for person in block]] = 1
        in_block[is_fixed] = 1
        return cls(
            instance=instance,
            doubled=doubled,
            worth=worth.astype(np.float32),
            logarithm=np.log1p(-np.random.default_rng(0).random(LOGARITHMS + people)).astype(np.float32),
            block_start=np.cumsum([0, *(len(block) for block in blocks)]).astype(np.int32),
            block_member=np.array([person for block in blocks for person in block], dtype=np.int32),
            in_block=in_block,
            smallest=instance.smallest.astype(np.int32),
            largest=instance.largest.astype(np.int32),
            is_flexible=bool((instance.smallest < instance.largest).any()),
            unit=unit,
            links=link * len(instance.together),
        )

    def value(self, group: NDArray[np.int32]) -> float:
        """Return the value of a grouping less the penalties of broken rules, in 64-bit sums."""
        total = float(self.worth[group, np.arange(len(group))].sum(dtype=np.float64)) - self.links
        for one in range(len(self.smallest)):
            members = np.flatnonzero(group == one)
            total += float(self.doubled[np.ix_(members, members)].sum(dtype=np.float64)) / 4
        return total


class Annealer:
    """One annealing: its own grouping, sums and random numbers."""

    def __init__(self, table: Table, engine: ModuleType, start: IntVector, seed: tuple[int, int]) -> None:
        people, groups = len(start), len(table.smallest)
        self.table, self.engine = table, engine
        self.group = start.astype(np.int32)
        self.best = self.group.copy()
        self.size = np.bincount(start, minlength=groups).astype(np.int32)
        self.affinity = np.zeros((groups, people), dtype=np.float32)
        self.own = np.zeros(people, dtype=np.float32)
        self.random = np.random.default_rng(seed).integers(1, 2**63, size=1).astype(np.uint64)
        self.tally = np.array([0.0, -1e300, 0.0, 0.0])

    def run(self, temperature: float, ratio: float, sweeps: int, stride: int = 1) -> None:
        table = self.table
        self.engine.sweep(
            table.doubled, table.worth, self.group, self.affinity, self.own, table.logarithm,
            temperature, ratio, sweeps, stride, self.random,
            table.block_start, table.block_member, table.in_block,
            self.size, table.smallest, table.largest, table.is_flexible, self.best, self.tally,
        )  # fmt: skip

    def worsening_share(self, temperature: float, sweeps: int, must_stop: Callable[[], bool]) -> float:
        """Run at one temperature and return the share of swaps accepted though they cost."""
        accepted, done, people = self.tally[3], 0, len(self.group)
        stride = max(1, people**2 // PILOT_SWAPS)
        while done < sweeps * stride:
            batch = max(1, min(sweeps * stride - done, PILOT_SWAPS // people**2))
            self.run(temperature, 1.0, batch, stride)
            done += batch
            if must_stop():
                break
        return float(self.tally[3] - accepted) * stride / (done * people**2)

    def climb(self) -> float:
        """Climb from the best grouping seen to its local optimum and return the exact value."""
        self.group[:] = self.best
        self.size[:] = np.bincount(self.best, minlength=len(self.size))
        for _ in range(20):
            before = self.group.copy()
            self.tally[:] = (0.0, -1e300, 0.0, 0.0)
            self.run(1e-7 * self.table.unit, 1.0, 1)
            if (self.group == before).all():
                break
        self.best[:] = self.group
        return self.table.value(self.best)


@dataclass(frozen=True, slots=True)
class _Plan:
    hot: float
    cold: float
    sweeps: int  # of one annealing
    annealings: int  # after which the search ends by itself


class Search:
    """Runs annealings until the time or effort is over or the bound is met, and keeps the best."""

    def __init__(self, table: Table, clock: Clock, engine: ModuleType, bound: float) -> None:
        self.table, self.clock, self.engine = table, clock, engine
        self.enough = bound - NEAR * abs(bound)
        self.seed = clock.limits.seed
        self.best: IntVector | None = None
        self.best_value = -math.inf
        self.best_number = NONE
        self.typical_s = 0.0
        self._lock = threading.Lock()

    def run(self, start: IntVector) -> tuple[IntVector, Status]:
        """Return the best grouping found and how the search ended."""
        self.best = start
        self._keep(self.table.value(start.astype(np.int32)), start, START)
        plan = self._planned(start)
        if self.best_value >= self.enough:
            return self.best, self.clock.stopped_status()
        run_restarts(
            self.clock,
            plan.annealings,
            lambda number, pulse: self._anneal(plan, start, number, pulse),
            self._report,
        )
        return self.best, self.clock.stopped_status()

    def _report(self) -> None:
        self.clock.report("annealing", self.best_value if self.best_number != NONE else None)

    def _planned(self, start: IntVector) -> _Plan:
        people = len(start)
        hot, cold = self._window(start)
        threads, limit = self.clock.limits.threads, self.clock.limits.time_limit_s
        speed = PLANNED_SWAPS_A_SECOND[self.engine.__name__.rsplit(".", 1)[-1]]
        enough = max(1000.0, 20_000 * (people / 120) ** 1.7)
        most = 5 * people * enough
        affordable = min(threads * limit * speed / people**2, most)
        annealings = max(threads, round((affordable / enough) ** 0.65))
        sweeps = max(10, int(affordable / annealings))
        return _Plan(hot, cold, sweeps, max(annealings, int(most / sweeps)))

    def _window(self, start: IntVector) -> tuple[float, float]:
        """Cool quickly and return the temperatures between which the search has to take its time."""
        people = len(start)
        pilot = Annealer(self.table, self.engine, start, (self.seed, 1))
        temperature = self.table.unit
        hot = cold = None
        hot_share = HOT_SHARE[0] / people ** HOT_SHARE[1]
        cold_share = min(COLD_SHARE[0] / people ** COLD_SHARE[1], hot_share / 3)
        step = 0.85
        shares, values = [math.inf], []
        for _ in range(60):
            is_far = shares[-1] > 10 * hot_share
            many = max(2 if is_far else 10, int((2e4 if is_far else 2e5) / people**2))
            shares.append(pilot.worsening_share(temperature, many, self.clock.must_stop))
            values.append(float(pilot.tally[0]))
            if hot is None and shares[-1] < hot_share:
                hot = _between(temperature, step, shares, hot_share)
            if shares[-1] < cold_share and _has_dried_up(values):
                cold = _between(temperature, step, shares, cold_share)
                break
            self._report()
            if self.clock.must_stop():
                break
            temperature *= step
        self._keep(pilot.climb(), pilot.best, PILOT)
        hot = hot or temperature
        return hot, min(cold or temperature, hot * step)

    def _anneal(self, plan: _Plan, start: IntVector, number: int, pulse: Pulse) -> None:
        if self.best_value >= self.enough:
            return
        began, left_s = time.perf_counter(), self.clock.left_s
        position = 0.0  # in sweeps of the plan; moved on when the time is shorter than the plan
        if left_s < 0.3 * self.typical_s and self.best is not None:
            position, start = plan.sweeps / 2, self.best
        elif number > 0:
            random = np.random.default_rng([self.seed, 2, number])
            drawn = start_grouping(self.table.instance, random, self.clock)
            start = start if isinstance(drawn, Conflict) else drawn
        annealer = Annealer(self.table, self.engine, start, (self.seed, 3 + number))
        ratio = (plan.cold / plan.hot) ** (1 / plan.sweeps)
        first, batch = position, 1
        while position < plan.sweeps:
            batch = min(batch, math.ceil(plan.sweeps - position))
            called = time.perf_counter()
            annealer.run(plan.hot * ratio**position, ratio, batch)
            now = time.perf_counter()
            position += batch
            time_share = (now - began) / left_s if left_s > 0 else 1.0
            position = max(position, first + time_share * (plan.sweeps - first))
            batch = max(1, int(batch * min(4.0, BATCH_S / max(now - called, 1e-6))))
            if pulse():
                break
        else:
            self.typical_s = max(self.typical_s, time.perf_counter() - began)
        self._keep(annealer.climb(), annealer.best, number)

    def _keep(self, value: float, group: NDArray[np.int32] | IntVector, number: int) -> None:
        with self._lock:
            # Of equal values the earlier annealing wins, whichever thread ended first.
            if value > self.best_value or (value == self.best_value and number < self.best_number):
                self.best_value, self.best_number = value, number
                self.best = group.astype(np.int64)


def _between(temperature: float, step: float, shares: list[float], wanted: float) -> float:
    """Return the temperature between the last two steps at which the wanted share is accepted."""
    before, now = shares[-2], max(shares[-1], 1e-9)
    if not now < wanted < before < math.inf:
        return temperature / step
    return temperature * float(step ** -(math.log(wanted / now) / math.log(before / now)))


def _has_dried_up(values: list[float]) -> bool:
    """Say whether the last two steps of the pilot gained little, measured by its whole gain."""
    gain, whole = values[-1] - values[max(0, len(values) - 3)], values[-1] - values[0]
    return gain <= 2 * COLD_GAIN * whole
