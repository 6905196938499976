"""Ranked wishes for limited places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
NOWHERE = -1


class PlacesRule(StrEnum):
    """How places are given."""

    RANK_MAXIMAL = "rank-maximal"  # most first wishes, then most second ones, and so on
    DRAWN = "drawn"  # in the order of a published draw everybody takes the best that is left


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesInstance:
    """People, what they wish and what they may have.

    Parameters
    ----------
    people, options : tuple of str
        Names, unique each.
    capacity : (n_options,) int
        Places of each option, >= 0.
    rank : (n_people, n_options) int
        1 for the first wish, 2 for the second and so on; 0 where nothing is wished.
    allowed : (n_people, n_options) bool
        Where the person meets all conditions.
    companions : tuple of tuple of int
        People who go together or not at all; nobody is in two such groups.
    rule : PlacesRule
        See there. It also decides the order in which freed places are given again.
    draw : str
        The published text of the draw. The ticket of NAME is SHA-256 of "draw:NAME" in UTF-8, written in hex;
        the smallest is first. Companions share the ticket of the one whose name comes first.
    placed : (n_people,) int
        Options already given, -1 for none. If any is given, nobody loses a place: what is free goes to those
        next in order.
    leaving : (n_people,) bool
        People who give up their place.
    """

    people: tuple[str, ...]
    options: tuple[str, ...]
    capacity: IntArray
    rank: IntArray
    allowed: BoolArray
    companions: tuple[tuple[int, ...], ...]
    rule: PlacesRule
    draw: str
    placed: IntArray
    leaving: BoolArray

    def __post_init__(self) -> None:
        people, options = len(self.people), len(self.options)
        for name, size in (("people", people), ("options", options)):
            if len(set(getattr(self, name))) != size:
                raise InvalidInstance(f"{name}: a name is given twice")
        shapes = {
            "capacity": (options,),
            "rank": (people, options),
            "allowed": (people, options),
            "placed": (people,),
            "leaving": (people,),
        }
        for name, shape in shapes.items():
            if np.shape(getattr(self, name)) != shape:
                raise InvalidInstance(f"{name} has the shape {np.shape(getattr(self, name))}, not {shape}")
        if (self.capacity < 0).any():
            worst = int(self.capacity.argmin())
            raise InvalidInstance(
                f"capacity of {self.options[worst]} must be >= 0, not {self.capacity[worst]}"
            )
        if (self.rank < 0).any():
            raise InvalidInstance(f"rank must be >= 0, not {self.rank.min()}")
        if people and not (self.placed.min() >= NOWHERE and self.placed.max() < options):
            raise InvalidInstance(f"placed: positions go from -1 to {options - 1}")
        together = [person for group in self.companions for person in group]
        if together and not (min(together) >= 0 and max(together) < people):
            raise InvalidInstance(f"companions: positions go from 0 to {people - 1}")
        for person in set(together):
            if together.count(person) > 1:
                raise InvalidInstance(f"companions: {self.people[person]} is named twice")

    @property
    def refills(self) -> bool:
        """Whether places have been given before."""
        return bool((self.placed >= 0).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesResult(Result):
    """Who goes where.

    ``option_of`` (n_people,) is an option or -1. ``profile`` counts the people who got their first, second, …
    wish; companions count with the worst of their ranks. ``value`` is the number of first wishes met,
    ``bound`` how many could be met at all. ``refill`` names for each option the people who get a place that
    becomes free, in that order. ``tickets`` are the tickets of the draw.
    """

    option_of: IntArray
    profile: tuple[int, ...]
    refill: tuple[tuple[int, ...], ...]
    tickets: tuple[str, ...]
