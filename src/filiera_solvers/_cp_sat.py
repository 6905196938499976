"""Running CP-SAT so that it can be told to stop at once and reports while it works."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

from ortools.sat.python import cp_model

from filiera_solvers._frame import Clock

LOOK_EVERY_S = 0.05


def run_cp_sat(
    model: cp_model.CpModel,
    clock: Clock,
    *,
    phase: str,
    limit_s: float | None = None,
    portfolio: bool = False,
    linear: bool = False,
) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
    """Solve a model within the clock's limits (and ``limit_s``, if less time is to be spent on it).

    ``portfolio`` lets all strategies work in turns: it pays for hard models and stays deterministic whatever
    the number of threads; without it one strategy works on one thread. ``linear`` relies on linear
    programming as much as it can, which pays for models that are nearly flows.
    """
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = clock.limits.seed % 2**31
    solver.parameters.num_workers = clock.limits.threads if portfolio else 1
    solver.parameters.interleave_search = portfolio
    if linear:
        solver.parameters.linearization_level = 2
    left_s = clock.left_s if limit_s is None else min(limit_s, clock.left_s)
    solver.parameters.max_time_in_seconds = max(left_s, 0.01)
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(solver.solve, model)
        while True:
            try:
                return solver, running.result(timeout=LOOK_EVERY_S)
            except NotYet:
                clock.report(phase)
                if clock.must_stop():
                    solver.stop_search()
