"""Why somebody sits where they sit: only what is true of the plan as it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from filiera.workshops.models import GroupAttribute
from filiera.workshops.queries.group_problem import GroupProblem, Plan
from filiera.workshops.queries.group_score import groups_in, pairs_of


@dataclass(frozen=True, slots=True)
class Exchange:
    """Changing places with somebody: how many points more the plan would lose (less, if negative)."""

    position: int
    circle: int
    points: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for a place; people are positions of members.

    `new` of the `others` in the group are met in this round and in no other one. `alone` are the attributes
    in which nobody else of the group is alike. `rank` is that of the wish that comes true, if any;
    `exchange` the cheapest that keeps every rule, None where rules forbid all.
    """

    others: int
    new: int
    alone: tuple[str, ...]
    rank: int | None
    together: tuple[int, ...]
    is_fixed: bool
    by_mode: bool
    exchange: Exchange | None


class Reasons:
    """The reasons of one round. What each two lose together is counted once, when it is first asked for."""

    def __init__(self, problem: GroupProblem, plan: Plan, sitting: int) -> None:
        self.problem, self.plan, self.sitting = problem, plan, sitting
        self.places = plan[sitting]
        self.groups = groups_in(plan, sitting)
        self.elsewhere = _met_elsewhere(plan, sitting)
        self._together = _partners(problem.together)
        self._apart = _partners(problem.apart)

    @cached_property
    def _points(self) -> list[list[float]]:
        """Points that each two lose by sitting together in this round."""
        count = len(self.problem.members)
        rows = [[0.0] * count for _ in range(count)]
        alike, sitting = self.problem.alike, self.sitting
        seated = sorted(self.places)
        for place, one in enumerate(seated):
            row = rows[one]
            for two in seated[:place]:
                row[two] = rows[two][one] = alike(sitting, one, two)
        for (one, two), times in self.elsewhere.items():
            rows[one][two] += self.problem.repeat_price * times
            rows[two][one] += self.problem.repeat_price * times
        return rows

    @cached_property
    def _joining(self) -> list[list[float]]:
        """Points that each loses with the people and the theme of each circle, without themselves."""
        problem, sitting = self.problem, self.sitting
        circles = range(len(problem.sittings[sitting].circles))
        return [
            [
                sum(row[other] for other in self.groups.get(circle, ()))
                + problem.wish_price * problem.missed_wish(sitting, one, circle)
                for circle in circles
            ]
            for one, row in enumerate(self._points)
        ]

    @cached_property
    def _bound(self) -> set[int]:
        """Those whom a rule, a fixed place or their mode may hold where they are."""
        fixed = self.problem.sittings[self.sitting].fixed
        held = set(fixed) | set(self._together) | set(self._apart)
        if self.problem.keeps_online_together:
            held |= set(self.places)
        return held

    def of(self, position: int) -> Reason:
        """Why somebody who sits in this round sits there."""
        circle = self.places[position]
        others = [other for other in self.groups[circle] if other != position]
        round_, member = self.problem.sittings[self.sitting], self.problem.members[position]
        theme = round_.circles[circle].theme
        return Reason(
            others=len(others),
            new=sum(not self.elsewhere.get(_pair(position, other)) for other in others),
            alone=tuple(
                attribute
                for attribute, _weight in self.problem.steady_weights
                if (value := member.values.get(attribute))
                and all(self.problem.members[other].values.get(attribute) != value for other in others)
            ),
            rank=member.wishes.get(theme) if theme else None,
            together=tuple(other for other in others if other in self._together.get(position, ())),
            is_fixed=position in round_.fixed,
            by_mode=self._is_by_mode(position),
            exchange=self.cheapest_exchange(position),
        )

    def cheapest_exchange(self, position: int) -> Exchange | None:
        best: Exchange | None = None
        for exchange in self._exchanges(position, allowed_only=True):
            if best is None or exchange[0] < best.points - 1e-9:
                best = Exchange(exchange[1], exchange[2], exchange[0])
        return best

    def exchanges_by_circle(self, position: int) -> dict[int, Exchange]:
        """The cheapest exchange with each other circle, whether rules allow it or not."""
        best: dict[int, Exchange] = {}
        for points, other, circle in self._exchanges(position, allowed_only=False):
            if circle not in best or points < best[circle].points:
                best[circle] = Exchange(other, circle, points)
        return best

    def joining_points(self, position: int, circle: int) -> float:
        """Points that somebody loses with the people and the theme of a circle."""
        if position in self.places:
            return self._joining[position][circle]
        missed = self.problem.missed_wish(self.sitting, position, circle)
        together = sum(
            self.problem.alike(self.sitting, position, other)
            + self.problem.repeat_price * self.elsewhere.get(_pair(position, other), 0)
            for other in self.groups.get(circle, ())
        )
        return together + self.problem.wish_price * missed

    def _exchanges(self, one: int, *, allowed_only: bool) -> Iterator[tuple[float, int, int]]:
        """Points, whom and which circle of each exchange with somebody of another circle."""
        here, bound = self.places[one], self._bound
        own_points, own_joining = self._points[one], self._joining[one]
        own_is_bound = one in bound
        for other, there in self.places.items():
            if there == here:
                continue
            is_bound = own_is_bound or other in bound
            if allowed_only and is_bound and not self._may_exchange(one, other):
                continue
            theirs = self._joining[other]
            points = own_joining[there] - own_joining[here] + theirs[here] - theirs[there]
            # Each was counted with the other, who is gone by then.
            yield round(points - 2 * own_points[other], 6), other, there

    def _may_exchange(self, one: int, two: int) -> bool:
        problem, fixed = self.problem, self.problem.sittings[self.sitting].fixed
        if one in fixed or two in fixed:
            return False
        here, there = self.places[one], self.places[two]
        if not problem.may_sit(self.sitting, one, there) or not problem.may_sit(self.sitting, two, here):
            return False
        for position, target, leaves in ((one, there, two), (two, here, one)):
            for partner in self._together.get(position, ()):
                if partner in self.places and (partner == leaves or self.places[partner] != target):
                    return False
            for rival in self._apart.get(position, ()):
                if rival != leaves and self.places.get(rival) == target:
                    return False
        return True

    def _is_by_mode(self, position: int) -> bool:
        circles = self.problem.sittings[self.sitting].circles
        open_ = [
            place for place in range(len(circles)) if self.problem.may_sit(self.sitting, position, place)
        ]
        fixed = self.problem.sittings[self.sitting].fixed
        return position not in fixed and len(open_) < len(circles)


def broken_rules(problem: GroupProblem, plan: Plan, sitting: int) -> list[tuple[str, int, int]]:
    """Rules that a round breaks since somebody was moved by hand: kind and both positions."""
    places = plan[sitting]
    broken = []
    for kind, pairs in (("together", problem.together), ("apart", problem.apart)):
        for one, two in pairs:
            if one in places and two in places and (places[one] == places[two]) != (kind == "together"):
                broken.append((kind, one, two))
    return broken


def mixed_attributes(problem: GroupProblem) -> list[str]:
    """By what the groups are mixed, the mode of the day included where it counts."""
    steady = [attribute for attribute, _weight in problem.steady_weights]
    return [*steady, GroupAttribute.MODE.value] if problem.mode_weight else steady


def _met_elsewhere(plan: Plan, sitting: int) -> dict[tuple[int, int], int]:
    met: dict[tuple[int, int], int] = {}
    for other in range(len(plan)):
        if other == sitting:
            continue
        for people in groups_in(plan, other).values():
            for pair in pairs_of(people):
                met[pair] = met.get(pair, 0) + 1
    return met


def _partners(pairs: tuple[tuple[int, int], ...]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for one, two in pairs:
        found.setdefault(one, set()).add(two)
        found.setdefault(two, set()).add(one)
    return found


def _pair(one: int, two: int) -> tuple[int, int]:
    return (one, two) if one < two else (two, one)
