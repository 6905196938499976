"""The search for rounds that follow from one by rotation (see _rounds_designs)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._compiled import compiled

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


@compiled
def rotation_keys(fixed: int, orbits: int, rounds: int) -> I32:
    """Return (n, n): the number of the class of pairs that rotation turns into each other.

    Points are ``fixed`` ones, then ``orbits`` of ``rounds`` points. Class 0 holds pairs that rotation would
    bring together twice, and pairs of fixed points.
    """
    people = fixed + orbits * rounds
    keys = np.zeros((people, people), np.int32)
    number = np.zeros((fixed + orbits, fixed + orbits, rounds), np.int32)
    count = 0
    for one in range(people):
        for two in range(one):
            cell_two = two if two < fixed else fixed + (two - fixed) // rounds
            if one < fixed:
                continue
            cell_one = fixed + (one - fixed) // rounds
            at_one = (one - fixed) % rounds
            if two < fixed:
                shift = 0
            else:
                shift = (at_one - (two - fixed) % rounds) % rounds
                if cell_one == cell_two:
                    shift = min(shift, rounds - shift)
                    if 2 * shift == rounds:
                        continue
            if number[cell_one, cell_two, shift] == 0:
                count += 1
                number[cell_one, cell_two, shift] = count
            keys[one, two] = number[cell_one, cell_two, shift]
            keys[two, one] = keys[one, two]
    return keys


@compiled
def _cost_with(point: int, group: int, members: I32, without: int, keys: I32, used: I32, sign: int) -> int:
    """Take a point's pairs in a group out of (sign -1) or into (+1) the tally; return the change in cost."""
    change = 0
    for place in range(members.shape[1]):
        other = members[group, place]
        if (other == without) | (other == point):
            continue
        key = keys[point, other]
        if key == 0:
            change += sign
            continue
        if sign > 0:
            change += min(used[key], 1)
            used[key] += 1
        else:
            used[key] -= 1
            change -= min(used[key], 1)
    return change


@compiled
def rotate(keys: I32, members: I32, bases: int, steps: int, temperature: float, seed: int) -> int:
    """Swap points between groups of ``members`` until no class of pairs occurs twice.

    ``members`` is (bases * groups, size): so many first rounds below each other, each to be rotated. Return
    the number of surplus pairs left; zero is a design.
    """
    groups, size = members.shape
    places = groups // bases * size
    used = np.zeros(keys.max() + 1, np.int32)
    cost = 0
    for group in range(groups):
        for place in range(size):
            for other in range(place):
                key = keys[members[group, place], members[group, other]]
                if key == 0:
                    cost += 1
                else:
                    cost += min(used[key], 1)
                    used[key] += 1
    state = seed & 0x7FFFFFFF
    for _ in range(steps):
        if cost == 0:
            return 0
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        base = (state >> 8) % bases * places
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        first = base + (state >> 8) % places
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        second = base + (state >> 8) % places
        a, b = first // size, second // size
        if a == b:
            continue
        one, two = members[a, first % size], members[b, second % size]
        change = _cost_with(one, a, members, one, keys, used, -1)
        change += _cost_with(two, b, members, two, keys, used, -1)
        change += _cost_with(one, b, members, two, keys, used, 1)
        change += _cost_with(two, a, members, one, keys, used, 1)
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        if change <= 0 or np.exp(-change / temperature) * 0x7FFFFF > (state >> 8):
            members[a, first % size], members[b, second % size] = two, one
            cost += change
        else:
            _cost_with(one, b, members, two, keys, used, -1)
            _cost_with(two, a, members, one, keys, used, -1)
            _cost_with(one, a, members, one, keys, used, 1)
            _cost_with(two, b, members, two, keys, used, 1)
    return cost
