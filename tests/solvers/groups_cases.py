"""Small instances of groups, rounds and seating for the tests."""

import os
import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from filiera_solvers import GroupsInstance

SHARED = Path(os.environ.get("FILIERA_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
BENCH = SHARED / "bench" / "solver"

needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="the published instances are not at hand")


def random_distance(people: int, seed: int) -> np.ndarray:
    distance = np.triu(np.random.default_rng(seed).random((people, people)) * 100, 1)
    return distance + distance.T


def equal_groups(people: int, groups: int, *, seed: int = 1, **rules: object) -> GroupsInstance:
    return GroupsInstance(
        distance=random_distance(people, seed),
        smallest=np.full(groups, people // groups),
        largest=np.full(groups, -(-people // groups)),
        **rules,
    )


def best_by_trying_everything(instance: GroupsInstance) -> float:
    """Go through every assignment, rule by rule, without any of the library's helpers."""
    people, groups = len(instance.distance), len(instance.smallest)
    best = -float("inf")
    for group_of in product(range(groups), repeat=people):
        sizes = [group_of.count(group) for group in range(groups)]
        if any(
            not low <= size <= high
            for low, size, high in zip(instance.smallest, sizes, instance.largest, strict=True)
        ):
            continue
        if any(group_of[one] != group_of[two] for one, two in instance.together):
            continue
        if any(group_of[one] == group_of[two] for one, two in instance.apart):
            continue
        value = sum(
            instance.distance[one, two]
            for one in range(people)
            for two in range(one)
            if group_of[one] == group_of[two]
        )
        if instance.wish is not None:
            value += sum(instance.wish[person, group] for person, group in enumerate(group_of))
        best = max(best, value)
    return best


class Patience:
    """Cancels after so many questions, and tells how long the answer took from then on."""

    def __init__(self, questions: int) -> None:
        self.questions = questions
        self.asked_at: float | None = None

    def is_over(self) -> bool:
        self.questions -= 1
        if self.questions < 0 and self.asked_at is None:
            self.asked_at = time.perf_counter()
        return self.asked_at is not None

    def waited_s(self) -> float:
        assert self.asked_at is not None
        return time.perf_counter() - self.asked_at
