"""The draw as arithmetic: rows become a problem for the solver, its answer becomes turns and places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from filiera.admissions.models import ParticipationState
from filiera.meetings.models import PlaceWay, VisitPlace, VisitRound, VisitSlot, VisitWish, VisitWishList

if TYPE_CHECKING:
    from filiera_solvers import PlacesInstance, PlacesRule

TIME_LIMIT_S = 20.0
NOWHERE = -1
# Nobody is moved away from a place that they chose, or were given, outside the draw.
_MOVED = (PlaceWay.DRAW, PlaceWay.REFILL)


@dataclass(frozen=True, slots=True)
class DrawProblem:
    """Slots with their places, and lists of wishes under codes; positions name slots."""

    slots: tuple[VisitSlot, ...]
    lists: tuple[VisitWishList, ...]
    places: tuple[int, ...]
    wishes: tuple[tuple[int, ...], ...]
    placed: tuple[int, ...]

    def instance(self, rule: PlacesRule, seed: str) -> PlacesInstance:
        import numpy as np  # not before it is needed: every page process would carry it

        import filiera_solvers as solvers

        rank = np.zeros((len(self.lists), len(self.slots)), dtype=np.int64)
        for person, wishes in enumerate(self.wishes):
            for number, slot in enumerate(wishes, start=1):
                rank[person, slot] = number
        return solvers.PlacesInstance(
            people=tuple(wish_list.code for wish_list in self.lists),
            options=tuple(slot.code for slot in self.slots),
            capacity=np.array(self.places, dtype=np.int64),
            rank=rank,
            # Whoever does not accept the conditions of a visit cannot wish for it.
            allowed=np.ones(rank.shape, dtype=np.bool_),
            companions=(),
            rule=rule,
            draw=seed,
            placed=np.array(self.placed, dtype=np.int64),
            leaving=np.zeros(len(self.lists), dtype=np.bool_),
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a draw: each list's turn and slot, whose turn filled each slot, what could have been."""

    turn_of: tuple[int, ...]
    slot_of: tuple[int, ...]
    full_at: Mapping[int, int]
    best_profile: tuple[int, ...]


def draw_problem(round_: VisitRound) -> DrawProblem:
    """All lists of wishes of people whose place in the edition stands."""
    lists = VisitWishList.objects.filter(
        round=round_, participation__state=ParticipationState.CONFIRMED, left_at__isnull=True
    )
    return _problem(round_, lists, held={}, at=None)


def refill_problem(round_: VisitRound, *, at: datetime) -> DrawProblem:
    """Those who may still move up, and what is free for them in slots that have not begun.

    Lists that came to a place outside the draw are left out, and so are the places they hold.
    """
    standing = VisitPlace.objects.standing().filter(round=round_)
    held = {place.participation_id: place for place in standing}
    outside = [key for key, place in held.items() if place.way not in _MOVED]
    lists = VisitWishList.objects.filter(
        round=round_,
        turn__isnull=False,
        left_at__isnull=True,
        participation__state=ParticipationState.CONFIRMED,
    ).exclude(participation__in=outside)
    return _problem(round_, lists, held=held, at=at)


def drawn(problem: DrawProblem, seed: str) -> Drawn:
    """Give places in the order of the tickets; whoever's turn it is takes the best that is left."""
    import filiera_solvers as solvers

    limits = solvers.Limits(time_limit_s=TIME_LIMIT_S, seed=0)
    result = solvers.solve_places(problem.instance(solvers.PlacesRule.DRAWN, seed), limits)
    best = solvers.solve_places(problem.instance(solvers.PlacesRule.RANK_MAXIMAL, seed), limits)
    order = sorted(range(len(problem.lists)), key=lambda person: result.tickets[person])
    slot_of = [int(slot) for slot in result.option_of]
    left = list(problem.places)
    full_at = {position: 0 for position, places in enumerate(left) if places == 0}
    for turn, person in enumerate(order, start=1):
        slot = slot_of[person]
        if slot != NOWHERE:
            left[slot] -= 1
            if left[slot] == 0:
                full_at[slot] = turn
    turn_of = {person: turn for turn, person in enumerate(order, start=1)}
    return Drawn(
        turn_of=tuple(turn_of[person] for person in range(len(problem.lists))),
        slot_of=tuple(slot_of),
        full_at=full_at,
        best_profile=best.profile,
    )


def refilled(problem: DrawProblem, seed: str) -> list[int]:
    """Each list's slot once everything free was given to those next in the order of the draw."""
    import filiera_solvers as solvers

    limits = solvers.Limits(time_limit_s=TIME_LIMIT_S, seed=0)
    result = solvers.solve_places(problem.instance(solvers.PlacesRule.DRAWN, seed), limits)
    return [int(slot) for slot in result.option_of]


def profile_of(ranks: list[int | None], length: int) -> list[int]:
    """How many got their first, second, … wish."""
    counts = Counter(ranks)
    return [counts[rank] for rank in range(1, length + 1)]


def _problem(
    round_: VisitRound,
    lists: QuerySet[VisitWishList],
    *,
    held: Mapping[int, VisitPlace],
    at: datetime | None,
) -> DrawProblem:
    slots = tuple(VisitSlot.objects.filter(round=round_).select_related("visit").order_by("code"))
    position = {slot.pk: index for index, slot in enumerate(slots)}
    rows = tuple(lists.order_by("code"))
    wishes: dict[int, list[int]] = {row.pk: [] for row in rows}
    for wish in VisitWish.objects.filter(wish_list__in=list(wishes)).order_by("wish_list", "rank"):
        wishes[wish.wish_list_id].append(position[wish.slot_id])
    own = [held.get(row.participation_id or 0) for row in rows]
    placed = tuple(position[place.slot_id] if place is not None else NOWHERE for place in own)
    inside = Counter(placed)
    elsewhere = Counter(position[place.slot_id] for place in held.values())
    elsewhere.subtract(slot for slot in placed if slot != NOWHERE)
    places = tuple(
        inside[index]
        if at is not None and slot.during.lower <= at
        else max(slot.places - elsewhere[index], 0)
        for index, slot in enumerate(slots)
    )
    return DrawProblem(
        slots=slots,
        lists=rows,
        places=places,
        wishes=tuple(tuple(wishes[row.pk]) for row in rows),
        placed=placed,
    )
