"""Seating guests at tables, by the engine of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from filiera_solvers._check_seating import check_seating
from filiera_solvers._frame import Clock, Limits, Progress, ProgressCallback, Status
from filiera_solvers._groups import solve_groups
from filiera_solvers._groups_instance import GroupsInstance, GroupsResult
from filiera_solvers._groups_start import is_easily_drawn
from filiera_solvers._seating_instance import SeatingInstance, SeatingResult

MOST_DUTY_DRAWS = 3


def solve_seating(instance: SeatingInstance, limits: Limits) -> SeatingResult:
    """Seat all guests with the greatest worth of pairs at tables: mixed company, wishes, few who met before.

    Hosts: as many of them as the tables ask for are on duty, one of each watch at each table that needs it;
    where there are more hosts than that, several draws of those on duty are tried.

    Parameters
    ----------
    instance : SeatingInstance
        Guests, tables, rules and worths.
    limits : Limits
        Time, seed, threads, callbacks.

    Returns
    -------
    SeatingResult
        ``table_of`` (n,) int, ``value`` (greater is better), ``bound``, ``status``, the checker's verdict;
        infeasible with the smallest conflict found.

    Raises
    ------
    InvalidInstance
        By the instance and the limits themselves.
    """
    needed = sum(table.hosts for table in instance.tables)
    if needed > len(instance.hosts):
        told = f"the tables need {needed} hosts, there are {len(instance.hosts)}"
        return _without_seating(Clock(limits), (told,))
    is_drawn = 0 < needed < len(instance.hosts) or any(table.hosts > 1 for table in instance.tables)
    draws = MOST_DUTY_DRAWS if is_drawn else 1
    clock = Clock(limits)
    duty = None
    if not is_easily_drawn(_as_groups(instance, (limits.seed, 0)), limits.seed):
        from filiera_solvers._seating_rules import NoSeating, hosts_of_a_seating  # loads CP-SAT

        clock.start()
        try:
            duty, draws = hosts_of_a_seating(instance, clock), 1
        except NoSeating as error:
            return _without_seating(clock, error.conflict)
    best: SeatingResult | None = None
    spent_s, prepared_s = clock.seconds, clock.prepare_s
    for draw in range(draws):
        left_s = limits.time_limit_s - spent_s
        if left_s <= 0 or (best is not None and best.status is Status.CANCELLED):
            break
        share = Limits(
            time_limit_s=left_s / (draws - draw),
            seed=limits.seed,
            threads=limits.threads,
            on_progress=_shifted(limits.on_progress, draw, draws),
            is_cancelled=limits.is_cancelled,
        )
        found = _seated(instance, solve_groups(_as_groups(instance, (limits.seed, draw), duty), share))
        spent_s += found.seconds
        prepared_s += found.prepare_s
        if best is None or _is_better(found, best):
            best = found
    assert best is not None
    # With a draw of hosts, the bound and a proof hold for that draw only; without rules they hold for all.
    status = Status.EFFORT_LIMIT if is_drawn and best.status is Status.OPTIMAL else best.status
    bound = None if is_drawn and best.status is Status.OPTIMAL else best.bound
    return replace(best, status=status, bound=bound, seconds=spent_s, prepare_s=prepared_s)


def _is_better(found: SeatingResult, best: SeatingResult) -> bool:
    if found.value is None:
        return False
    return best.value is None or found.value > best.value


def _as_groups(
    instance: SeatingInstance, seed: tuple[int, int], duty: Sequence[Sequence[int]] | None = None
) -> GroupsInstance:
    worth = instance.pair_worth()
    apart = list(instance.apart)
    allowed = instance.served()
    hosts = np.random.default_rng(seed).permutation(sorted(instance.hosts)).astype(np.int64)
    taken = 0
    for watch in range(max((table.hosts for table in instance.tables), default=0)):
        needing = [number for number, table in enumerate(instance.tables) if table.hosts > watch]
        if duty is None:
            on_duty = hosts[taken : taken + len(needing)]
            taken += len(needing)
        else:
            on_duty = np.array([duty[number][watch] for number in needing], dtype=np.int64)
        elsewhere = np.ones(len(instance.tables), dtype=np.bool_)
        elsewhere[needing] = False
        allowed[on_duty] &= ~elsewhere
        apart += [(int(one), int(two)) for place, one in enumerate(on_duty) for two in on_duty[:place]]
    return GroupsInstance(
        distance=worth,
        smallest=np.array([max(table.smallest, table.hosts) for table in instance.tables]),
        largest=np.array([table.seats for table in instance.tables]),
        together=instance.together,
        apart=tuple(apart),
        allowed=allowed if not allowed.all() else None,
        names=instance.names,
        group_names=tuple(table.name for table in instance.tables),
    )


def _seated(instance: SeatingInstance, found: GroupsResult) -> SeatingResult:
    verdict = None if found.group_of is None else check_seating(instance, found.group_of.tolist())
    return SeatingResult(
        status=found.status,
        value=None if verdict is None else verdict.value,
        bound=found.bound,
        seconds=found.seconds,
        prepare_s=found.prepare_s,
        seed=found.seed,
        checker=verdict,
        conflict=found.conflict,
        table_of=found.group_of,
    )


def _without_seating(clock: Clock, conflict: tuple[str, ...]) -> SeatingResult:
    return SeatingResult(
        status=Status.INFEASIBLE if conflict else clock.stopped_status(),
        value=None,
        bound=None,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=clock.limits.seed,
        checker=None,
        conflict=conflict,
    )


def _shifted(tell: ProgressCallback | None, draw: int, draws: int) -> ProgressCallback | None:
    if tell is None:
        return None

    def shifted(progress: Progress) -> None:
        assert tell is not None
        tell(replace(progress, share=(draw + progress.share) / draws))

    return shifted
