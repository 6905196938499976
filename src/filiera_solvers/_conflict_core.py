"""Rules that cannot all be kept: the smallest contradiction that counting or CP-SAT can name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from ortools.graph.python import max_flow
from ortools.sat.python import cp_model

from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock

CORE_S = 5.0
"""How long one question about a part of the rules may take."""


def too_many_for(
    permitted: npt.NDArray[np.bool_], room: npt.NDArray[np.int64]
) -> tuple[list[int], list[int]] | None:
    """Return people and the only groups that may take them where these have too little room, else None.

    ``permitted`` (n, g), ``room`` (g,). By the theorem of Hall (1935) there is such a set exactly if not
    everybody finds a group; a maximal flow whose minimal cut is read back finds it.
    """
    people, groups = permitted.shape
    source, sink = people + groups, people + groups + 1
    flow = max_flow.SimpleMaxFlow()
    for person in range(people):
        flow.add_arc_with_capacity(source, person, 1)
        for group in np.flatnonzero(permitted[person]).tolist():
            flow.add_arc_with_capacity(person, people + group, 1)
    for group in range(groups):
        flow.add_arc_with_capacity(people + group, sink, int(room[group]))
    if flow.solve(source, sink) != flow.OPTIMAL or flow.optimal_flow() == people:
        return None
    cut = set(flow.get_source_side_min_cut())
    full = [group for group in range(groups) if people + group in cut]
    elsewhere = np.ones(groups, dtype=np.bool_)
    elsewhere[full] = False
    return [person for person in range(people) if not permitted[person, elsewhere].any()], full


def smallest_core(
    model: cp_model.CpModel, rules: Sequence[cp_model.IntVar], clock: Clock
) -> list[int] | None:
    """Return the positions of rules that contradict each other, None without a proof that they do.

    Each rule of the model holds where its literal is true. Rules are left out one by one as long as the rest
    still contradicts itself (deletion filter); when the clock stops, some that are not needed may remain.
    """
    core = _core(model, rules, range(len(rules)), clock)
    if core is None:
        return None
    for rule in list(core):
        if clock.must_stop():
            break
        if rule in core:
            fewer = _core(model, rules, [other for other in core if other != rule], clock)
            core = core if fewer is None else fewer
    return core


def _core(
    model: cp_model.CpModel, rules: Sequence[cp_model.IntVar], kept: Sequence[int], clock: Clock
) -> list[int] | None:
    model.clear_assumptions()
    model.add_assumptions([rules[rule] for rule in kept])
    solver, status = run_cp_sat(model, clock, phase="looking for the conflict", limit_s=CORE_S)
    if status != cp_model.INFEASIBLE:
        return None
    literals = set(solver.sufficient_assumptions_for_infeasibility())
    return [rule for rule in kept if rules[rule].index in literals]
