"""Who waits for a place, in which order, and what stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from filiera.admissions.queries.selection_problem import SelectionProblem
from filiera.admissions.queries.selection_reasons import ReasonData, rule_data

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    BoolArray = NDArray[np.bool_]


def reserve_list(
    problem: SelectionProblem, chosen: Sequence[bool], size: int
) -> list[tuple[int, ReasonData]]:
    """Who waits, in the order in which they enter: by what the cohort would gain with one more of them.

    For everybody who may leave, the list holds the one with whom the cohort would then be best and still
    keep its limits, those first who stand in for most; what is left of it is filled with the next best.
    With each stands which limits are full, so that they enter only when somebody leaves who makes room.
    """
    import numpy as np  # not before it is needed: every page process would carry it

    cohort = np.array(chosen, dtype=np.bool_)
    gains = {
        index: _gain(problem, cohort, index)
        for index, applicant in enumerate(problem.applicants)
        if not chosen[index] and not applicant.is_excluded
    }
    order = sorted(gains, key=lambda index: (-gains[index], problem.applicants[index].number))
    blocked = {index: _blocking(problem, cohort, index) for index in order}
    stands_in = _stand_ins(problem, cohort, order)
    wanted = sorted(order, key=lambda index: (-stands_in[index], bool(blocked[index]), -gains[index]))[:size]
    return [
        (index, {"gain": gains[index], "blocked": blocked[index]}) for index in order if index in set(wanted)
    ]


def _stand_ins(problem: SelectionProblem, cohort: BoolArray, order: Sequence[int]) -> Counter[int]:
    """For how many of the cohort each would be the best to come instead."""
    found: Counter[int] = Counter()
    limits = problem.instance.limits
    if not order:
        return found
    if not limits:
        found[order[0]] = int(cohort.sum())
        return found
    import numpy as np  # not before it is needed: every page process would carry it

    members = np.array([limit.members for limit in limits], dtype=np.int64)
    least = np.array([limit.least or 0 for limit in limits])
    most = np.array([len(cohort) if limit.most is None else limit.most for limit in limits])
    counts = members[:, cohort].sum(axis=1)
    waiting = members[:, list(order)]
    for leaver in cohort.nonzero()[0]:
        after = (counts - members[:, leaver])[:, None] + waiting
        keeps = ((after >= least[:, None]) & (after <= most[:, None])).all(axis=0)
        if keeps.any():
            found[order[int(keeps.argmax())]] += 1
    return found


def _gain(problem: SelectionProblem, cohort: BoolArray, index: int) -> float:
    gain = float(problem.instance.scores[index])
    for target in problem.instance.targets:
        if target.members[index]:
            count = int(cohort[target.members].sum())
            gain += target.weight * (abs(count - target.target) - abs(count + 1 - target.target))
    return round(gain, 9)


def _blocking(problem: SelectionProblem, cohort: BoolArray, index: int) -> list[ReasonData]:
    blocking = []
    for limit in problem.instance.limits:
        if limit.most is not None and limit.members[index] and int(cohort[limit.members].sum()) >= limit.most:
            position, value = problem.named[limit.name]
            blocking.append({**rule_data(problem.rules[position], value), "least": None})
    return blocking
