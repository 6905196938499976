"""The agenda of a conference: what is given and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result
from filiera_solvers._groups_instance import FloatMatrix

NOTHING = -1
IntGrid: TypeAlias = NDArray[np.int64]
Conflicts: TypeAlias = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaWeights:
    """What one unit of each term costs; all >= 0, 0 leaves a term out."""

    tracks_sessions: float = 1.0
    tracks_rooms: float = 1.0
    sessions_rooms: float = 1.0
    similar_tracks: float = 1.0
    rooms_per_track: float = 1.0
    parallel_tracks: float = 1.0
    consecutive_tracks: float = 1.0
    submissions_zones: float = 0.0
    submissions_order: float = 0.0
    submissions_sessions: float = 1.0
    submissions_rooms: float = 0.0
    presenters: float = 1.0
    attendees: float = 1.0
    chairs: float = 1.0
    presenters_in_slot: float = 0.0
    attendees_in_slot: float = 0.0

    def __post_init__(self) -> None:
        for one in fields(self):
            if not 0 <= getattr(self, one.name) < float("inf"):
                raise InvalidInstance(f"weight {one.name} must be >= 0, not {getattr(self, one.name)}")


@dataclass(frozen=True, slots=True)
class AgendaSession:
    """A stretch of the conference in which all rooms run side by side, with so many time slots."""

    name: str
    slots: int


@dataclass(frozen=True, slots=True)
class Submission:
    """A talk: its track, the time slots it needs, and its place in the track (0: any)."""

    name: str
    track: int
    slots: int = 1
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgendaInstance:
    """Sessions, rooms, tracks and submissions, with the price of each place.

    Parameters
    ----------
    sessions, rooms, tracks, submissions : tuples
        Sessions in the order of time.
    weights : AgendaWeights
    track_session, track_room, session_room, submission_session, submission_room, submission_zone : matrices
        Penalty of each pair, >= 0.
    similar : (tracks, tracks) float
        Penalty of two tracks at the same time, symmetric.
    presenters, attendees : pairs of submissions, smaller first
        Who cannot, or would not like to, be in two rooms at a time.
    chairs : pairs of tracks, smaller first
        Tracks with one chair.
    published : (submissions, 2) int, optional
        Session and room of each submission in the agenda already published, -1 for new ones.
    change_price : float
        For each published submission that gets another session or room, >= 0.
    """

    sessions: tuple[AgendaSession, ...]
    rooms: tuple[str, ...]
    tracks: tuple[str, ...]
    submissions: tuple[Submission, ...]
    weights: AgendaWeights
    track_session: FloatMatrix
    track_room: FloatMatrix
    session_room: FloatMatrix
    similar: FloatMatrix
    submission_session: FloatMatrix
    submission_room: FloatMatrix
    submission_zone: FloatMatrix
    presenters: Conflicts = frozenset()
    attendees: Conflicts = frozenset()
    chairs: Conflicts = frozenset()
    published: IntGrid | None = None
    change_price: float = 0.0

    def __post_init__(self) -> None:
        for what, names in (
            ("session", [one.name for one in self.sessions]),
            ("room", list(self.rooms)),
            ("track", list(self.tracks)),
            ("submission", [one.name for one in self.submissions]),
        ):
            if not names:
                raise InvalidInstance(f"there is no {what}")
            twice = [one for one, two in pairwise(sorted(names)) if one == two]
            if twice:
                raise InvalidInstance(f"{what} {twice[0]!r} stands twice")
        longest = max(session.slots for session in self.sessions)
        for session in self.sessions:
            if session.slots < 1:
                raise InvalidInstance(f"session {session.name} needs at least one time slot")
        for one in self.submissions:
            if not 0 <= one.track < len(self.tracks):
                raise InvalidInstance(f"submission {one.name} has an unknown track")
            if not 1 <= one.slots <= longest:
                raise InvalidInstance(
                    f"submission {one.name} needs {one.slots} time slots, sessions have up to {longest}"
                )
            if one.order < 0:
                raise InvalidInstance(f"order of submission {one.name} must be >= 0, not {one.order}")
        self._check_matrices()
        if not 0 <= self.change_price < float("inf"):
            raise InvalidInstance(f"change_price must be a number >= 0, not {self.change_price}")

    def _check_matrices(self) -> None:
        count = {
            "track": len(self.tracks),
            "session": len(self.sessions),
            "room": len(self.rooms),
            "submission": len(self.submissions),
        }
        shapes = {
            name: (count[name.split("_")[0]], count[name.split("_")[1]])
            for name in (
                "track_session",
                "track_room",
                "session_room",
                "submission_session",
                "submission_room",
            )
        } | {
            "similar": (count["track"], count["track"]),
            "submission_zone": (count["submission"], count["session"]),
        }
        for name, shape in shapes.items():
            matrix = np.asarray(getattr(self, name), dtype=np.float64)
            if matrix.shape != shape:
                raise InvalidInstance(f"{name} must have shape {shape}, not {matrix.shape}")
            if not np.isfinite(matrix).all() or (matrix < 0).any():
                row, column = np.argwhere(~(np.isfinite(matrix) & (matrix >= 0)))[0]
                raise InvalidInstance(f"{name} of {row} and {column} is {matrix[row, column]}")
            object.__setattr__(self, name, matrix)
        if not np.array_equal(self.similar, self.similar.T):
            raise InvalidInstance("similar must be symmetric")
        if self.published is not None and self.published.shape != (count["submission"], 2):
            raise InvalidInstance("published needs a session and a room for each submission")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AgendaResult(Result):
    """``track_at`` (sessions, rooms) int and ``submission_at`` (sessions, rooms, slots) int, -1 for nothing.

    ``value`` is the weighted penalty (less is better), ``terms`` its parts by name.
    """

    track_at: IntGrid | None = field(default=None)
    submission_at: IntGrid | None = field(default=None)
    terms: tuple[tuple[str, float], ...] = ()
