"""What a day of one-to-one meetings must respect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

KINDS = ("table", "link")
GREATEST_PRIORITY = 3


class MeetingsMode(StrEnum):
    """What is asked of the plan."""

    ALL = "all"  # every meeting is held, with the fewest breaks
    WANTED = "wanted"  # the best of what is wished is held


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingsInstance:
    """Meetings or wished pairs, and the slots, places and people they need.

    Parameters
    ----------
    people : tuple of str
        Names, unique; all other arguments use positions in this tuple.
    pairs : (n_meetings, 2) int
        The two people of each meeting, different from each other. In mode ``wanted`` each pair once.
    capacity : (n_kinds, n_slots) int
        Places per slot, >= 0: tables (kind 0) and, in a second row if there is one, links for meetings at a
        distance.
    available : (n_kinds, n_people, n_slots) bool
        Who can meet when, at a table and over a link.
    session : (n_meetings, n_slots) bool
        Slots in which the meeting may be held for its own reasons (morning, afternoon, any).
    kinds : (n_meetings, n_kinds) bool
        Kinds of place that suit the meeting.
    precedences : (n, 2) int
        Positions of meetings: the first is held in an earlier slot than the second, if both are held.
    mode : MeetingsMode
        See there.
    priority : (n_meetings,) int
        Worth of the pair in mode ``wanted``, >= 1: the sum of the priorities (1 to 3) of its wishes, which
        are one or two.
    required : (n_meetings,) bool
        Pairs both sides have accepted: they must be held. All of them in mode ``all``.
    most : (n_people,) int
        Meetings nobody may exceed, >= 0.
    spread : int, optional
        Greatest difference between the most and the fewest meetings of people who have a feasible wish.
    previous : (n_meetings,) int
        Place (kind * n_slots + slot) in a plan already told to the people, or -1. If any is given, changing
        as few as possible comes right after the first aim.
    move_limit : int, optional
        At most so many meetings that could stay are moved or given up.
    slot_names : tuple of str
        For messages and files.
    """

    people: tuple[str, ...]
    pairs: IntArray
    capacity: IntArray
    available: BoolArray
    session: BoolArray
    kinds: BoolArray
    precedences: IntArray
    mode: MeetingsMode
    priority: IntArray
    required: BoolArray
    most: IntArray
    previous: IntArray
    slot_names: tuple[str, ...]
    spread: int | None = None
    move_limit: int | None = None

    def __post_init__(self) -> None:
        self._check_shapes()
        self._check_values()

    def _check_shapes(self) -> None:
        if self.capacity.ndim != 2 or not 1 <= self.capacity.shape[0] <= len(KINDS):
            raise InvalidInstance(f"capacity has the shape {self.capacity.shape}, not (1 or 2, n_slots)")
        kinds, slots = self.capacity.shape
        people, meetings = len(self.people), len(self.pairs)
        shapes = {
            "pairs": (meetings, 2),
            "available": (kinds, people, slots),
            "session": (meetings, slots),
            "kinds": (meetings, kinds),
            "precedences": (len(self.precedences), 2),
            "priority": (meetings,),
            "required": (meetings,),
            "most": (people,),
            "previous": (meetings,),
            "slot_names": (slots,),
        }
        for name, shape in shapes.items():
            found = np.shape(getattr(self, name))
            if found != shape:
                raise InvalidInstance(f"{name} has the shape {found}, not {shape}")

    def _check_values(self) -> None:
        people, meetings, places = len(self.people), len(self.pairs), self.capacity.size
        if len(set(self.people)) != people:
            raise InvalidInstance("people: a name is given twice")
        if meetings and (self.pairs.min() < 0 or self.pairs.max() >= people):
            raise InvalidInstance(f"pairs: {self.pairs.max()} is not one of the {people} people")
        for first, second in self.pairs[self.pairs[:, 0] == self.pairs[:, 1]]:
            raise InvalidInstance(f"pairs: {self.people[first]} would meet themselves ({first}, {second})")
        if (self.capacity < 0).any():
            raise InvalidInstance(f"capacity must be >= 0, not {self.capacity.min()}")
        if len(self.precedences) and not (self.precedences.min() >= 0 and self.precedences.max() < meetings):
            raise InvalidInstance(f"precedences: there are only {meetings} meetings")
        if meetings and (self.priority < 1).any():
            raise InvalidInstance(f"priority must be >= 1, not {self.priority.min()}")
        if people and (self.most < 0).any():
            raise InvalidInstance(f"most must be >= 0, not {self.most.min()}")
        if meetings and (self.previous.min() < -1 or self.previous.max() >= places):
            raise InvalidInstance(f"previous: places go from -1 to {places - 1}")
        if self.spread is not None and self.spread < 0:
            raise InvalidInstance(f"spread must be >= 0, not {self.spread}")
        if self.move_limit is not None and self.move_limit < 0:
            raise InvalidInstance(f"move_limit must be >= 0, not {self.move_limit}")
        if self.mode is MeetingsMode.ALL and not self.required.all():
            raise InvalidInstance("required: in mode all every meeting is held")
        if self.mode is MeetingsMode.WANTED:
            self._check_pairs_once()

    def _check_pairs_once(self) -> None:
        seen: set[tuple[int, int]] = set()
        for first, second in np.sort(self.pairs, axis=1).tolist():
            if (first, second) in seen:
                raise InvalidInstance(
                    f"pairs: {self.people[first]} and {self.people[second]} are given twice"
                )
            seen.add((first, second))

    @property
    def n_slots(self) -> int:
        return int(self.capacity.shape[1])

    @property
    def allowed(self) -> BoolArray:
        """(n_meetings, n_kinds * n_slots): where both people can be and the meeting itself may be held."""
        both = self.available[:, self.pairs[:, 0]] & self.available[:, self.pairs[:, 1]]
        open_places = both & self.session & self.kinds.T[:, :, None] & (self.capacity > 0)[:, None, :]
        return np.ascontiguousarray(open_places.transpose(1, 0, 2).reshape(len(self.pairs), -1))

    def name_of(self, meeting: int) -> str:
        """Return the two names, for messages."""
        first, second = self.pairs[meeting]
        return f"{self.people[first]} – {self.people[second]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedWishes:
    """Wishes of both directions as pairs, for mode ``wanted``.

    ``pairs`` (n_pairs, 2) and ``priority`` (n_pairs,) go into the instance; ``pair_of`` (n_wishes,) says
    which pair each wish has become.
    """

    pairs: IntArray
    priority: IntArray
    pair_of: IntArray


def join_wishes(wishes: Sequence[tuple[int, int, int]]) -> JoinedWishes:
    """Join wishes (who, whom, priority 1 to 3) into pairs; a mutual wish is worth the sum of both.

    Raises
    ------
    InvalidInstance
        Somebody wishes themselves, or the same person twice, or a priority is not 1, 2 or 3.
    """
    worth: dict[tuple[int, int], dict[int, int]] = {}
    for who, whom, priority in wishes:
        if who == whom:
            raise InvalidInstance(f"wishes: person {who} would meet themselves")
        if not 1 <= priority <= GREATEST_PRIORITY:
            raise InvalidInstance(f"wishes: priority must be 1, 2 or 3, not {priority}")
        both = worth.setdefault((min(who, whom), max(who, whom)), {})
        if who in both:
            raise InvalidInstance(f"wishes: person {who} wishes person {whom} twice")
        both[who] = priority
    pairs = sorted(worth)
    position = {pair: index for index, pair in enumerate(pairs)}
    return JoinedWishes(
        pairs=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        priority=np.array([sum(worth[pair].values()) for pair in pairs], dtype=np.int64),
        pair_of=np.array(
            [position[min(who, whom), max(who, whom)] for who, whom, _ in wishes], dtype=np.int64
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingsResult(Result):
    """A plan of meetings.

    ``place`` (n_meetings,) is kind * n_slots + slot, or -1 for a wish that is not met. ``value`` is the
    number of breaks in mode ``all`` and the sum of priorities in mode ``wanted``; ``bound`` belongs to it.
    ``fewest_bound`` is a bound on ``fewest`` for plans of the greatest value known.
    """

    place: IntArray
    priority_sum: int
    fewest: int
    fewest_bound: int | None
    breaks: int
    moved: int
    breaks_of: Mapping[int, int] = field(default_factory=dict)
