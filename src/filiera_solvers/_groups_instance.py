"""Dividing people into groups: what is given and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result

FloatMatrix: TypeAlias = NDArray[np.float64]
FloatVector: TypeAlias = NDArray[np.float64]
BoolMatrix: TypeAlias = NDArray[np.bool_]
IntVector: TypeAlias = NDArray[np.int64]
Pairs: TypeAlias = tuple[tuple[int, int], ...]

FREE = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupsInstance:
    """People, how different any two of them are, and what the groups must respect.

    Parameters
    ----------
    distance : (n, n) float
        How different two people are, any unit; symmetric, zero diagonal, finite.
    smallest, largest : (m,) int
        Bounds on the number of people in each group, 0 <= smallest <= largest.
    together, apart : pairs of positions
        Two people who must, or must not, share a group.
    fixed_group : (n,) int, optional
        The group a person must be in, -1 where free.
    allowed : (n, m) bool, optional
        Which groups a person may be in; all when left out.
    wish : (n, m) float, optional
        What it is worth that a person is in a group, in the unit of ``distance``.
    current_group : (n,) int, optional
        The existing grouping, -1 for a newcomer; each person who leaves it costs ``move_price``.
    move_price : float
        In the unit of ``distance``, >= 0.
    names, group_names : tuple of str, optional
        Used in messages and answers; numbers from 0 when left out.
    """

    distance: FloatMatrix
    smallest: IntVector
    largest: IntVector
    together: Pairs = ()
    apart: Pairs = ()
    fixed_group: IntVector | None = None
    allowed: BoolMatrix | None = None
    wish: FloatMatrix | None = None
    current_group: IntVector | None = None
    move_price: float = 0.0
    names: tuple[str, ...] = ()
    group_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _set(self, "distance", np.ascontiguousarray(self.distance, dtype=np.float64))
        _set(self, "smallest", whole_numbers("smallest", self.smallest))
        _set(self, "largest", whole_numbers("largest", self.largest))
        self._check_distance()
        self._check_sizes()
        people, groups = self.people_count, self.group_count
        _set(self, "names", _names("names", self.names, people))
        _set(self, "group_names", _names("group_names", self.group_names, groups))
        _set(self, "together", _pairs("together", self.together, people))
        _set(self, "apart", _pairs("apart", self.apart, people))
        for name in ("fixed_group", "current_group"):
            if getattr(self, name) is not None:
                _set(self, name, _group_of_each(name, getattr(self, name), people, groups))
        if self.allowed is not None:
            allowed = np.ascontiguousarray(self.allowed, dtype=np.bool_)
            if allowed.shape != (people, groups):
                raise InvalidInstance(f"allowed must have shape {(people, groups)}, not {allowed.shape}")
            _set(self, "allowed", allowed)
        if self.wish is not None:
            _set(self, "wish", _finite_matrix("wish", self.wish, (people, groups)))
        if not 0 <= self.move_price < float("inf"):
            raise InvalidInstance(f"move_price must be a number >= 0, not {self.move_price}")
        if self.move_price > 0 and self.current_group is None:
            raise InvalidInstance("move_price needs current_group")

    @property
    def people_count(self) -> int:
        return len(self.distance)

    @property
    def group_count(self) -> int:
        return len(self.smallest)

    def permitted(self) -> BoolMatrix:
        """Return (n, m): whether a person may be in a group, by ``allowed`` and ``fixed_group``."""
        permitted = np.ones((self.people_count, self.group_count), dtype=np.bool_)
        if self.allowed is not None:
            permitted &= self.allowed
        if self.fixed_group is not None:
            fixed = np.flatnonzero(self.fixed_group != FREE)
            elsewhere = np.ones((len(fixed), self.group_count), dtype=np.bool_)
            elsewhere[np.arange(len(fixed)), self.fixed_group[fixed]] = False
            permitted[fixed] &= ~elsewhere
        return permitted

    def worth(self) -> FloatMatrix:
        """Return (n, m): what a person's place in a group is worth by itself, wishes less prices of moves."""
        worth = np.zeros((self.people_count, self.group_count)) if self.wish is None else self.wish.copy()
        if self.current_group is not None and self.move_price > 0:
            placed = np.flatnonzero(self.current_group != FREE)
            worth[placed] -= self.move_price
            worth[placed, self.current_group[placed]] += self.move_price
        return worth

    def _check_distance(self) -> None:
        shape = self.distance.shape
        if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
            raise InvalidInstance(f"distance must be a square matrix of at least one person, not {shape}")
        if not np.isfinite(self.distance).all():
            row, column = np.argwhere(~np.isfinite(self.distance))[0]
            raise InvalidInstance(f"distance of {row} and {column} is {self.distance[row, column]}")
        if np.diagonal(self.distance).any():
            raise InvalidInstance(
                f"distance of {np.flatnonzero(np.diagonal(self.distance))[0]} to itself is not 0"
            )
        if not np.array_equal(self.distance, self.distance.T):
            row, column = np.argwhere(self.distance != self.distance.T)[0]
            raise InvalidInstance(
                f"distance is not symmetric: {row} and {column} differ from {column} and {row}"
            )

    def _check_sizes(self) -> None:
        if len(self.smallest) == 0 or len(self.smallest) != len(self.largest):
            raise InvalidInstance(
                f"one smallest and one largest size a group, not {len(self.smallest)} and {len(self.largest)}"
            )
        wrong = np.flatnonzero((self.smallest < 0) | (self.smallest > self.largest))
        if len(wrong):
            group = wrong[0]
            raise InvalidInstance(
                f"bounds of group {group} must be 0 <= smallest <= largest, "
                f"not {self.smallest[group]} and {self.largest[group]}"
            )
        if not self.smallest.sum() <= self.people_count <= self.largest.sum():
            raise InvalidInstance(
                f"the groups hold {self.smallest.sum()} to {self.largest.sum()} people, "
                f"but there are {self.people_count}"
            )


@dataclass(frozen=True, slots=True)
class GroupsRule:
    """One rule of an instance, as a conflict names it.

    ``kind`` is together or apart (two people), fixed (a person and a group), allowed (a person), smallest or
    largest (a group and its size).
    """

    kind: str
    first: int
    second: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupsResult(Result):
    """``group_of`` (n,) int: each person's group; None when no grouping is known.

    ``conflict_rules`` are the rules that ``conflict`` tells in words.
    """

    group_of: IntVector | None = field(default=None)
    conflict_rules: tuple[GroupsRule, ...] = field(default=())


class AttributeKind(StrEnum):
    """How two values of an attribute are compared; each gives a difference from 0 to 1."""

    NOMINAL = "nominal"  # 0 if equal, else 1
    ORDINAL = "ordinal"  # difference of ranks over the greatest difference
    NUMERIC = "numeric"  # difference over the range
    SET = "set"  # Jaccard distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of all people.

    ``values`` has one value a person: any hashable (nominal), a number or one of ``order`` (ordinal),
    a finite number (numeric) or a collection of hashables (set). ``weight`` >= 0.
    """

    name: str
    kind: AttributeKind
    values: Sequence[object]
    weight: float = 1.0
    order: Sequence[object] = ()


def distance_from_attributes(attributes: Sequence[Attribute]) -> FloatMatrix:
    """Return the weighted mean of the attributes' differences (Gower's distance), from 0 to 1.

    Raises
    ------
    InvalidInstance
        No attribute, lengths that differ, a negative weight, a missing or unknown value.

    References
    ----------
    Gower (1971), A general coefficient of similarity and some of its properties, Biometrics 27.
    """
    if not attributes:
        raise InvalidInstance("at least one attribute is needed")
    people = len(attributes[0].values)
    total = np.zeros((people, people))
    weights = 0.0
    for attribute in attributes:
        if len(attribute.values) != people:
            raise InvalidInstance(
                f"attribute {attribute.name} has {len(attribute.values)} values for {people} people"
            )
        if not 0 <= attribute.weight < float("inf"):
            raise InvalidInstance(f"weight of attribute {attribute.name} is {attribute.weight}")
        total += attribute.weight * _differences(attribute)
        weights += attribute.weight
    if weights == 0:
        raise InvalidInstance("all attributes have weight 0")
    return total / weights


def _differences(attribute: Attribute) -> FloatMatrix:
    match attribute.kind:
        case AttributeKind.NOMINAL:
            codes = _codes(attribute)
            return np.asarray(codes[:, None] != codes[None, :], dtype=np.float64)
        case AttributeKind.ORDINAL:
            return _scaled(_ranks(attribute))
        case AttributeKind.NUMERIC:
            return _scaled(_numbers(attribute))
        case AttributeKind.SET:
            return _jaccard(attribute)


def _codes(attribute: Attribute) -> IntVector:
    code_of: dict[object, int] = {}
    return np.array([code_of.setdefault(value, len(code_of)) for value in attribute.values], dtype=np.int64)


def _ranks(attribute: Attribute) -> FloatVector:
    if not attribute.order:
        numbers = _numbers(attribute)
        return np.searchsorted(np.unique(numbers), numbers).astype(np.float64)
    rank_of = {value: rank for rank, value in enumerate(attribute.order)}
    unknown = [value for value in attribute.values if value not in rank_of]
    if unknown:
        raise InvalidInstance(f"attribute {attribute.name} has the value {unknown[0]!r}, not in its order")
    return np.array([rank_of[value] for value in attribute.values], dtype=np.float64)


def _numbers(attribute: Attribute) -> FloatVector:
    try:
        numbers = np.array([float(str(value)) for value in attribute.values])
    except ValueError as error:
        raise InvalidInstance(f"attribute {attribute.name} has a value that is no number: {error}") from error
    if not np.isfinite(numbers).all():
        person = np.flatnonzero(~np.isfinite(numbers))[0]
        raise InvalidInstance(f"attribute {attribute.name} of person {person} is {numbers[person]}")
    return numbers


def _scaled(numbers: FloatVector) -> FloatMatrix:
    differences: FloatMatrix = np.abs(numbers[:, None] - numbers[None, :])
    greatest = float(differences.max(initial=0.0))
    if greatest > 0:
        differences /= greatest
    return differences


def _jaccard(attribute: Attribute) -> FloatMatrix:
    sets = []
    for person, value in enumerate(attribute.values):
        if isinstance(value, str) or not isinstance(value, (list, tuple, set, frozenset)):
            raise InvalidInstance(f"attribute {attribute.name} of person {person} is no set: {value!r}")
        sets.append(frozenset(value))
    differences = np.zeros((len(sets), len(sets)))
    for first, one in enumerate(sets):
        for second in range(first):
            union = len(one | sets[second])
            share = len(one & sets[second]) / union if union else 1.0
            differences[first, second] = differences[second, first] = 1.0 - share
    return differences


def whole_numbers(name: str, values: object) -> IntVector:
    """Return a vector of whole numbers; InvalidInstance for anything else."""
    try:
        numbers = np.atleast_1d(np.asarray(values, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise InvalidInstance(f"{name} must be whole numbers: {error}") from error
    if numbers.ndim != 1 or not np.isfinite(numbers).all() or (numbers != np.floor(numbers)).any():
        raise InvalidInstance(f"{name} must be a list of whole numbers")
    return numbers.astype(np.int64)


def _group_of_each(name: str, values: object, people: int, groups: int) -> IntVector:
    group_of = whole_numbers(name, values)
    if len(group_of) != people:
        raise InvalidInstance(f"{name} needs one group a person, {people}, not {len(group_of)}")
    wrong = np.flatnonzero((group_of < FREE) | (group_of >= groups))
    if len(wrong):
        raise InvalidInstance(f"{name} of person {wrong[0]} is {group_of[wrong[0]]}: there is no such group")
    return group_of


def _finite_matrix(name: str, values: object, shape: tuple[int, int]) -> FloatMatrix:
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.shape != shape:
        raise InvalidInstance(f"{name} must have shape {shape}, not {matrix.shape}")
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0]
        raise InvalidInstance(f"{name} of {row} and {column} is {matrix[row, column]}")
    return np.ascontiguousarray(matrix)


def _names(name: str, values: Sequence[str], count: int) -> tuple[str, ...]:
    names = tuple(str(value) for value in values) or tuple(str(number) for number in range(count))
    if len(names) != count:
        raise InvalidInstance(f"{name} needs {count} names, not {len(names)}")
    if len(set(names)) != count:
        raise InvalidInstance(f"{name} has {next(one for one in names if names.count(one) > 1)!r} twice")
    return names


def _pairs(name: str, values: Sequence[tuple[int, int]], people: int) -> Pairs:
    pairs = []
    for first, second in values:
        if not (0 <= first < people and 0 <= second < people):
            raise InvalidInstance(f"{name} names {first} and {second}: people are 0 to {people - 1}")
        if first == second:
            raise InvalidInstance(f"{name} pairs person {first} with themselves")
        pairs.append((min(int(first), int(second)), max(int(first), int(second))))
    return tuple(sorted(set(pairs)))


def _set(instance: object, name: str, value: object) -> None:
    object.__setattr__(instance, name, value)
