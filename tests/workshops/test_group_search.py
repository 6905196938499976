"""Plans, their score and their reasons: by hand where that is small, by brute force elsewhere."""

import random
from itertools import combinations

import pytest

from filiera.workshops.queries.group_problem import Circle, GroupProblem, Member, Sitting, moved
from filiera.workshops.queries.group_reasons import Reasons, broken_rules
from filiera.workshops.queries.group_score import Score, Term, score_of
from filiera.workshops.queries.group_search import (
    Contradiction,
    Search,
    absorb_changes,
    changed_sittings,
    moves_between,
    propose_plan,
)

QUICK = Search(time_limit_s=0.4, seed=1)


def problem_for(people: int, groups: int, rounds: int, **changes: object) -> GroupProblem:
    """Made-up people of seven countries and five ecosystems; most wish for themes where there are any."""
    chance = random.Random(people)
    themes = changes.pop("themes", ())
    members = tuple(
        Member(
            key=100 + number,
            name=f"Person {number}",
            values={"country": f"C{chance.randrange(7)}", "ecosystem": f"E{chance.randrange(5)}"},
            wishes={theme: rank for rank, theme in enumerate(chance.sample(list(themes), 2), start=1)}
            if themes and chance.random() < 0.67
            else {},
        )
        for number in range(people)
    )
    sittings = tuple(
        Sitting(
            key=number,
            number=number + 1,
            circles=tuple(
                Circle(10 * number + place, place + 1, themes[place % len(themes)] if themes else "")
                for place in range(groups)
            ),
        )
        for number in range(rounds)
    )
    told: dict[str, object] = {
        "weights": {"country": 2.0, "ecosystem": 1.0},
        "repeat_price": 2.0,
        "wish_price": 2.0,
        "move_price": 4.0,
        **changes,
    }
    return GroupProblem(members, sittings, **told)  # type: ignore[arg-type]


def points_by_counting(problem: GroupProblem, plan) -> float:
    """The score once more, from nothing but who sits where; shares no code with the score."""
    points, meetings = 0.0, {}
    for sitting, places in zip(problem.sittings, plan, strict=True):
        for one, two in combinations(sorted(places), 2):
            if places[one] != places[two]:
                continue
            meetings[one, two] = meetings.get((one, two), 0) + 1
            for attribute, weight in problem.weights.items():
                a, b = problem.members[one].values[attribute], problem.members[two].values[attribute]
                points += weight * (a == b != "")
        for one, circle in places.items():
            wishes = problem.members[one].wishes
            if wishes and any(each.theme for each in sitting.circles):
                came_true = {1: 1.0, 2: 0.6, 3: 0.3}.get(wishes.get(sitting.circles[circle].theme), 0.0)
                points += problem.wish_price * (1 - came_true)
    return points + problem.repeat_price * sum(times * (times - 1) / 2 for times in meetings.values())


def test_a_score_counts_pairs_that_are_alike_or_meet_again():
    members = tuple(Member(key, f"P{key}", {"country": value}, {}) for key, value in enumerate("AABB"))
    sittings = tuple(Sitting(key, key + 1, (Circle(10 * key, 1), Circle(10 * key + 1, 2))) for key in (0, 1))
    problem = GroupProblem(members, sittings, {"country": 3.0}, repeat_price=2.0)

    mixed = ({0: 0, 2: 0, 1: 1, 3: 1}, {0: 0, 3: 0, 1: 1, 2: 1})
    alike = ({0: 0, 1: 0, 2: 1, 3: 1}, {0: 0, 1: 0, 2: 1, 3: 1})

    assert score_of(problem, mixed) == Score((Term("country", 3.0, 0, 0), Term("repeats", 2.0, 0, 0)), 4, 4)
    assert score_of(problem, alike) == Score((Term("country", 3.0, 4, 0), Term("repeats", 2.0, 2, 0)), 2, 4)


@pytest.mark.parametrize("people", [4, 5, 6])
def test_no_plan_loses_less_than_the_bound(people):
    problem = problem_for(people, 2, 1, themes=("a", "b"))
    plans = [
        (dict(enumerate(bits)),)
        for number in range(2**people)
        if abs(2 * sum(bits := [number >> place & 1 for place in range(people)]) - people) <= 1
    ]

    scores = [score_of(problem, plan) for plan in plans]

    assert min(score.points for score in scores) >= max(score.least_points for score in scores) - 1e-9
    assert [score.points for score in scores] == pytest.approx(
        [points_by_counting(problem, plan) for plan in plans]
    )


def test_thirty_people_meet_as_many_others_as_can_be():
    problem = problem_for(30, 5, 4, weights={})

    found = propose_plan(problem, QUICK)

    score = score_of(found.problem, found.plan)
    assert score.terms == (Term("repeats", 2.0, 30, 30),)
    assert score.is_proven


def test_rules_wishes_and_fixed_places_are_kept():
    problem = problem_for(18, 3, 2, themes=("a", "b", "c"), together=((0, 1), (1, 2)), apart=((3, 4),))
    first = problem.sittings[0]
    fixed = Sitting(first.key, 1, first.circles, frozenset({17}), {}, {5: 2})
    problem = GroupProblem(
        problem.members,
        (fixed, problem.sittings[1]),
        problem.weights,
        2.0,
        2.0,
        4.0,
        ((0, 1), (1, 2)),
        ((3, 4),),
    )

    plan = propose_plan(problem, QUICK).plan

    assert plan is not None
    assert [broken_rules(problem, plan, sitting) for sitting in (0, 1)] == [[], []]
    assert (plan[0][5], 17 in plan[0], 17 in plan[1]) == (2, False, True)
    assert [sorted(list(places.values()).count(circle) for circle in range(3)) for places in plan] == [
        [5, 6, 6],
        [6, 6, 6],
    ]


def test_people_online_sit_in_groups_of_their_own_when_asked():
    problem = problem_for(20, 4, 1, keeps_online_together=True)
    first = problem.sittings[0]
    modes = {position: "online" if position < 6 else "in_person" for position in range(20)}
    sitting = Sitting(first.key, 1, first.circles, frozenset(), modes)
    problem = GroupProblem(problem.members, (sitting,), problem.weights, keeps_online_together=True)

    found = propose_plan(problem, QUICK)

    assert found.plan is not None
    online = {circle for position, circle in found.plan[0].items() if position < 6}
    on_site = {circle for position, circle in found.plan[0].items() if position >= 6}
    assert online.isdisjoint(on_site)
    assert online == {
        place for place, circle in enumerate(found.problem.sittings[0].circles) if circle.is_online
    }


def test_a_contradiction_is_named_by_its_smallest_part():
    problem = problem_for(14, 2, 2, together=((0, 1), (1, 2), (5, 6)), apart=((0, 2), (8, 9)))

    found = propose_plan(problem, QUICK)

    assert found.plan is None
    assert set(found.conflict) == {
        Contradiction("together", 0, 0, 1),
        Contradiction("together", 0, 1, 2),
        Contradiction("apart", 0, 0, 2),
    }


def test_late_arrivals_and_absences_move_few_others():
    problem = problem_for(30, 5, 2)
    plan = propose_plan(problem, QUICK).plan
    assert plan is not None
    without_newcomers = tuple({one: circle for one, circle in places.items() if one > 1} for places in plan)
    away = tuple(
        Sitting(sitting.key, sitting.number, sitting.circles, frozenset({10})) for sitting in problem.sittings
    )
    later = GroupProblem(problem.members, away, problem.weights, 2.0, 2.0, 4.0)
    before = tuple({one: at for one, at in places.items() if one != 10} for places in without_newcomers)

    found = absorb_changes(later, before, QUICK)

    assert changed_sittings(later, before) == [0, 1]
    assert found.plan is not None
    assert [len(places) for places in found.plan] == [29, 29]
    assert moves_between(before, found.plan) <= 2


def test_a_search_that_is_stopped_gives_what_it_found():
    stopped = Search(time_limit_s=30, seed=1, is_cancelled=lambda: True)

    found = propose_plan(problem_for(40, 5, 3, apart=((0, 1),)), stopped)

    assert found.was_cancelled
    assert found.plan is not None
    assert [len(places) for places in found.plan] == [40, 40, 40]


@pytest.mark.parametrize("rules", [{}, {"together": ((0, 1),), "apart": ((2, 3), (4, 5))}])
def test_every_reason_is_true(rules):
    """Recomputed by doing the exchange and counting everything anew, for every person and round."""
    problem = problem_for(24, 4, 3, themes=("a", "b", "c", "d"), **rules)
    plan = propose_plan(problem, QUICK).plan
    assert plan is not None
    now = points_by_counting(problem, plan)

    for sitting, places in enumerate(plan):
        reasons = Reasons(problem, plan, sitting)
        for one, circle in places.items():
            reason = reasons.of(one)
            others = [other for other, at in places.items() if at == circle and other != one]
            rivals = {frozenset(pair) for pair in problem.apart}
            partners = {frozenset(pair) for pair in problem.together}
            elsewhere = {
                other
                for number, row in enumerate(plan)
                for other, at in row.items()
                if number != sitting and one in row and at == row[one]
            }
            assert (reason.others, reason.new) == (len(others), len(set(others) - elsewhere))
            assert reason.alone == tuple(
                attribute
                for attribute in ("country", "ecosystem")
                if problem.members[one].values[attribute]
                not in {problem.members[other].values[attribute] for other in others}
            )
            assert reason.rank == problem.members[one].wishes.get(
                problem.sittings[sitting].circles[circle].theme
            )
            assert set(reason.together) == {o for o in others if frozenset({one, o}) in partners}
            allowed = {}
            for other, at in places.items():
                if at == circle:
                    continue
                exchanged = moved(plan, sitting, {one: at, other: circle})
                if not broken_rules(problem, exchanged, sitting):
                    allowed[other] = points_by_counting(problem, exchanged) - now
            assert rivals or reason.exchange is not None
            if reason.exchange is None:
                assert not allowed
            else:
                assert reason.exchange.points == pytest.approx(min(allowed.values()), abs=1e-6)
                assert reason.exchange.points == pytest.approx(allowed[reason.exchange.position], abs=1e-6)
                assert reason.exchange.circle == places[reason.exchange.position]
