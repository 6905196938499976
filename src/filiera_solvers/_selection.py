"""The best cohort under quotas, with the smallest true reason of every decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from filiera_solvers._check_selection import check_selection
from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Clock, Limits, Status
from filiera_solvers._selection_instance import BoolArray, Reason, SelectionInstance, SelectionResult
from filiera_solvers._selection_model import CohortModel
from filiera_solvers._selection_reasons import Conflict, conflict_of, reasons_for

CONFLICT_S = 10.0


def solve_selection(
    instance: SelectionInstance, limits: Limits, *, with_reasons: bool = False
) -> SelectionResult:
    """Choose the cohort with the greatest total score, less the price of targets missed.

    Parameters
    ----------
    instance : SelectionInstance
        Checked data; see there for shapes and units.
    limits : Limits
        Wall-clock limit, seed, callbacks. One thread is enough.
    with_reasons : bool
        Explain every decision as well, in what remains of the time limit.

    Returns
    -------
    SelectionResult
        ``chosen`` (n_candidates,) bool, ``value``, ``bound``, ``status``. Infeasible: ``conflict`` names
        limits that contradict each other; without any one of them the others would not. That may take up to
        ten seconds more than the limit.
    """
    clock = Clock(limits)
    model = CohortModel(instance, clock)
    clock.start()
    cohort = model.best(model.everything)
    if cohort.units is None and cohort.is_proven:
        conflict = conflict_of(instance, _clock_for_conflict(limits))
        return _without_cohort(instance, clock, Status.INFEASIBLE, conflict)
    if cohort.chosen is None:
        return _without_cohort(instance, clock, clock.stopped_status(), Conflict())
    verdict = check_selection(instance, cohort.chosen.tolist())
    value = verdict.value
    bound = value
    if not cohort.is_proven and cohort.bound_units is not None:
        # Half a unit per candidate is what counting in units may hide.
        hidden = (instance.most_places + len(instance.targets)) / 2
        bound = (cohort.bound_units + hidden) / model.units_per_point
    result = SelectionResult(
        status=Status.OPTIMAL if cohort.is_proven else clock.stopped_status(),
        value=value,
        bound=bound,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=limits.seed,
        checker=verdict,
        chosen=cohort.chosen,
    )
    return _explained(result, model) if with_reasons and cohort.is_proven else result


def explain_selection(instance: SelectionInstance, chosen: BoolArray, limits: Limits) -> tuple[Reason, ...]:
    """Explain a best cohort that was found before, in a time of its own.

    Parameters
    ----------
    instance : SelectionInstance
        The instance of which it is a best cohort.
    chosen : (n_candidates,) bool
        A cohort proven to be a best one; of any other the reasons would not be true.
    limits : Limits
        Wall-clock limit, seed, callbacks.

    Returns
    -------
    tuple of Reason
        By candidate, as many as there was time for.

    Raises
    ------
    InvalidInstance
        The cohort has another length, or breaks a limit.
    """
    if chosen.shape != (len(instance.candidates),):
        raise InvalidInstance(f"chosen has the shape {chosen.shape}, not ({len(instance.candidates)},)")
    verdict = check_selection(instance, chosen.tolist())
    if not verdict.valid:
        raise InvalidInstance(f"the cohort breaks a limit: {verdict.broken[0]}")
    clock = Clock(limits)
    model = CohortModel(instance, clock)
    clock.start()
    return _reasons(model, chosen, verdict.value)


def _explained(result: SelectionResult, model: CohortModel) -> SelectionResult:
    began = model.clock.seconds
    reasons = _reasons(model, result.chosen, result.value)
    return replace(result, reasons=reasons, reasons_s=model.clock.seconds - began)


def _reasons(model: CohortModel, chosen: BoolArray, value: float | None) -> tuple[Reason, ...]:
    """Return the reasons of all decisions, as far as the model's time allows."""
    reasons: dict[int, Reason] = {}
    for reason in reasons_for(model, chosen):
        reasons[reason.candidate] = reason
        model.clock.report("explaining", value, value)
    return tuple(reasons[candidate] for candidate in sorted(reasons))


def _clock_for_conflict(limits: Limits) -> Clock:
    """Naming a conflict has time of its own: proving that there is one may have taken nearly all."""
    clock = Clock(replace(limits, time_limit_s=max(limits.time_limit_s, CONFLICT_S)))
    clock.start()
    return clock


def _without_cohort(
    instance: SelectionInstance, clock: Clock, status: Status, conflict: Conflict
) -> SelectionResult:
    return SelectionResult(
        status=status,
        value=None,
        bound=None,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=clock.limits.seed,
        checker=None,
        conflict=conflict.words,
        conflict_parts=conflict.parts,
        is_conflict_irreducible=conflict.is_irreducible,
        chosen=np.zeros(len(instance.candidates), dtype=np.bool_),
    )
