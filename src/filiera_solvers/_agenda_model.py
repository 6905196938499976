"""The agenda as a constraint model: tracks into session rooms, submissions into sessions.

Which room a submission of a track with several rooms in a session gets, and its time slot, is arranged
afterwards; no term of the model is greater than what is counted in the end, so that its bound holds.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._agenda_instance import AgendaInstance, IntGrid
from filiera_solvers._groups_instance import IntVector

Cell = tuple[int, int]  # a track and a session
SMALL = 12_000  # places of submissions, up to which the model puts them all into rooms itself


class AgendaModel:
    """Variables of one model, and what a solution of it says.

    ``split`` names the track sessions whose submissions are put into rooms by the model itself, because they
    did not fit when arranged afterwards.
    """

    def __init__(self, instance: AgendaInstance, split: frozenset[Cell]) -> None:
        self.instance = instance
        # The price of a submission's own room can only be known where the model chooses that room.
        needs_rooms = instance.weights.submissions_rooms > 0 and instance.submission_room.any()
        is_small = len(instance.submissions) * len(instance.sessions) * len(instance.rooms) <= SMALL
        self.split = _all_cells(instance) if needs_rooms or is_small else split
        self.sits: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self.model = cp_model.CpModel()
        self.cost: list[tuple[float, cp_model.LinearExpr]] = []
        self.members = [
            [number for number, one in enumerate(instance.submissions) if one.track == track]
            for track in range(len(instance.tracks))
        ]
        self._add_places()
        self._add_track_terms()
        self._add_similar_and_chairs()
        self._add_breaks()
        self._add_submission_terms()
        self._add_order()
        self._add_conflicts()
        self._add_changes()
        self.model.minimize(cp_model.LinearExpr.weighted_sum(*_columns(self.cost)))

    @property
    def has_true_bound(self) -> bool:
        """Say whether the bound holds: conflicts in a time slot are priced as conflicts in a session."""
        return self.instance.weights.presenters_in_slot == self.instance.weights.attendees_in_slot == 0

    def track_at(self, solver: cp_model.CpSolver) -> IntGrid:
        """Return the track in each session and room."""
        found = np.full((len(self.instance.sessions), len(self.instance.rooms)), -1, dtype=np.int64)
        for (track, session, room), is_there in self.in_room.items():
            if solver.boolean_value(is_there):
                found[session, room] = track
        return found

    def session_of(self, solver: cp_model.CpSolver) -> IntVector:
        """Return the session of each submission."""
        found = np.zeros(len(self.instance.submissions), dtype=np.int64)
        for (one, session), is_there in self.at.items():
            if solver.boolean_value(is_there):
                found[one] = session
        return found

    def hint(self, track_at: IntGrid, session_of: IntVector) -> None:
        """Start the search from an agenda."""
        for (track, session, room), is_there in self.in_room.items():
            self.model.add_hint(is_there, bool(track_at[session, room] == track))
        for (one, session), is_there in self.at.items():
            self.model.add_hint(is_there, bool(session_of[one] == session))

    def _add_places(self) -> None:
        instance, model = self.instance, self.model
        tracks, sessions = range(len(instance.tracks)), range(len(instance.sessions))
        rooms = range(len(instance.rooms))
        self.in_room = {
            (track, session, room): model.new_bool_var("")
            for track in tracks
            for session in sessions
            for room in rooms
        }
        for session in sessions:
            for room in rooms:
                model.add_at_most_one(self.in_room[track, session, room] for track in tracks)
        self.at = {
            (one, session): model.new_bool_var("")
            for one, submission in enumerate(instance.submissions)
            for session in sessions
            if submission.slots <= instance.sessions[session].slots
        }
        for one in range(len(instance.submissions)):
            model.add_exactly_one(self.at[one, session] for session in sessions if (one, session) in self.at)
        self.rooms_in: dict[Cell, cp_model.LinearExpr] = {}
        self.is_used: dict[Cell, cp_model.IntVar] = {}
        for track in tracks:
            for session in sessions:
                self._add_track_session(track, session)

    def _add_track_session(self, track: int, session: int) -> None:
        instance, model = self.instance, self.model
        places = [self.in_room[track, session, room] for room in range(len(instance.rooms))]
        used, count = model.new_bool_var(""), cp_model.LinearExpr.sum(places)
        self.is_used[track, session], self.rooms_in[track, session] = used, count
        model.add_max_equality(used, places)
        here = [one for one in self.members[track] if (one, session) in self.at]
        slots = instance.sessions[session].slots
        needed = sum(instance.submissions[one].slots * self.at[one, session] for one in here)
        model.add(needed <= slots * count)
        model.add(sum(self.at[one, session] for one in here) >= count)  # no room stays empty
        for one in here:
            model.add_implication(self.at[one, session], used)
        long = [one for one in here if 2 * instance.submissions[one].slots > slots]
        if long:
            model.add(sum(self.at[one, session] for one in long) <= count)
        if (track, session) in self.split:
            self._add_rooms_of_submissions(here, session, places, slots)

    def _add_rooms_of_submissions(
        self, here: list[int], session: int, places: list[cp_model.IntVar], slots: int
    ) -> None:
        model = self.model
        rooms = range(len(places))
        sits = {(one, session, room): model.new_bool_var("") for one in here for room in rooms}
        self.sits |= sits
        for one in here:
            model.add(sum(sits[one, session, room] for room in rooms) == self.at[one, session])
        for room, is_there in enumerate(places):
            filled = sum(self.instance.submissions[one].slots * sits[one, session, room] for one in here)
            model.add(filled <= slots * is_there)

    def _add_track_terms(self) -> None:
        instance, weights, model = self.instance, self.instance.weights, self.model
        for (track, session, room), is_there in self.in_room.items():
            price = (
                weights.tracks_sessions * instance.track_session[track, session]
                + weights.tracks_rooms * instance.track_room[track, room]
                + weights.sessions_rooms * instance.session_room[session, room]
            )
            self._charge(price, is_there)
        for track in range(len(instance.tracks)):
            if weights.rooms_per_track > 0:
                for room in range(len(instance.rooms)):
                    ever = model.new_bool_var("")
                    for session in range(len(instance.sessions)):
                        model.add_implication(self.in_room[track, session, room], ever)
                    self._charge(weights.rooms_per_track, ever)
                self._charge(weights.rooms_per_track, cp_model.LinearExpr.constant(-1))
            for session in range(len(instance.sessions)):
                cell = track, session
                self._charge(weights.parallel_tracks, self.rooms_in[cell] - self.is_used[cell])

    def _charge(self, price: float, term: cp_model.LinearExpr) -> None:
        if price:
            self.cost.append((float(price), term))

    def _add_similar_and_chairs(self) -> None:
        instance, weights, model = self.instance, self.instance.weights, self.model
        for one in range(len(instance.tracks)):
            for two in range(one):
                price = weights.similar_tracks * instance.similar[one, two]
                price += weights.chairs * ((two, one) in instance.chairs)
                if not price:
                    continue
                for session in range(len(instance.sessions)):
                    pairs = model.new_int_var(0, len(instance.rooms) ** 2, "")
                    both = self.rooms_in[one, session] + self.rooms_in[two, session]
                    model.add(pairs >= both - 1).only_enforce_if(
                        self.is_used[one, session], self.is_used[two, session]
                    )
                    self._charge(price, pairs)

    def _add_breaks(self) -> None:
        model, sessions = self.model, len(self.instance.sessions)
        weight = self.instance.weights.consecutive_tracks
        if weight == 0 or sessions < 3:
            return
        for track in range(len(self.instance.tracks)):
            used = [self.is_used[track, session] for session in range(sessions)]
            begun = [model.new_bool_var("") for _ in range(sessions)]
            to_come = [model.new_bool_var("") for _ in range(sessions)]
            is_broken = model.new_bool_var("")
            for session in range(sessions):
                model.add_implication(used[session], begun[session])
                model.add_implication(used[session], to_come[session])
                if session:
                    model.add_implication(begun[session - 1], begun[session])
                    model.add_implication(to_come[session], to_come[session - 1])
                if 0 < session < sessions - 1:
                    model.add_bool_or(~begun[session - 1], ~to_come[session + 1], used[session], is_broken)
            self._charge(weight, is_broken)

    def _add_submission_terms(self) -> None:
        instance, weights = self.instance, self.instance.weights
        for (one, session), is_there in self.at.items():
            price = (
                weights.submissions_sessions * instance.submission_session[one, session]
                + weights.submissions_zones * instance.submission_zone[one, session]
            )
            self._charge(price * instance.submissions[one].slots, is_there)
        for (one, _, room), sits in self.sits.items():
            price = weights.submissions_rooms * float(instance.submission_room[one, room])
            self._charge(price * instance.submissions[one].slots, sits)

    def _add_order(self) -> None:
        instance, model = self.instance, self.model
        weight = instance.weights.submissions_order
        if weight == 0:
            return
        sessions = range(len(instance.sessions))
        for members in self.members:
            count = [
                cp_model.LinearExpr.sum([self.at[one, s] for one in members if (one, s) in self.at])
                for s in sessions
            ]
            same_place: dict[int, list[cp_model.IntVar]] = {}
            for one in members:
                place = instance.submissions[one].order
                if place == 0:
                    continue
                is_kept = model.new_bool_var("")
                same_place.setdefault(place, []).append(is_kept)
                for session in sessions:
                    if (one, session) in self.at:
                        before = cp_model.LinearExpr.sum(count[:session])
                        here = [self.at[one, session], is_kept]
                        model.add(before <= place - 1).only_enforce_if(here)
                        model.add(before + count[session] >= place).only_enforce_if(here)
                self._charge(weight, 1 - is_kept)
            for kept in same_place.values():
                model.add_at_most_one(kept)

    def _add_conflicts(self) -> None:
        instance, weights, model = self.instance, self.instance.weights, self.model
        prices: dict[tuple[int, int], float] = {}
        for conflicts, price in (
            (instance.presenters, weights.presenters + weights.presenters_in_slot),
            (instance.attendees, weights.attendees + weights.attendees_in_slot),
        ):
            for pair in conflicts:
                prices[pair] = prices.get(pair, 0.0) + price
        for (one, two), price in sorted(prices.items()):
            if not price:
                continue
            meets = model.new_bool_var("")
            is_one_track = instance.submissions[one].track == instance.submissions[two].track
            for session in range(len(instance.sessions)):
                if (one, session) not in self.at or (two, session) not in self.at:
                    continue
                if not is_one_track:
                    model.add_bool_or(~self.at[one, session], ~self.at[two, session], meets)
                    continue
                for room in range(len(instance.rooms)):
                    if (one, session, room) in self.sits:
                        sits = self.sits[one, session, room]
                        other = self.sits[two, session, room]
                        model.add_bool_or(~sits, ~self.at[two, session], other, meets)
            self._charge(price, meets)

    def _add_changes(self) -> None:
        instance = self.instance
        if instance.published is None or instance.change_price == 0:
            return
        for one, (session, room) in enumerate(instance.published.tolist()):
            if session < 0 or (one, session) not in self.at:
                continue
            stays = self.model.new_bool_var("")
            self.model.add_implication(stays, self.at[one, session])
            self.model.add_implication(stays, self.in_room[instance.submissions[one].track, session, room])
            self._charge(instance.change_price, 1 - stays)


def _columns(
    rows: list[tuple[float, cp_model.LinearExpr]],
) -> tuple[list[cp_model.LinearExpr], list[float]]:
    return [term for _, term in rows], [price for price, _ in rows]


def _all_cells(instance: AgendaInstance) -> frozenset[Cell]:
    return frozenset(product(range(len(instance.tracks)), range(len(instance.sessions))))
