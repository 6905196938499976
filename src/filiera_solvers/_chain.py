"""Value chains: one company per stage, good at its stage and well linked to its neighbours.

References
----------
Flow formulation of layered assignment: Ahuja, Magnanti, Orlin (1993), Network Flows. The trade-off: the
non-inferior set estimation of Cohon (1978).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from filiera_solvers._chain_bounds import reduce_candidates
from filiera_solvers._chain_filter import candidates_that_matter
from filiera_solvers._chain_instance import Chain, ChainInstance, ChainResult, IntArray
from filiera_solvers._chain_model import Answer, ChainModel, chain_of
from filiera_solvers._check_chain import check_chain
from filiera_solvers._frame import Clock, Limits, Status, Verdict

SAME = 1e-9
LEAST_WEIGHT = 0.001  # decides between equals, so that no chain found is beaten by another
FIRST_ROOM = 0.002  # share of the value that other chains may fall behind, to begin with


def solve_chain(instance: ChainInstance, limits: Limits) -> ChainResult:
    """Compose the chain with the greatest weighted sum of fits and links; others and a trade-off if asked.

    Parameters
    ----------
    instance : ChainInstance
        Checked data; see there for shapes and units.
    limits : Limits
        Wall-clock limit, seed, callbacks. One thread is enough.

    Returns
    -------
    ChainResult
        ``best``, ``others``, ``front``, ``value``, ``bound`` and ``status``. There is no bound when more
        candidates have links of their own than can be looked at. Infeasible: ``conflict`` names rules that
        contradict each other; without any one of them the others would not.
    """
    clock = Clock(limits)
    kept, is_exact = candidates_that_matter(instance)
    clock.start()
    model, answer = _first(instance, kept, clock)
    if answer.chain is None:
        conflict = _conflict(instance, kept, clock) if answer.is_proven else ()
        status = Status.INFEASIBLE if answer.is_proven else clock.stopped_status()
        return _result(instance, clock, status, None, None, kept, conflict=conflict)
    bound = _bound(answer, model, is_exact)
    is_proven = answer.is_proven and is_exact
    others = _others(instance, kept, answer.chain, clock)
    front = _front(instance, clock)
    status = Status.OPTIMAL if is_proven else clock.stopped_status()
    return _result(instance, clock, status, answer.chain, bound, kept, others, front)


def _first(instance: ChainInstance, kept: IntArray, clock: Clock) -> tuple[ChainModel, Answer]:
    reduction = reduce_candidates(instance, kept)
    if reduction is not None:
        model = ChainModel(instance, reduction.kept, handover=reduction.handover)
        answer = _best(model, clock)
        if answer.chain is not None or not answer.is_proven:
            return model, answer
    model = ChainModel(instance, kept)
    return model, _best(model, clock)


def _best(model: ChainModel, clock: Clock) -> Answer:
    objective, units = model.objective()
    return model.maximize(objective, units, clock, clock.left_s)


def _bound(answer: Answer, model: ChainModel, is_exact: bool) -> float | None:
    if not is_exact or answer.bound is None or answer.chain is None:
        return None
    if answer.is_proven:
        return answer.chain.value
    # Half a unit for each number in the sum is what counting in units may hide.
    hidden = 3 * len(model.instance.stages) / model.units_per_point
    return max(answer.bound + hidden, answer.chain.value)


def _others(instance: ChainInstance, kept: IntArray, best: Chain, clock: Clock) -> tuple[Chain, ...]:
    told = [best]
    room = FIRST_ROOM * abs(best.value)
    while len(told) < instance.alternatives and not clock.must_stop():
        # Whatever is worth more than this uses only what the reduction leaves.
        least_worth = best.value - room
        reduction = reduce_candidates(instance, kept, least_worth=least_worth)
        if reduction is None:
            model = ChainModel(instance, kept)
        else:
            model = ChainModel(instance, reduction.kept, handover=reduction.handover)
        for chain in told:
            model.forbid(chain)
        found = _best(model, clock).chain
        if reduction is not None and (found is None or found.value < least_worth):
            room = 2 * room + SAME
            if len(reduction.kept) < len(kept) or not reduction.handover.all():
                continue
        if found is None:
            break
        told.append(found)
    return tuple(told[1:])


def _front(instance: ChainInstance, clock: Clock) -> tuple[Chain, ...]:
    """Return chains of which none beats another in both sums, from the best links to the best fits.

    Between two neighbours the next one looked for is the best in the direction that makes them equal, where
    the distance is greatest first; all chains found lie on the convex hull of what is possible.
    """
    if not instance.front or clock.must_stop():
        return ()
    ends = [
        _best_towards(instance, fit, link, clock) for fit, link in ((LEAST_WEIGHT, 1.0), (1.0, LEAST_WEIGHT))
    ]
    found = [chain for chain in ends if chain is not None]
    tried: set[tuple[float, float]] = set()
    while len(found) < instance.front and not clock.must_stop():
        steps = [(one, other) for one, other in pairwise(found) if _direction(one, other) not in tried]
        if not steps:
            break
        one, other = max(steps, key=lambda step: abs(step[0].fit_sum - step[1].fit_sum))
        tried.add(_direction(one, other))
        between = _best_towards(instance, *_direction(one, other), clock)
        if between is not None:
            found = sorted(_distinct([*found, between]), key=lambda chain: chain.fit_sum)
    return tuple(chain for chain in _distinct(found) if not any(_beats(other, chain) for other in found))


def _direction(one: Chain, other: Chain) -> tuple[float, float]:
    """Return the weights of fits and links by which two chains are equally good, the greater being one."""
    fit, link = abs(one.link_sum - other.link_sum), abs(one.fit_sum - other.fit_sum)
    greatest = max(fit, link) or 1.0
    return max(LEAST_WEIGHT, round(fit / greatest, 3)), max(LEAST_WEIGHT, round(link / greatest, 3))


def _best_towards(instance: ChainInstance, fit: float, link: float, clock: Clock) -> Chain | None:
    if clock.must_stop():
        return None
    turned = replace(instance, fit_weight=fit, link_weight=link, second_weight=0.0, alternatives=1, front=0)
    _, answer = _first(turned, candidates_that_matter(turned)[0], clock)
    if answer.chain is None or not answer.is_proven:
        return None
    return chain_of(instance, answer.chain.members, answer.chain.seconds)


def _distinct(chains: list[Chain]) -> list[Chain]:
    seen: dict[tuple[int, ...], Chain] = {}
    for chain in chains:
        seen.setdefault(tuple(chain.members.tolist()), chain)
    return list(seen.values())


def _beats(one: Chain, other: Chain) -> bool:
    at_least = one.fit_sum >= other.fit_sum - SAME and one.link_sum >= other.link_sum - SAME
    return at_least and (one.fit_sum > other.fit_sum + SAME or one.link_sum > other.link_sum + SAME)


def _conflict(instance: ChainInstance, kept: IntArray, clock: Clock) -> tuple[str, ...]:
    model = ChainModel(instance, kept, switched=True)
    blamed = model.blamed_rules(clock, list(model.switches))
    if not blamed:
        return ()
    for text in list(blamed):
        fewer = model.blamed_rules(clock, [other for other in blamed if other != text])
        if fewer is not None:
            blamed = fewer
        if clock.must_stop():
            break
    return tuple(sorted(blamed))


def _result(
    instance: ChainInstance,
    clock: Clock,
    status: Status,
    best: Chain | None,
    bound: float | None,
    kept: IntArray,
    others: tuple[Chain, ...] = (),
    front: tuple[Chain, ...] = (),
    conflict: tuple[str, ...] = (),
) -> ChainResult:
    return ChainResult(
        status=status,
        value=None if best is None else best.value,
        bound=bound,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=clock.limits.seed,
        checker=None if best is None else _verdict(instance, best, others, front),
        conflict=conflict,
        best=best,
        others=others,
        front=front,
        kept=len(kept),
    )


def _verdict(
    instance: ChainInstance, best: Chain, others: tuple[Chain, ...], front: tuple[Chain, ...]
) -> Verdict:
    """Return the checker's word on the best chain, with whatever is broken in the others."""
    verdicts = [
        check_chain(instance, chain.members.tolist(), chain.seconds.tolist())
        for chain in (best, *others, *front)
    ]
    broken = tuple(text for verdict in verdicts for text in verdict.broken)
    return Verdict(valid=not broken, value=verdicts[0].value, broken=broken)
