"""Totals of overlapping groups: whether some way of adding and taking away leads to a few."""

import random
from itertools import product

import pytest

from filiera.indicators.differences import leads_to_few


def by_trying(groups, least):
    """The same by trying every small whole multiple of each group."""
    members = sorted(set().union(*groups))
    for times in product(range(-3, 4), repeat=len(groups)):
        parts = [
            sum(time for time, group in zip(times, groups, strict=True) if member in group)
            for member in members
        ]
        if 0 < sum(part != 0 for part in parts) < least:
            return True
    return False


A, B, C = set(range(10)), set(range(9, 20)), set(range(20, 27))


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([A | B | C], False),
        ([A | C, A, C], False),
        # One is in both, so the two together say more than the whole by what that one says.
        ([A | B, A, B], True),
        ([A | B | C, A, B], False),
        ([A | B | C, A, B, C], True),
        ([A, A | {99}], True),
        ([A, A], False),
        ([{1, 2, 3}], True),
        ([], False),
        # The whole without one of them is three.
        ([set(range(9)), {0, 1, 2, 3, 4, 5}, {3, 4, 5, 6, 7, 8}, {0, 1, 2, 6, 7, 8}], True),
    ],
)
def test_what_a_few_totals_lead_to(groups, expected):
    assert leads_to_few(groups, 5) is expected
    assert not groups or by_trying(groups, 5) is expected


@pytest.mark.parametrize("seed", range(40))
def test_it_agrees_with_trying(seed):
    chance = random.Random(seed)
    whole = set(range(chance.randint(8, 22)))
    poles = [
        {member for member in whole if chance.random() < chance.choice((0.4, 0.6, 0.9))} for _pole in range(3)
    ]
    assert leads_to_few([whole, *poles], 5) is by_trying([whole, *poles], 5)
