"""Days of meetings made from a seed: the b2b family, and wishes of a matchmaking day.

``python tests/figures/solvers/generate_meetings.py wanted --people 60 --wishes 400 --seed 1`` prints one.
"""

from __future__ import annotations

import argparse
import json
import random
from typing import Any

Case = dict[str, Any]
TRIES = 20_000


def bilateral_day(
    seed: int,
    *,
    people: int,
    slots: int,
    tables: int,
    meetings: int,
    absent_share: float,
    precedences: int = 0,
) -> Case:
    """Return a feasible day in mode ``all``: meetings are drawn into slots, and the slots are forgotten.

    The first fifth of the people are three times as likely to be drawn; some miss a stretch of up to a third
    of the day at its start or end; a tenth of the meetings is pinned to the half-day it was drawn in.
    """
    dice = random.Random(seed)
    unavailable: dict[str, list[int]] = {}
    for person in range(people):
        if dice.random() < absent_share:
            length = dice.randint(1, max(1, slots // 3))
            early = dice.random() < 0.5
            unavailable[str(person)] = list(range(length) if early else range(slots - length, slots))
    weights = [3 if person < people // 5 else 1 for person in range(people)]
    free = [
        [slot not in unavailable.get(str(person), []) for slot in range(slots)] for person in range(people)
    ]
    load = [0] * slots
    pairs: dict[tuple[int, int], int] = {}
    for _ in range(TRIES):
        if len(pairs) == meetings:
            break
        first, second = sorted(dice.choices(range(people), weights, k=2))
        common = [
            slot for slot in range(slots) if free[first][slot] and free[second][slot] and load[slot] < tables
        ]
        if first == second or (first, second) in pairs or not common:
            continue
        slot = dice.choice(common)
        pairs[first, second] = slot
        free[first][slot] = free[second][slot] = False
        load[slot] += 1
    drawn = list(pairs.values())
    morning = slots // 2
    session = [
        ("morning" if slot < morning else "afternoon") if dice.random() < 0.1 else "any" for slot in drawn
    ]
    ordered: list[list[int]] = []
    while len(ordered) < precedences:
        first, second = dice.sample(range(len(drawn)), 2)
        if drawn[first] < drawn[second]:
            ordered.append([first, second])
    return {
        "name": f"bilateral day {seed}",
        "seed": seed,
        "participants": people,
        "slots": slots,
        "tables": tables,
        "morning_slots": morning,
        "meetings": [list(pair) for pair in pairs],
        "session": session,
        "unavailable": unavailable,
        "precedences": ordered,
    }


def wished_day(
    seed: int,
    *,
    people: int = 60,
    wishes: int = 400,
    slots: int = 20,
    tables: int = 15,
    absent_share: float = 0.1,
) -> Case:
    """Return directed wishes with priorities 1 to 3, and people who miss a tenth of the slots at random."""
    dice = random.Random(seed)
    drawn: dict[tuple[int, int], int] = {}
    while len(drawn) < wishes:
        first, second = dice.sample(range(people), 2)
        drawn.setdefault((first, second), dice.randint(1, 3))
    missed = {
        str(person): [slot for slot in range(slots) if dice.random() < absent_share]
        for person in range(people)
    }
    return {
        "name": f"wished day {seed}",
        "seed": seed,
        "mode": "wanted",
        "participants": people,
        "slots": slots,
        "tables": tables,
        "wishes": [[first, second, priority] for (first, second), priority in drawn.items()],
        "unavailable": {person: slots_missed for person, slots_missed in missed.items() if slots_missed},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=("all", "wanted"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--slots", type=int, default=20)
    parser.add_argument("--tables", type=int, default=15)
    parser.add_argument("--meetings", type=int, default=150)
    parser.add_argument("--wishes", type=int, default=400)
    parser.add_argument(
        "--absent", type=float, default=None, help="share of people (all) or of slots (wanted)"
    )
    parser.add_argument("--precedences", type=int, default=0)
    asked = parser.parse_args()
    size = {"people": asked.people, "slots": asked.slots, "tables": asked.tables}
    if asked.mode == "all":
        absent = 0.3 if asked.absent is None else asked.absent
        case = bilateral_day(
            asked.seed, **size, meetings=asked.meetings, absent_share=absent, precedences=asked.precedences
        )
    else:
        absent = 0.1 if asked.absent is None else asked.absent
        case = wished_day(asked.seed, **size, wishes=asked.wishes, absent_share=absent)
    print(json.dumps(case, separators=(",", ":")))


if __name__ == "__main__":
    main()
