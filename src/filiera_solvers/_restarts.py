"""Running numbered searches one after the other, or side by side on threads, until one says stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from filiera_solvers._frame import Clock

Pulse = Callable[[], bool]  # called often inside a search; True: stop now
Job = Callable[[int, Pulse], None]


def run_restarts(clock: Clock, count: int, job: Job, report: Callable[[], None]) -> None:
    """Run ``job(number, pulse)`` for the numbers below ``count`` until the clock says stop.

    Jobs must be able to run at the same time. Callbacks are called from the calling thread only.
    """

    def pulse() -> bool:
        report()
        return clock.must_stop()

    if clock.limits.threads == 1:
        for number in range(count):
            if pulse():
                return
            job(number, pulse)
        return
    stop, lock = threading.Event(), threading.Lock()
    numbers = iter(range(count))

    def work() -> None:
        while not stop.is_set():
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            job(number, stop.is_set)

    with ThreadPoolExecutor(clock.limits.threads) as pool:
        workers = [pool.submit(work) for _ in range(clock.limits.threads)]
        try:
            while wait_for(workers, timeout=0.02).not_done:
                if pulse():
                    stop.set()
        finally:
            stop.set()
        for worker in workers:
            worker.result()
