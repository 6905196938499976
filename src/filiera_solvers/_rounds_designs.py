"""Rounds in which nobody meets twice, built instead of searched.

Two ways. *Rotation*: points lie on circles of r points (and a few stay fixed); one round, or a few, are
searched so that turning all circles by one place r times never repeats a pair. That leaves a search among
n/r circles instead of n people, and finds in moments what searching all rounds does not. *Fields*: with g
groups, g a prime power, the lines of the affine plane over the field of g elements.

References: Kirkman (1850) and Ray-Chaudhuri, Wilson (1971) on resolvable designs; Colbourn, Dinitz (2007),
Handbook of Combinatorial Designs, for difference methods and transversal designs; CSPLib prob010.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np

from filiera_solvers._groups_instance import IntVector
from filiera_solvers._rounds_kernel import rotate, rotation_keys

STEPS = 40_000
TEMPERATURES = (0.25, 0.35, 0.5)
MOST_BASES = 5
MOST_SWEEPS_OF_TRIES = 8
MOST_POINTS = 400  # beyond, tables of pairs grow too large for a search of moments


def most_rounds_by_count(groups: int, size: int) -> int:
    """Return how many rounds leave each person somebody new to meet: an upper limit, not always reached."""
    return (groups * size - 1) // (size - 1) if size > 1 else groups * size * groups


def design(
    groups: int, size: int, rounds: int, random: np.random.Generator, must_stop: Callable[[], bool]
) -> IntVector | None:
    """Return (rounds, groups * size) groups without a repeated pair, None when none was found."""
    people = groups * size
    if size == 1 or size > groups or people > MOST_POINTS or rounds > most_rounds_by_count(groups, size):
        return None
    if _field(groups) is not None:
        if rounds <= groups:
            return _by_field(groups, size, rounds)
        if size == groups:
            return _plane(groups, size, rounds)
    return _by_rotation(groups, size, rounds, random, must_stop)


def _by_rotation(
    groups: int, size: int, rounds: int, random: np.random.Generator, must_stop: Callable[[], bool]
) -> IntVector | None:
    people = groups * size
    ways = []
    for bases in range(1, MOST_BASES + 1):
        for turns in range(max(2, -(-rounds // bases)), most_rounds_by_count(groups, size) // bases + 1):
            for fixed in range(people % turns, min(groups, people - turns) + 1, turns):
                keys = rotation_keys(fixed, (people - fixed) // turns, turns)
                if keys.max() >= bases * groups * size * (size - 1) // 2:
                    ways.append((bases, turns, fixed, keys))
    for sweep in range(MOST_SWEEPS_OF_TRIES):
        for bases, turns, fixed, keys in ways:
            for temperature in TEMPERATURES:
                if must_stop():
                    return None
                members = np.concatenate(
                    [random.permutation(people).astype(np.int32).reshape(groups, size) for _ in range(bases)]
                )
                seed = int(random.integers(1 << 30))
                if rotate(keys, members, bases, STEPS << min(sweep, 4), temperature, seed) == 0:
                    return _turned(members, groups, bases, turns, fixed)[:rounds]
    return None


def _turned(members: IntVector, groups: int, bases: int, turns: int, fixed: int) -> IntVector:
    people = members.size // bases
    group_of = np.zeros((bases * turns, people), dtype=np.int64)
    for base, turn in product(range(bases), range(turns)):
        for group, points in enumerate(members[base * groups : (base + 1) * groups]):
            for point in points:
                moved = point
                if point >= fixed:
                    circle, place = divmod(int(point) - fixed, turns)
                    moved = fixed + circle * turns + (place + turn) % turns
                group_of[base * turns + turn, moved] = group
    return group_of


def _by_field(groups: int, size: int, rounds: int) -> IntVector:
    """Person (c, y), c < size, y < groups, sits in round r in group c * r + y over the field."""
    field = _field(groups)
    assert field is not None
    plus, times = field
    group_of = np.zeros((rounds, groups * size), dtype=np.int64)
    for number, column, row in product(range(rounds), range(size), range(groups)):
        group_of[number, column * groups + row] = plus[times[column][number]][row]
    return group_of


def _plane(groups: int, size: int, rounds: int) -> IntVector:
    """The affine plane: all lines of each slope, and at last the columns themselves."""
    group_of = np.zeros((rounds, groups * size), dtype=np.int64)
    group_of[: rounds - 1] = _by_field(groups, size, rounds - 1)
    group_of[rounds - 1] = np.repeat(np.arange(groups), size)
    return group_of


def _field(order: int) -> tuple[list[list[int]], list[list[int]]] | None:
    """Return the tables of sums and products of the field of so many elements, None if there is none."""
    prime = next((number for number in range(2, order + 1) if order % number == 0), 0)
    degree, rest = 0, order
    while prime and rest % prime == 0:
        degree, rest = degree + 1, rest // prime
    if rest != 1 or not degree:
        return None
    digits = [[number // prime**place % prime for place in range(degree)] for number in range(order)]
    number_of = {tuple(one): number for number, one in enumerate(digits)}
    plus = [
        [number_of[tuple((a + b) % prime for a, b in zip(one, two, strict=True))] for two in digits]
        for one in digits
    ]
    for lead in product(range(prime), repeat=degree):
        times = [[number_of[_product(one, two, lead, prime)] for two in digits] for one in digits]
        if all(len(set(row)) == order for row in times[1:]):
            return plus, times
    return None


def _product(one: list[int], two: list[int], lead: tuple[int, ...], prime: int) -> tuple[int, ...]:
    """Multiply two polynomials modulo x^degree = lead."""
    degree = len(one)
    result = [0] * (2 * degree - 1)
    for a, b in product(range(degree), repeat=2):
        result[a + b] = (result[a + b] + one[a] * two[b]) % prime
    for high in range(2 * degree - 2, degree - 1, -1):
        for place in range(degree):
            result[high - degree + place] = (
                result[high - degree + place] + result[high] * lead[place]
            ) % prime
    return tuple(result[:degree])
