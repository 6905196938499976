"""Groups over several rounds: what is given and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result
from filiera_solvers._groups_instance import FREE, FloatMatrix, IntVector

MOST_PEOPLE, MOST_ROUNDS = 2000, 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundsInstance:
    """People who sit in groups, in several rounds.

    Parameters
    ----------
    people_count : int
        Number of people, >= 1.
    sizes : one tuple of group sizes a round
        They add up to the people present in that round; each >= 1.
    absent : one set of positions a round, optional
        Who is away.
    repeat_price : float
        Cost of each pair of rounds in which the same two people share a group, >= 0: two people who meet
        three times cost three.
    met : (n, n) float, optional
        Cost of each meeting of two people who know each other already, symmetric, >= 0.
    distance : (n, n) float, optional
        How different two people are, symmetric; each meeting earns ``diversity_weight`` times this.
    diversity_weight : float
        >= 0; 0 leaves diversity out.
    names : tuple of str, optional
    """

    people_count: int
    sizes: tuple[tuple[int, ...], ...]
    absent: tuple[frozenset[int], ...] = ()
    repeat_price: float = 1.0
    met: FloatMatrix | None = None
    distance: FloatMatrix | None = None
    diversity_weight: float = 0.0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.people_count <= MOST_PEOPLE:
            raise InvalidInstance(f"people_count must be 1 to {MOST_PEOPLE}, not {self.people_count}")
        if not 1 <= len(self.sizes) <= MOST_ROUNDS:
            raise InvalidInstance(f"there must be 1 to {MOST_ROUNDS} rounds, not {len(self.sizes)}")
        absent = self.absent or tuple(frozenset[int]() for _ in self.sizes)
        if len(absent) != len(self.sizes):
            raise InvalidInstance(f"absent has {len(absent)} rounds, sizes has {len(self.sizes)}")
        object.__setattr__(self, "absent", tuple(frozenset(one) for one in absent))
        for number, (sizes, away) in enumerate(zip(self.sizes, self.absent, strict=True)):
            self._check_round(number, sizes, away)
        names = self.names or tuple(str(person) for person in range(self.people_count))
        if len(names) != self.people_count or len(set(names)) != self.people_count:
            raise InvalidInstance(f"names needs {self.people_count} different names")
        object.__setattr__(self, "names", tuple(names))
        for name in ("repeat_price", "diversity_weight"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise InvalidInstance(f"{name} must be a number >= 0, not {getattr(self, name)}")
        for name in ("met", "distance"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, self._pair_matrix(name, getattr(self, name)))
        if self.met is not None and (self.met < 0).any():
            raise InvalidInstance("met must be >= 0")
        if self.diversity_weight > 0 and self.distance is None:
            raise InvalidInstance("diversity_weight needs distance")

    @property
    def round_count(self) -> int:
        return len(self.sizes)

    def present(self, number: int) -> IntVector:
        """Return the positions of those who are there in a round."""
        away = self.absent[number]
        return np.array([person for person in range(self.people_count) if person not in away], dtype=np.int64)

    def pair_cost(self) -> FloatMatrix:
        """Return (n, n): what one meeting of two people costs by itself, whoever else meets."""
        cost = np.zeros((self.people_count, self.people_count)) if self.met is None else self.met.copy()
        if self.distance is not None and self.diversity_weight > 0:
            cost -= self.diversity_weight * self.distance
        return cost

    def _check_round(self, number: int, sizes: Sequence[int], away: frozenset[int]) -> None:
        unknown = [person for person in away if not 0 <= person < self.people_count]
        if unknown:
            raise InvalidInstance(f"absent in round {number}: there is no person {unknown[0]}")
        if not sizes or any(size != int(size) or size < 1 for size in sizes):
            raise InvalidInstance(f"sizes of round {number} must be whole numbers >= 1, not {tuple(sizes)}")
        if sum(sizes) != self.people_count - len(away):
            raise InvalidInstance(
                f"sizes of round {number} add up to {sum(sizes)}, "
                f"but {self.people_count - len(away)} people are there"
            )

    def _pair_matrix(self, name: str, values: object) -> FloatMatrix:
        matrix = np.ascontiguousarray(values, dtype=np.float64)
        if matrix.shape != (self.people_count, self.people_count):
            raise InvalidInstance(f"{name} must have one row and column a person, not shape {matrix.shape}")
        if not np.isfinite(matrix).all():
            row, column = np.argwhere(~np.isfinite(matrix))[0]
            raise InvalidInstance(f"{name} of {row} and {column} is {matrix[row, column]}")
        if not np.array_equal(matrix, matrix.T) or np.diagonal(matrix).any():
            raise InvalidInstance(f"{name} must be symmetric with a zero diagonal")
        return matrix


def even_sizes(people: int, groups: int) -> tuple[int, ...]:
    """Return sizes that differ by one at most."""
    if not 1 <= groups <= people:
        raise InvalidInstance(f"{people} people cannot sit in {groups} groups")
    return tuple(people // groups + (group < people % groups) for group in range(groups))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundsResult(Result):
    """``group_of`` (rounds, n) int: each person's group in each round, -1 when absent.

    ``value`` is a cost: repeats times their price, plus costs of earlier meetings, less diversity;
    ``bound`` is a cost nothing falls below. ``repeats`` counts pairs of rounds in which two people share
    a group.
    """

    group_of: IntVector | None = field(default=None)
    repeats: int | None = None


ABSENT = FREE
