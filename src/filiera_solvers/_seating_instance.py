"""Seating guests at tables: what is given and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result
from filiera_solvers._groups_instance import BoolMatrix, FloatMatrix, IntVector, whole_numbers

PricedPairs = tuple[tuple[int, int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: how many sit there, how many hosts it needs, which diets its kitchen serves (None: all)."""

    name: str
    seats: int
    smallest: int = 0
    hosts: int = 0
    diets: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.seats < 1 or not 0 <= self.smallest <= self.seats:
            raise InvalidInstance(
                f"table {self.name} needs 0 <= smallest <= seats, not {self.smallest} and {self.seats}"
            )
        if not 0 <= self.hosts <= self.seats:
            raise InvalidInstance(f"table {self.name} needs 0 to {self.seats} hosts, not {self.hosts}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeatingInstance:
    """Guests, tables and who should sit with whom.

    Parameters
    ----------
    names : tuple of str
        The guests, all different.
    tables : tuple of Table
        Their seats hold everybody.
    hosts : set of positions
        Guests who can be the host of a table.
    diets : one set of diets a guest, optional
        A guest sits only where all of them are served.
    together, apart : pairs of positions
        Who must, or must not, share a table.
    wishes : (guest, guest, worth)
        What it is worth that two share a table.
    met : (guest, guest, cost)
        What it costs that two who know each other share a table again, >= 0.
    distance : (n, n) float, optional
        How different two guests are; each pair at a table earns ``mix_weight`` times this.
    mix_weight : float
        >= 0.
    """

    names: tuple[str, ...]
    tables: tuple[Table, ...]
    hosts: frozenset[int] = frozenset()
    diets: tuple[frozenset[str], ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    wishes: PricedPairs = ()
    met: PricedPairs = ()
    distance: FloatMatrix | None = None
    mix_weight: float = 1.0

    def __post_init__(self) -> None:
        guests = len(self.names)
        if not guests or len(set(self.names)) != guests:
            raise InvalidInstance("names must be different names of at least one guest")
        if len({table.name for table in self.tables}) != len(self.tables) or not self.tables:
            raise InvalidInstance("tables must be different tables, at least one")
        low, high = sum(one.smallest for one in self.tables), sum(one.seats for one in self.tables)
        if not low <= guests <= high:
            raise InvalidInstance(f"the tables hold {low} to {high} guests, but there are {guests}")
        if self.diets and len(self.diets) != guests:
            raise InvalidInstance(f"diets needs one set a guest, {guests}, not {len(self.diets)}")
        if any(not 0 <= host < guests for host in self.hosts):
            raise InvalidInstance(f"hosts names guests from 0 to {guests - 1}")
        for name in ("together", "apart", "wishes", "met"):
            for pair in getattr(self, name):
                self._check_pair(name, pair, guests)
        if any(cost < 0 for _, _, cost in self.met):
            raise InvalidInstance("met must have costs >= 0")
        if not 0 <= self.mix_weight < float("inf"):
            raise InvalidInstance(f"mix_weight must be a number >= 0, not {self.mix_weight}")
        if self.distance is not None:
            distance = np.ascontiguousarray(self.distance, dtype=np.float64)
            if distance.shape != (guests, guests):
                raise InvalidInstance(f"distance must have shape {(guests, guests)}, not {distance.shape}")
            object.__setattr__(self, "distance", distance)

    @staticmethod
    def _check_pair(name: str, pair: Sequence[float], guests: int) -> None:
        one, two = pair[0], pair[1]
        if not (0 <= one < guests and 0 <= two < guests) or one == two:
            raise InvalidInstance(f"{name} has the pair {one} and {two}: guests are 0 to {guests - 1}")
        if not np.isfinite(pair).all():
            raise InvalidInstance(f"{name} of {one} and {two} is {pair[2]}")

    def served(self) -> BoolMatrix:
        """Return (guests, tables): which tables serve all that a guest needs."""
        served = np.ones((len(self.names), len(self.tables)), dtype=np.bool_)
        for guest, diets in enumerate(self.diets):
            for number, table in enumerate(self.tables):
                served[guest, number] = table.diets is None or diets <= table.diets
        return served

    def pair_worth(self) -> FloatMatrix:
        """Return (n, n): what it is worth that two guests share a table."""
        worth = np.zeros((len(self.names), len(self.names)))
        if self.distance is not None:
            worth += self.mix_weight * self.distance
        for pairs, sign in ((self.wishes, 1.0), (self.met, -1.0)):
            for one, two, amount in pairs:
                worth[one, two] += sign * amount
                worth[two, one] += sign * amount
        return worth


def evenly_filled(seats: Sequence[int], guests: int) -> IntVector:
    """Return the fewest guests each table should have, so that all are about equally full."""
    room = whole_numbers("seats", seats)
    return np.minimum(room, guests * room // max(1, int(room.sum())))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeatingResult(Result):
    """``table_of`` (n,) int: each guest's table; ``value`` is the worth of all pairs at tables."""

    table_of: IntVector | None = field(default=None)
