"""Groups for a room: how soon they are found with reasons, and how far from what no plan can avoid.

    .venv/bin/python tests/figures/figure_groups_room.py      writes build/figures/groups-room.json

Thirty people in five groups over four rounds, mixed by three attributes and with wishes for themes, take less
than three seconds with a reason for every place; three hundred in thirty groups less than twenty.
"""

import os
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "figures" / "solvers"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")

import django  # noqa: E402
from tables import tell  # noqa: E402

django.setup()

import filiera_solvers as solvers  # noqa: E402
from filiera.workshops.actions.group_proposals import LIMIT_OF_MANY_S, LIMIT_S, MANY  # noqa: E402
from filiera.workshops.queries.group_problem import (  # noqa: E402
    Circle,
    GroupProblem,
    Member,
    Plan,
    Sitting,
    moved,
)
from filiera.workshops.queries.group_reasons import Reason, Reasons  # noqa: E402
from filiera.workshops.queries.group_score import score_of  # noqa: E402
from filiera.workshops.queries.group_search import Search, propose_plan  # noqa: E402

CASES = ((30, 5, 4, 3.0), (300, 30, 4, 20.0))
CHECKED = 40


def made_up(people: int, groups: int, rounds: int) -> GroupProblem:
    """People of twelve countries, fourteen ecosystems and three maturities; two thirds wish for themes."""
    chance = random.Random(people)
    themes = [f"Theme {number}" for number in range(1, min(groups, 6) + 1)]
    members = tuple(
        Member(
            key=number,
            name=f"Person {number}",
            values={
                "country": f"C{min(chance.randrange(12), chance.randrange(12))}",
                "ecosystem": f"E{chance.randrange(14)}",
                "maturity": chance.choice("abc"),
            },
            wishes={theme: rank for rank, theme in enumerate(chance.sample(themes, 3), start=1)}
            if chance.random() < 2 / 3
            else {},
        )
        for number in range(people)
    )
    sittings = tuple(
        Sitting(
            key=number,
            number=number + 1,
            circles=tuple(
                Circle(groups * number + place, place + 1, themes[place % len(themes)])
                for place in range(groups)
            ),
        )
        for number in range(rounds)
    )
    return GroupProblem(
        members,
        sittings,
        {"country": 2.0, "ecosystem": 1.0, "maturity": 0.5},
        repeat_price=2.0,
        wish_price=2.0,
        move_price=4.0,
        together=((0, 1),),
        apart=((2, 3), (4, 5), (6, 7)),
    )


def untrue(problem: GroupProblem, plan: Plan, reasons: dict[tuple[int, int], Reason]) -> int:
    """How many of the checked reasons name an exchange that costs something else when it is made."""
    now = score_of(problem, plan).points
    chosen = random.Random(1).sample(sorted(reasons), min(CHECKED, len(reasons)))
    wrong = 0
    for sitting, one in chosen:
        exchange = reasons[sitting, one].exchange
        if exchange is None:
            continue
        places = {one: exchange.circle, exchange.position: plan[sitting][one]}
        then = score_of(problem, moved(plan, sitting, places)).points
        wrong += abs(then - now - exchange.points) > 1e-6
    return wrong


def measured(people: int, groups: int, rounds: int) -> dict[str, object]:
    problem = made_up(people, groups, rounds)
    limit_s = LIMIT_S if people <= MANY else LIMIT_OF_MANY_S
    began, core_began = time.perf_counter(), time.process_time()
    found = propose_plan(problem, Search(time_limit_s=limit_s, seed=1))
    searched_s = time.perf_counter() - began
    assert found.plan is not None
    reasons: dict[tuple[int, int], Reason] = {}
    for sitting, places in enumerate(found.plan):
        round_reasons = Reasons(found.problem, found.plan, sitting)
        reasons |= {(sitting, one): round_reasons.of(one) for one in places}
    told_s, core_s = time.perf_counter() - began, time.process_time() - core_began
    score = score_of(found.problem, found.plan)
    repeats = next(term for term in score.terms if term.key == "repeats")
    return {
        "people": people,
        "groups": groups,
        "rounds": rounds,
        "found s": searched_s,
        "with reasons s": told_s,
        "core s": core_s,
        "reasons": len(reasons),
        "untrue": untrue(found.problem, found.plan, reasons),
        "points": score.points,
        "at least": score.least_points,
        "met": score.met,
        "most": score.most_met,
        "repeats": repeats.count,
        "repeats at least": repeats.least,
    }


def main() -> None:
    solvers.prepare()
    rows = [measured(people, groups, rounds) for people, groups, rounds, _limit in CASES]
    tell("groups-room", "Groups for a room, with balance, wishes and reasons", rows)
    kept = {
        f"{people} people, {groups} groups, {rounds} rounds in {limit:.0f} s with reasons": float(
            str(row["with reasons s"])
        )
        < limit
        for (people, groups, rounds, limit), row in zip(CASES, rows, strict=True)
    }
    kept["every reason that was checked is true"] = all(row["untrue"] == 0 for row in rows)
    for claim, is_kept in kept.items():
        print(f"{'kept' if is_kept else 'NOT KEPT'}: {claim}")
    if not all(kept.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
