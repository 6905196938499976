"""What all solvers share: status, limits, progress, the clock, the base of every result."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from filiera_solvers._errors import InvalidInstance


class Status(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"  # proven: no better solution exists
    TIME_LIMIT = "time limit"  # the best found when the time was over
    EFFORT_LIMIT = "effort limit"  # the search ended by itself, without a proof
    CANCELLED = "cancelled"  # the best found when the caller asked to stop
    INFEASIBLE = "infeasible"  # proven: no solution exists; ``conflict`` says why


@dataclass(frozen=True, slots=True)
class Progress:
    """What a caller may show while a search runs."""

    seconds: float
    share: float  # of the time limit, 0 to 1
    value: float | None
    bound: float | None
    phase: str


ProgressCallback = Callable[[Progress], None]
CancelCallback = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The independent checker's word on one solution: its own value and every broken rule it found."""

    valid: bool
    value: float | None
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The base of every answer.

    ``value`` is the problem's own objective, None when no solution is known. ``conflict`` names the
    smallest conflict found when the status is infeasible. ``seconds`` counts from the first search step,
    ``prepare_s`` what went before (reading, compiling, building models).
    """

    status: Status
    value: float | None
    bound: float | None
    seconds: float
    prepare_s: float
    seed: int
    checker: Verdict | None
    conflict: tuple[str, ...] = field(default=())

    @property
    def gap(self) -> float | None:
        """Distance from value to bound as a share of the bound; None without a bound or a solution."""
        return relative_gap(self.value, self.bound)


def relative_gap(value: float | None, bound: float | None) -> float | None:
    """Return |bound - value| / |bound| (of |value| when the bound is zero), None when either is missing."""
    if value is None or bound is None:
        return None
    if value == bound:
        return 0.0
    return abs(bound - value) / (abs(bound) or abs(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a search may run, from which seed, on how many threads, and whom it tells and asks.

    Parameters
    ----------
    time_limit_s : float
        Wall-clock limit in seconds from the first search step, > 0.
    seed : int
        Same data and seed, same answer if the time limit does not bind; >= 0.
    threads : int
        At most so many searches at the same time, >= 1.
    on_progress : callable, optional
        Called a few times a second from the calling thread with a ``Progress``.
    is_cancelled : callable, optional
        Asked several times a second; True ends the search with the best so far.
    """

    time_limit_s: float
    seed: int
    threads: int = 1
    on_progress: ProgressCallback | None = None
    is_cancelled: CancelCallback | None = None

    def __post_init__(self) -> None:
        if not self.time_limit_s > 0 or self.time_limit_s == float("inf"):
            raise InvalidInstance(
                f"time_limit_s must be a number of seconds above 0, not {self.time_limit_s}"
            )
        if self.seed < 0:
            raise InvalidInstance(f"seed must be >= 0, not {self.seed}")
        if self.threads < 1:
            raise InvalidInstance(f"threads must be >= 1, not {self.threads}")


class Clock:
    """Counts one search: when it must end, whether it was cancelled, and when to tell of progress."""

    REPORT_EVERY_S = 0.2

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.made_at = time.perf_counter()
        self.started_at: float | None = None
        self.was_cancelled = False
        self._reported_at = float("-inf")

    def start(self) -> None:
        """End the preparation: from here on the time limit counts."""
        self.started_at = time.perf_counter()

    @property
    def prepare_s(self) -> float:
        return (self.started_at if self.started_at is not None else time.perf_counter()) - self.made_at

    @property
    def seconds(self) -> float:
        return 0.0 if self.started_at is None else time.perf_counter() - self.started_at

    @property
    def left_s(self) -> float:
        return max(0.0, self.limits.time_limit_s - self.seconds)

    def must_stop(self) -> bool:
        """Say whether the time is over or the caller has cancelled (asked each time)."""
        if not self.was_cancelled and self.limits.is_cancelled is not None:
            self.was_cancelled = self.limits.is_cancelled()
        return self.was_cancelled or self.left_s <= 0

    def report(self, phase: str, value: float | None = None, bound: float | None = None) -> None:
        """Tell the caller of progress, at most every 0.2 s."""
        now = time.perf_counter()
        if self.limits.on_progress is None or now - self._reported_at < self.REPORT_EVERY_S:
            return
        self._reported_at = now
        share = min(1.0, self.seconds / self.limits.time_limit_s)
        self.limits.on_progress(Progress(self.seconds, share, value, bound, phase))

    def stopped_status(self) -> Status:
        """Return the status of a search that ended without a proof."""
        if self.was_cancelled:
            return Status.CANCELLED
        return Status.TIME_LIMIT if self.left_s <= 0 else Status.EFFORT_LIMIT
