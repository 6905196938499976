"""Giving limited places to people with ranked wishes.

References
----------
Rank-maximal matchings: Irving, Kavitha, Mehlhorn, Michail, Paluch (2006). Random serial dictatorship:
Abdulkadiroglu, Sönmez (1998).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._check_places import check_places
from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock, Limits, Status
from filiera_solvers._places_instance import NOWHERE, IntArray, PlacesInstance, PlacesResult, PlacesRule


@dataclass(frozen=True, slots=True)
class Party:
    """People who go together (often one), as the search sees them.

    ``rank_of`` holds the options all of them wish and may have, with the worst of their ranks.
    """

    people: tuple[int, ...]
    ticket: str
    rank_of: dict[int, int]


def solve_places(instance: PlacesInstance, limits: Limits) -> PlacesResult:
    """Give places by the instance's rule, or give freed places to those next in order.

    Parameters
    ----------
    instance : PlacesInstance
        Checked data; see there for shapes and units. Without a text for the draw, the seed is its text.
    limits : Limits
        Wall-clock limit, seed, callbacks. One thread is enough.

    Returns
    -------
    PlacesResult
        ``option_of`` (n_people,), ``profile``, ``refill``. Status optimal: no other placement has a better
        profile (rank-maximal), or more first wishes (drawn). Infeasible: ``conflict`` names an option with
        more people than places.
    """
    clock = Clock(limits)
    if not instance.draw:
        instance = replace(instance, draw=str(limits.seed))
    parties = parties_of(instance)
    clock.start()
    conflict = _overfull(instance)
    if conflict:
        nowhere = np.full(len(instance.people), NOWHERE, dtype=np.int64)
        return _result(instance, parties, nowhere, clock, Status.INFEASIBLE, None, conflict)
    if instance.refills:
        option_of = _refilled(instance, parties)
        return _result(instance, parties, option_of, clock, clock.stopped_status(), None)
    bound = _most_first_wishes(instance, parties)
    if instance.rule is PlacesRule.DRAWN:
        option_of = _drawn(instance, parties)
        first = int(check_places(instance, option_of.tolist()).value or 0)
        status = Status.OPTIMAL if first == bound else clock.stopped_status()
        return _result(instance, parties, option_of, clock, status, bound)
    option_of, is_proven, bound = _rank_maximal(instance, parties, clock, bound)
    status = Status.OPTIMAL if is_proven else clock.stopped_status()
    return _result(instance, parties, option_of, clock, status, bound)


def ticket_of(draw: str, name: str) -> str:
    """Return the ticket anybody can recompute: ``printf '%s' 'DRAW:NAME' | sha256sum``."""
    return hashlib.sha256(f"{draw}:{name}".encode()).hexdigest()


def parties_of(instance: PlacesInstance) -> list[Party]:
    """Return all parties in the order of the draw, without those who are leaving."""
    grouped = {person for group in instance.companions for person in group}
    alone = [(person,) for person in range(len(instance.people)) if person not in grouped]
    parties = []
    for group in [*instance.companions, *alone]:
        ticket = ticket_of(instance.draw, min(instance.people[person] for person in group))
        staying = tuple(person for person in group if not instance.leaving[person])
        if staying:
            parties.append(Party(staying, ticket, _common_ranks(instance, staying)))
    return sorted(parties, key=lambda party: party.ticket)


def _common_ranks(instance: PlacesInstance, people: Sequence[int]) -> dict[int, int]:
    rank, allowed = instance.rank[list(people)], instance.allowed[list(people)]
    open_to_all = ((rank > 0) & allowed).all(axis=0)
    return {int(option): int(rank[:, option].max()) for option in np.flatnonzero(open_to_all)}


def _overfull(instance: PlacesInstance) -> tuple[str, ...]:
    staying = [int(option) for option in instance.placed[~instance.leaving] if option >= 0]
    counts = np.bincount(np.array(staying, dtype=np.int64), minlength=len(instance.options))
    return tuple(
        f"{name}: {counts[option]} people are placed, there are {instance.capacity[option]} places"
        for option, name in enumerate(instance.options)
        if counts[option] > instance.capacity[option]
    )[:1]


def _most_first_wishes(instance: PlacesInstance, parties: Sequence[Party]) -> int:
    """Bound the first wishes that can be met: of each option no more than its places."""
    wishing = np.zeros(len(instance.options), dtype=np.int64)
    ties = 0
    for party in parties:
        firsts = [option for option, rank in party.rank_of.items() if rank == 1]
        if len(firsts) == 1:
            wishing[firsts[0]] += len(party.people)
        elif firsts:
            ties += len(party.people)
    return int(np.minimum(wishing, instance.capacity).sum()) + ties


def _drawn(instance: PlacesInstance, parties: Sequence[Party]) -> IntArray:
    option_of = np.full(len(instance.people), NOWHERE, dtype=np.int64)
    left = instance.capacity.copy()
    for party in parties:
        open_options = [
            (rank, option) for option, rank in party.rank_of.items() if left[option] >= len(party.people)
        ]
        if open_options:
            _, option = min(open_options)
            option_of[list(party.people)] = option
            left[option] -= len(party.people)
    return option_of


def _rank_maximal(
    instance: PlacesInstance, parties: Sequence[Party], clock: Clock, bound: int
) -> tuple[IntArray, bool, int]:
    """Fix the number of first wishes at its greatest, then that of second ones, and so on.

    Among all placements with the best profile, the one is taken that pleases early tickets most: the sum over
    parties of (parties behind in the draw) times (ranks above the worst).
    """
    model = cp_model.CpModel()
    takes = {
        (index, option): model.new_bool_var(f"{index} takes {option}")
        for index, party in enumerate(parties)
        for option in party.rank_of
    }
    for index, party in enumerate(parties):
        if party.rank_of:
            model.add_at_most_one([takes[index, option] for option in party.rank_of])
    for option, capacity in enumerate(instance.capacity.tolist()):
        people = [len(parties[i].people) * v for (i, own), v in takes.items() if own == option]
        model.add(sum(people) <= capacity)
    best, is_proven = _drawn(instance, parties), True
    worst_rank = max((rank for party in parties for rank in party.rank_of.values()), default=0)
    for rank in range(1, worst_rank + 1):
        people = [
            len(parties[index].people) * literal
            for (index, option), literal in takes.items()
            if parties[index].rank_of[option] == rank
        ]
        if not people:
            continue
        model.maximize(sum(people))
        solver, status = run_cp_sat(model, clock, phase=f"wishes of rank {rank}", linear=True)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return best, False, bound
        best = _taken(instance, parties, takes, solver)
        is_proven = is_proven and status == cp_model.OPTIMAL
        if rank == 1:
            bound = min(bound, round(solver.best_objective_bound))
        model.add(sum(people) >= round(solver.objective_value))
        _hint(model, takes, solver)
    model.maximize(
        sum(
            (len(parties) - index) * (worst_rank + 1 - parties[index].rank_of[option]) * literal
            for (index, option), literal in takes.items()
        )
    )
    solver, status = run_cp_sat(model, clock, phase="early tickets", linear=True)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        best = _taken(instance, parties, takes, solver)
    return best, is_proven, bound


def _hint(
    model: cp_model.CpModel, takes: dict[tuple[int, int], cp_model.IntVar], solver: cp_model.CpSolver
) -> None:
    model.clear_hints()  # type: ignore[no-untyped-call]
    for literal in takes.values():
        model.add_hint(literal, solver.boolean_value(literal))


def _taken(
    instance: PlacesInstance,
    parties: Sequence[Party],
    takes: dict[tuple[int, int], cp_model.IntVar],
    solver: cp_model.CpSolver,
) -> IntArray:
    option_of = np.full(len(instance.people), NOWHERE, dtype=np.int64)
    for (index, option), literal in takes.items():
        if solver.boolean_value(literal):
            option_of[list(parties[index].people)] = option
    return option_of


def _refilled(instance: PlacesInstance, parties: Sequence[Party]) -> IntArray:
    """Give free places in the order of refill until nobody next in order wants any of them."""
    option_of = np.where(instance.leaving, NOWHERE, instance.placed)
    moved = True
    while moved:
        moved = False
        for option in range(len(instance.options)):
            for party in waiting_for(instance, parties, option_of, option):
                taken = int((option_of == option).sum())
                if instance.capacity[option] - taken >= len(party.people):
                    option_of[list(party.people)] = option
                    moved = True
                    break
    return option_of


def waiting_for(
    instance: PlacesInstance, parties: Sequence[Party], option_of: IntArray, option: int
) -> list[Party]:
    """Return the parties who would rather have this option than what they have, those next in order first.

    By the draw: in the order of tickets. Rank-maximal: those who wish it most first, tickets among equals.
    """
    waiting = []
    for party in parties:
        now = int(option_of[party.people[0]])
        own = party.rank_of.get(now, len(instance.options) + 1) if now >= 0 else len(instance.options) + 2
        if option in party.rank_of and party.rank_of[option] < own:
            waiting.append(party)
    if instance.rule is PlacesRule.RANK_MAXIMAL:
        waiting.sort(key=lambda party: party.rank_of[option])
    return waiting


def _result(
    instance: PlacesInstance,
    parties: Sequence[Party],
    option_of: IntArray,
    clock: Clock,
    status: Status,
    bound: int | None,
    conflict: tuple[str, ...] = (),
) -> PlacesResult:
    verdict = None if conflict else check_places(instance, option_of.tolist())
    ranks = [
        party.rank_of[int(option_of[person])]
        for party in parties
        for person in party.people
        if int(option_of[person]) in party.rank_of
    ]
    ticket = {person: party.ticket for party in parties for person in party.people}
    return PlacesResult(
        status=status,
        value=None if verdict is None else verdict.value,
        bound=None if bound is None else float(bound),
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=clock.limits.seed,
        checker=verdict,
        conflict=conflict,
        option_of=option_of,
        profile=tuple(ranks.count(rank) for rank in range(1, int(instance.rank.max(initial=0)) + 1)),
        refill=tuple(
            tuple(
                person
                for party in waiting_for(instance, parties, option_of, option)
                for person in party.people
            )
            for option in range(len(instance.options))
        ),
        tickets=tuple(ticket.get(person, "") for person in range(len(instance.people))),
    )
