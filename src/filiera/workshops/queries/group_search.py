"""Looking for the best plan with the solvers: all rounds at once where no rule binds, else in turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from filiera.admissions.models import AttendanceMode
from filiera.workshops.queries.group_problem import Circle, GroupProblem, Plan, with_circles
from filiera.workshops.queries.group_score import even_sizes, meetings_in, score_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from filiera_solvers import GroupsResult, Progress

TURNS = 3
"""So often each round is formed anew against all others."""

CONFLICT_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A rule that cannot hold beside the others: kind, round, and whom or which group it is about."""

    kind: str
    sitting: int
    first: int
    second: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: a plan for a problem whose online groups are marked, or why there is none."""

    problem: GroupProblem
    plan: Plan | None
    conflict: tuple[Contradiction, ...] = ()
    was_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How long and how; `on_progress` hears the share of the time and the points of the best plan so far."""

    time_limit_s: float
    seed: int
    on_progress: Callable[[float, float | None], None] = lambda share, points: None
    is_cancelled: Callable[[], bool] = lambda: False


def propose_plan(problem: GroupProblem, search: Search) -> Found:
    """Form all rounds anew; fixed places, rules and themes are kept."""
    problem = _with_online_circles(problem)
    if _is_plain(problem):
        return _all_at_once(problem, search)
    return _in_turns(problem, search, None)


def absorb_changes(problem: GroupProblem, plan: Plan, search: Search) -> Found:
    """Seat newcomers and close the gaps of those who left, at a price for everybody else who moves."""
    return _in_turns(problem, search, plan)


def changed_sittings(problem: GroupProblem, plan: Plan) -> list[int]:
    """The rounds that need it: somebody has no seat, or a group is two off an even size, or one alone."""
    changed = []
    for sitting, places in enumerate(plan):
        least, most = _bounds(problem, sitting, is_loose=True)
        sizes = [list(places.values()).count(circle) for circle in range(len(least))]
        fits = all(low <= size <= high for low, size, high in zip(least, sizes, most, strict=True))
        if not fits or len(places) < len(problem.present(sitting)):
            changed.append(sitting)
    return changed


def _with_online_circles(problem: GroupProblem) -> GroupProblem:
    """Say in each round which groups are for those online; nearly as large as the others."""
    for sitting, round_ in enumerate(problem.sittings):
        present = problem.present(sitting)
        online = sum(round_.modes.get(position) == AttendanceMode.ONLINE for position in present)
        groups, count = len(round_.circles), 0
        if problem.keeps_online_together and online:
            most = groups if online == len(present) else groups - 1
            count = min(max(1, round(online * groups / len(present))), most)
        circles = tuple(
            Circle(circle.key, circle.number, circle.theme, place >= groups - count)
            for place, circle in enumerate(round_.circles)
        )
        problem = with_circles(problem, sitting, circles)
    return problem


def _is_plain(problem: GroupProblem) -> bool:
    """Whether nothing but people, sizes and absences tells one round from another."""
    return (
        len(problem.sittings) > 1
        and not problem.together
        and not problem.apart
        and not problem.mode_weight
        and not any(sitting.fixed for sitting in problem.sittings)
        and not any(circle.is_online for sitting in problem.sittings for circle in sitting.circles)
        and not (problem.wish_price and any(member.wishes for member in problem.members))
        and all(len(problem.present(number)) >= len(s.circles) for number, s in enumerate(problem.sittings))
    )


def _all_at_once(problem: GroupProblem, search: Search) -> Found:
    import filiera_solvers as solvers  # with its arrays, which page processes must not carry

    alike = _alike_points(problem, 0, range(len(problem.members)))
    result = solvers.solve_rounds(
        solvers.RoundsInstance(
            people_count=len(problem.members),
            sizes=tuple(
                tuple(even_sizes(len(problem.present(number)), len(sitting.circles)))
                for number, sitting in enumerate(problem.sittings)
            ),
            absent=tuple(sitting.away for sitting in problem.sittings),
            repeat_price=problem.repeat_price,
            met=alike,
        ),
        solvers.Limits(
            time_limit_s=search.time_limit_s,
            seed=search.seed,
            on_progress=lambda told: search.on_progress(told.share, told.value),
            is_cancelled=search.is_cancelled,
        ),
    )
    assert result.group_of is not None
    plan = tuple(
        {position: int(circle) for position, circle in enumerate(row) if circle >= 0}
        for row in result.group_of.tolist()
    )
    return Found(problem, plan, was_cancelled=result.status is solvers.Status.CANCELLED)


def _in_turns(problem: GroupProblem, search: Search, current: Plan | None) -> Found:
    """Form one round after the other against all others, until the turns are over."""
    order = changed_sittings(problem, current) if current is not None else range(len(problem.sittings))
    turns = TURNS if len(order) > 1 else 1
    plan: list[Mapping[int, int]] = list(current or ({} for _ in problem.sittings))
    steps = [(turn, sitting) for turn in range(turns) for sitting in order]
    points: float | None = None
    was_cancelled = False
    for number, (turn, sitting) in enumerate(steps):
        if was_cancelled and turn > 0:
            break

        def tell(told: Progress, done: int = number, best: float | None = points) -> None:
            search.on_progress((done + told.share) / len(steps), best)

        result = _solved(problem, tuple(plan), sitting, search, tell, current, len(steps))
        was_cancelled = was_cancelled or search.is_cancelled()
        if result.group_of is None:
            if turn > 0 or not result.conflict_rules:
                continue
            return Found(problem, None, _smallest_conflict(problem, tuple(plan), sitting, search, current))
        present = problem.present(sitting)
        formed = dict(zip(present, map(int, result.group_of.tolist()), strict=True))
        candidate = (*plan[:sitting], formed, *plan[sitting + 1 :])
        judged = _judged(problem, candidate, current)
        if turn == 0 or points is None or judged < points - 1e-9:
            plan[sitting], points = formed, judged
    if any(
        len(places) < len(problem.present(number)) for number, places in enumerate(plan) if number in order
    ):
        return Found(problem, None, was_cancelled=was_cancelled)
    return Found(problem, tuple(plan), was_cancelled=was_cancelled)


def _smallest_conflict(
    problem: GroupProblem, plan: Plan, sitting: int, search: Search, current: Plan | None
) -> tuple[Contradiction, ...]:
    """Once more with time enough to leave out what is not part of the contradiction."""
    patient = replace(search, time_limit_s=CONFLICT_LIMIT_S)
    result = _solved(problem, plan, sitting, patient, lambda told: None, current, 1)
    return _contradictions(problem, sitting, result)


def _judged(problem: GroupProblem, plan: Plan, current: Plan | None) -> float:
    points = score_of(problem, plan).points
    if current is not None:
        points += problem.move_price * moves_between(current, plan)
    return points


def moves_between(before: Plan, after: Plan) -> int:
    """How many changed their group; whoever comes or goes is none of them."""
    return sum(
        position in new and new[position] != circle
        for old, new in zip(before, after, strict=True)
        for position, circle in old.items()
    )


def _solved(
    problem: GroupProblem,
    plan: Plan,
    sitting: int,
    search: Search,
    tell: Callable[[Progress], None],
    current: Plan | None,
    steps: int,
) -> GroupsResult:
    import numpy as np  # page processes must not carry it

    import filiera_solvers as solvers

    round_, present = problem.sittings[sitting], problem.present(sitting)
    place_of = {position: place for place, position in enumerate(present)}
    distance = -_alike_points(problem, sitting, present)
    others = tuple({} if number == sitting else places for number, places in enumerate(plan))
    for (one, two), times in meetings_in(others).items():
        if one in place_of and two in place_of:
            distance[place_of[one], place_of[two]] -= problem.repeat_price * times
            distance[place_of[two], place_of[one]] -= problem.repeat_price * times
    circles = range(len(round_.circles))
    least, most = _bounds(problem, sitting, is_loose=current is not None)
    wish = np.array(
        [
            [-problem.wish_price * problem.missed_wish(sitting, position, circle) for circle in circles]
            for position in present
        ]
    )
    fixed = np.array([round_.fixed.get(position, -1) for position in present])
    unbound = replace(problem, sittings=tuple(replace(each, fixed={}) for each in problem.sittings))
    allowed = np.array(
        [[unbound.may_sit(sitting, position, circle) for circle in circles] for position in present]
    )
    held = current[sitting] if current is not None else {}
    instance = solvers.GroupsInstance(
        distance=distance,
        smallest=np.array(least),
        largest=np.array(most),
        together=_within(problem.together, place_of),
        apart=_within(problem.apart, place_of),
        fixed_group=fixed,
        allowed=None if allowed.all() else allowed,
        wish=wish if wish.any() else None,
        current_group=np.array([held.get(position, -1) for position in present]),
        move_price=problem.move_price if current is not None else 0.0,
    )
    limits = solvers.Limits(
        time_limit_s=search.time_limit_s / steps,
        seed=search.seed,
        on_progress=tell,
        is_cancelled=search.is_cancelled,
    )
    return solvers.solve_groups(instance, limits)


def _bounds(problem: GroupProblem, sitting: int, *, is_loose: bool) -> tuple[list[int], list[int]]:
    """Groups as equal as can be, those online and those in the room each among themselves."""
    round_, present = problem.sittings[sitting], problem.present(sitting)
    least, most = [], []
    has_online = any(circle.is_online for circle in round_.circles)
    for circle in round_.circles:
        people = len(present)
        groups = len(round_.circles)
        if has_online:
            groups = sum(other.is_online == circle.is_online for other in round_.circles)
            people = sum(
                (round_.modes.get(position) == AttendanceMode.ONLINE) == circle.is_online
                for position in present
            )
        even = even_sizes(people, groups)
        spare = 1 if is_loose else 0
        # One more or less than even saves moves; nobody is left alone for it.
        least.append(max(min(even) - spare, min(min(even), 2)))
        most.append(max(even) + spare)
    return least, most


def _alike_points(problem: GroupProblem, sitting: int, people: Sequence[int] | range) -> NDArray[np.float64]:
    import numpy as np  # page processes must not carry it

    points = np.zeros((len(people), len(people)))
    columns = [
        (weight, [problem.members[position].values.get(attribute, "") for position in people])
        for attribute, weight in problem.steady_weights
    ]
    if problem.mode_weight:
        modes = problem.sittings[sitting].modes
        columns.append((problem.mode_weight, [modes.get(position, "") for position in people]))
    for weight, values in columns:
        code_of: dict[str, int] = {}
        codes = np.array([code_of.setdefault(value, len(code_of)) if value else -1 for value in values])
        points += weight * ((codes[:, None] == codes[None, :]) & (codes >= 0)[:, None])
    np.fill_diagonal(points, 0)
    return points


def _within(pairs: Sequence[tuple[int, int]], place_of: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple((place_of[one], place_of[two]) for one, two in pairs if one in place_of and two in place_of)


def _contradictions(problem: GroupProblem, sitting: int, result: GroupsResult) -> tuple[Contradiction, ...]:
    """The solver's smallest conflict, with its people as positions of members."""
    present = problem.present(sitting)
    told = []
    for rule in result.conflict_rules:
        first, second = rule.first, rule.second
        if rule.kind in ("together", "apart"):
            first, second = present[first], present[second]
        elif rule.kind in ("fixed", "allowed"):
            first = present[first]
        told.append(Contradiction(rule.kind, sitting, first, second))
    return tuple(told)
