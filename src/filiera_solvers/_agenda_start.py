"""A first agenda, built greedily: whoever needs long time slots first, each where it costs least."""

from __future__ import annotations

import numpy as np

from filiera_solvers._agenda_instance import NOTHING, AgendaInstance, IntGrid
from filiera_solvers._groups_instance import IntVector

TRIES = 30
NEW_ROOM = 1e-3  # prefers rooms a track already has where nothing else decides


def first_agenda(instance: AgendaInstance, random: np.random.Generator) -> tuple[IntGrid, IntVector] | None:
    """Return the track of each session and room and each submission's session, None when none was found."""
    order = sorted(
        range(len(instance.submissions)),
        key=lambda one: (-instance.submissions[one].slots, instance.submissions[one].track, one),
    )
    for _ in range(TRIES):
        placed = _placed(instance, order)
        if placed is not None:
            return placed
        # The tracks that come first get what they need: draw another order of tracks.
        rank = random.permutation(len(instance.tracks))
        order.sort(key=lambda one: (-instance.submissions[one].slots, rank[instance.submissions[one].track]))
    return None


def _placed(instance: AgendaInstance, order: list[int]) -> tuple[IntGrid, IntVector] | None:
    shape = len(instance.sessions), len(instance.rooms)
    track_at = np.full(shape, NOTHING, dtype=np.int64)
    left = np.repeat(np.array([session.slots for session in instance.sessions])[:, None], shape[1], axis=1)
    session_of = np.zeros(len(instance.submissions), dtype=np.int64)
    weights = instance.weights
    for one in order:
        submission = instance.submissions[one]
        cost = (
            weights.submissions_sessions * instance.submission_session[one][:, None]
            + weights.submissions_zones * instance.submission_zone[one][:, None]
            + weights.submissions_rooms * instance.submission_room[one][None, :]
        ) * submission.slots
        opening = (
            weights.tracks_sessions * instance.track_session[submission.track][:, None]
            + weights.tracks_rooms * instance.track_room[submission.track][None, :]
            + weights.sessions_rooms * instance.session_room
            # A session longer than needed is kept for those who need it.
            + NEW_ROOM * (1 + left)
        )
        cost = np.where(track_at == submission.track, cost, cost + opening)
        is_open = ((track_at == submission.track) | (track_at == NOTHING)) & (left >= submission.slots)
        if not is_open.any():
            return None
        place = np.unravel_index(int(np.where(is_open, cost, np.inf).argmin()), shape)
        track_at[place] = submission.track
        left[place] -= submission.slots
        session_of[one] = place[0]
    return track_at, session_of
