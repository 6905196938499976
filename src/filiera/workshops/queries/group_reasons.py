"""Why somebody sits where they sit: only what is true of the plan as it stands."""

from dataclasses import dataclass

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
    """The reasons of one round, from points that are counted once."""

    def __init__(self, problem: GroupProblem, plan: Plan, sitting: int) -> None:
        self.problem, self.plan, self.sitting = problem, plan, sitting
        self.places = plan[sitting]
        self.groups = groups_in(plan, sitting)
        self.elsewhere = _met_elsewhere(plan, sitting)
        self._points: dict[tuple[int, int], float] = {}
        self._in_circle: dict[tuple[int, int], float] = {}
        self._together = _partners(problem.together)
        self._apart = _partners(problem.apart)

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
        for other, circle in self.places.items():
            if circle == self.places[position] or not self._may_exchange(position, other):
                continue
            points = self._exchange_points(position, other)
            if best is None or points < best.points - 1e-9:
                best = Exchange(other, circle, round(points, 6))
        return best

    def exchanges_by_circle(self, position: int) -> dict[int, Exchange]:
        """The cheapest exchange with each other circle, whether rules allow it or not."""
        best: dict[int, Exchange] = {}
        for other, circle in self.places.items():
            if circle == self.places[position]:
                continue
            points = round(self._exchange_points(position, other), 6)
            if circle not in best or points < best[circle].points:
                best[circle] = Exchange(other, circle, points)
        return best

    def joining_points(self, position: int, circle: int) -> float:
        """Points that somebody loses with the people and the theme of a circle."""
        missed = self.problem.missed_wish(self.sitting, position, circle)
        return self._with_circle(position, circle) + self.problem.wish_price * missed

    def _exchange_points(self, one: int, two: int) -> float:
        here, there = self.places[one], self.places[two]
        both = self._pair_points(one, two)
        pairs = self._with_circle(one, there) - both + self._with_circle(two, here) - both
        pairs -= self._with_circle(one, here) + self._with_circle(two, there)
        wishes = 0.0
        for position, before, after in ((one, here, there), (two, there, here)):
            wishes += self.problem.missed_wish(self.sitting, position, after)
            wishes -= self.problem.missed_wish(self.sitting, position, before)
        return pairs + self.problem.wish_price * wishes

    def _with_circle(self, position: int, circle: int) -> float:
        """Points that somebody loses with the people of a circle, without themselves."""
        known = self._in_circle.get((position, circle))
        if known is None:
            known = sum(
                self._pair_points(position, other)
                for other in self.groups.get(circle, ())
                if other != position
            )
            self._in_circle[position, circle] = known
        return known

    def _pair_points(self, one: int, two: int) -> float:
        pair = _pair(one, two)
        known = self._points.get(pair)
        if known is None:
            known = self.problem.alike(self.sitting, one, two)
            known += self.problem.repeat_price * self.elsewhere.get(pair, 0)
            self._points[pair] = known
        return known

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
