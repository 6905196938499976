"""What a plan of groups loses, term by term, and what no plan can avoid."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from filiera.workshops.models import GroupAttribute
from filiera.workshops.queries.group_problem import WORTH_OF_RANK, GroupProblem, Plan

REPEATS, WISHES = "repeats", "wishes"
NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Term:
    """One kind of loss: how often, how often at least in any plan, and the price of each."""

    key: str
    price: float
    count: float
    least: float

    @property
    def points(self) -> float:
        return self.price * self.count

    @property
    def least_points(self) -> float:
        return self.price * self.least


@dataclass(frozen=True, slots=True)
class Score:
    """Points lost in all, and who has met whom: pairs of people, of as many as could meet."""

    terms: tuple[Term, ...]
    met: int
    most_met: int

    @property
    def points(self) -> float:
        return sum(term.points for term in self.terms)

    @property
    def least_points(self) -> float:
        return sum(term.least_points for term in self.terms)

    @property
    def is_proven(self) -> bool:
        """Whether no plan loses less."""
        return self.points <= self.least_points + NEAR


def score_of(problem: GroupProblem, plan: Plan) -> Score:
    """Count what the plan loses; the least is counted for the same people seated in as many groups."""
    terms = [
        _alike(problem, plan, attribute, weight)
        for attribute, weight in (*problem.steady_weights, (GroupAttribute.MODE.value, problem.mode_weight))
        if weight > 0
    ]
    meetings = meetings_in(plan)
    met = len(meetings)
    again = sum(times * (times - 1) // 2 for times in meetings.values())
    least_again = _least_again(problem, plan)
    if problem.repeat_price and len(plan) > 1:
        terms.append(Term(REPEATS, problem.repeat_price, again, least_again))
    if problem.wish_price and any(member.wishes for member in problem.members):
        terms.append(_wishes(problem, plan))
    return Score(tuple(terms), met, _most_met(problem, plan))


def groups_in(plan: Plan, sitting: int) -> dict[int, list[int]]:
    """The members of each circle that has any."""
    found: dict[int, list[int]] = {}
    for position, circle in sorted(plan[sitting].items()):
        found.setdefault(circle, []).append(position)
    return found


def meetings_in(plan: Plan) -> Counter[tuple[int, int]]:
    """How often each two sit together."""
    meetings: Counter[tuple[int, int]] = Counter()
    for sitting in range(len(plan)):
        for people in groups_in(plan, sitting).values():
            meetings.update(pairs_of(people))
    return meetings


def pairs_of(people: list[int]) -> Iterable[tuple[int, int]]:
    return ((one, two) for place, two in enumerate(people) for one in people[:place])


def even_sizes(people: int, groups: int) -> list[int]:
    if groups == 0:
        return []
    return [people // groups + (group < people % groups) for group in range(groups)]


def _value(problem: GroupProblem, sitting: int, position: int, attribute: str) -> str:
    if attribute == GroupAttribute.MODE:
        return problem.sittings[sitting].modes.get(position, "")
    return problem.members[position].values.get(attribute, "")


def _alike(problem: GroupProblem, plan: Plan, attribute: str, weight: float) -> Term:
    count = least = 0
    for sitting, places in enumerate(plan):
        for people in groups_in(plan, sitting).values():
            count += _same_pairs(Counter(_value(problem, sitting, one, attribute) for one in people))
        groups = len(problem.sittings[sitting].circles)
        values = Counter(_value(problem, sitting, one, attribute) for one in places)
        least += sum(_pairs_when_spread(number, groups) for value, number in values.items() if value)
    return Term(attribute, weight, count, least)


def _same_pairs(values: Counter[str]) -> int:
    return sum(number * (number - 1) // 2 for value, number in values.items() if value)


def _pairs_when_spread(people: int, groups: int) -> int:
    return sum(size * (size - 1) // 2 for size in even_sizes(people, groups))


def _least_again(problem: GroupProblem, plan: Plan) -> int:
    """So many pairs of meetings of the same two that no plan avoids: by counting, and by pigeonholes."""
    sizes = [
        even_sizes(len(places), len(sitting.circles))
        for places, sitting in zip(plan, problem.sittings, strict=True)
    ]
    meetings = sum(size * (size - 1) // 2 for each in sizes for size in each)
    people = len({position for places in plan for position in places})
    pairs = people * (people - 1) // 2
    by_count = 0
    if pairs:
        times, more = divmod(meetings, pairs)
        by_count = pairs * times * (times - 1) // 2 + more * times
    by_pigeonhole = 0
    for later in range(len(plan)):
        for earlier in range(later):
            strangers = len(plan[later].keys() - plan[earlier].keys())
            groups = len(sizes[earlier])
            for size in sizes[later]:
                # Those who were there before spread over the groups of the earlier round.
                by_pigeonhole += _pairs_when_spread(max(0, size - strangers), groups)
    return max(by_count, by_pigeonhole)


def _most_met(problem: GroupProblem, plan: Plan) -> int:
    meetings = sum(
        size * (size - 1) // 2
        for places, sitting in zip(plan, problem.sittings, strict=True)
        for size in even_sizes(len(places), len(sitting.circles))
    )
    people = len({position for places in plan for position in places})
    return max(len(meetings_in(plan)), min(people * (people - 1) // 2, meetings))


def _wishes(problem: GroupProblem, plan: Plan) -> Term:
    """The share of wishes that does not come true; places for the dearest themes are limited."""
    count = least = 0.0
    second_best = 1.0 - WORTH_OF_RANK[2]
    for sitting, places in enumerate(plan):
        circles = problem.sittings[sitting].circles
        count += sum(problem.missed_wish(sitting, position, circle) for position, circle in places.items())
        if not any(circle.theme for circle in circles):
            continue
        room = Counter(circle.theme for circle in circles if circle.theme)
        largest = max(even_sizes(len(places), len(circles)), default=0)
        dearest: Counter[str] = Counter()
        others = 0
        for position in places:
            wishes = problem.members[position].wishes
            first = next((theme for theme, rank in wishes.items() if rank == 1), "")
            if first:
                dearest[first] += 1
            elif wishes:
                others += 1
        served = sum(min(number, room[theme] * largest) for theme, number in dearest.items())
        least += second_best * (sum(dearest.values()) - served) + second_best * others
    return Term(WISHES, problem.wish_price, count, least)
