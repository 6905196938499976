"""Small days of meetings, and what is known about them."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filiera_solvers._check_meetings import check_meetings, count_meetings
from filiera_solvers._meetings_command import read_meetings
from filiera_solvers._meetings_instance import MeetingsInstance, MeetingsMode

Case = dict[str, Any]


def read_case(folder: Path, case: Case) -> MeetingsInstance:
    path = folder / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    return read_meetings(path)


def random_case(seed: int, *, people: int = 5, slots: int = 4) -> Case:
    """Return a tiny case with absences, half-days, one precedence and tight tables; it may be infeasible."""
    dice = random.Random(seed)
    pairs = dice.sample(list(itertools.combinations(range(people), 2)), 5)
    return {
        "participants": people,
        "slots": slots,
        "tables": dice.choice([1, 2, 3]),
        "morning_slots": slots // 2,
        "meetings": [list(pair) for pair in pairs],
        "session": [dice.choice(["any", "any", "morning", "afternoon"]) for _ in pairs],
        "unavailable": {str(dice.randrange(people)): [dice.randrange(slots)]},
        "precedences": [dice.sample(range(len(pairs)), 2)],
    }


def random_wishes(seed: int, *, people: int = 5, slots: int = 3) -> Case:
    dice = random.Random(seed)
    wishes = dice.sample(list(itertools.permutations(range(people), 2)), 8)
    return {
        "mode": "wanted",
        "participants": people,
        "slots": slots,
        "tables": dice.choice([1, 2]),
        "wishes": [[*pair, dice.randint(1, 3)] for pair in wishes],
        "unavailable": {str(dice.randrange(people)): [dice.randrange(slots)]},
    }


def every_plan(instance: MeetingsInstance) -> Iterator[tuple[int, ...]]:
    choices = [
        [*places.nonzero()[0].tolist(), *([] if needed else [-1])]
        for places, needed in zip(instance.allowed, instance.required, strict=True)
    ]
    for place in itertools.product(*choices):
        if check_meetings(instance, place).valid:
            yield place


def best_by_brute_force(instance: MeetingsInstance) -> tuple[int, ...] | None:
    """Return the aims of the best plan, in their order, smaller is better; None when there is no plan."""
    keys = []
    for place in every_plan(instance):
        count = count_meetings(instance, place)
        breaks = sum(count.breaks_of.values())
        if instance.mode is MeetingsMode.ALL:
            keys.append((breaks,))
        else:
            keys.append((-count.priority_sum, -count.fewest, breaks))
    return min(keys, default=None)
