"""Scheduling a conference: tracks into rooms and sessions, submissions into time slots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from filiera_solvers._agenda_instance import NOTHING, AgendaInstance, AgendaResult, IntGrid
from filiera_solvers._agenda_model import AgendaModel, Cell
from filiera_solvers._agenda_start import first_agenda
from filiera_solvers._check_agenda import agenda_terms, check_agenda
from filiera_solvers._cp_sat import run_cp_sat
from filiera_solvers._frame import Clock, Limits, Status
from filiera_solvers._groups_instance import IntVector

FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)
ARRANGE_S = 2.0  # for the rooms of one track in one session
# What is kept of the time for the rooms of what was found, and the most of it in seconds.
ARRANGE_SHARE, ARRANGE_MOST_S = 0.05, 2.0
NEAR = 1e-6


def solve_agenda(instance: AgendaInstance, limits: Limits) -> AgendaResult:
    """Place every submission with the least weighted penalty.

    A model places tracks and submissions in sessions; rooms and time slots of submissions follow from it.
    Where those of a track do not fit the rooms it was given, the model is told and asked again.

    Parameters
    ----------
    instance : AgendaInstance
        Sessions, rooms, tracks, submissions, penalties and weights.
    limits : Limits
        Time, seed, threads, callbacks.

    Returns
    -------
    AgendaResult
        ``track_at``, ``submission_at``, ``value`` (less is better), ``bound``, ``terms``, ``status``;
        infeasible when the submissions do not fit into sessions and rooms.

    Raises
    ------
    InvalidInstance
        By the instance and the limits themselves.

    References
    ----------
    Pylyavskyy, Jacko, Kheiri (2024), A generic approach to conference scheduling with integer programming,
    EJOR 317, 487-499.
    """
    clock = Clock(limits)
    split: frozenset[Cell] = frozenset()
    model = AgendaModel(instance, split)
    first = first_agenda(instance, np.random.default_rng(limits.seed))
    clock.start()
    best = None if first is None else _arranged_well(instance, clock, *first)
    if first is not None:
        model.hint(*first)
    while True:
        search_s = clock.left_s - min(ARRANGE_SHARE * clock.left_s, ARRANGE_MOST_S)
        solver, status = run_cp_sat(
            model.model, clock, phase="placing tracks", limit_s=search_s, portfolio=True
        )
        if status == cp_model.INFEASIBLE:
            return _without_agenda(instance, clock, Status.INFEASIBLE)
        if status not in FOUND:
            break
        track_at, session_of = model.track_at(solver), model.session_of(solver)
        found = _Arrangement(instance, clock).arrange(track_at, session_of)
        unseen = found.too_full
        if not unseen:
            better = _Agenda(instance, track_at, found.submission_at)
            best = better if best is None or better.value <= best.value else best
            # What the model has not seen are conflicts between rooms of one track.
            unseen = better.conflicts_inside_tracks() - model.split
        if clock.must_stop() or not unseen:
            break
        split |= unseen
        model = AgendaModel(instance, split)
        model.hint(track_at, session_of)
    if best is None:
        return _without_agenda(instance, clock, _stopped(clock, status))
    bound = min(max(0.0, solver.best_objective_bound), best.value) if model.has_true_bound else None
    is_optimal = bound is not None and best.value <= bound + NEAR * (1 + abs(bound))
    return AgendaResult(
        status=Status.OPTIMAL if is_optimal else _stopped(clock, status),
        value=best.value,
        bound=best.value if is_optimal else bound,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=limits.seed,
        checker=best.verdict,
        track_at=best.track_at,
        submission_at=best.submission_at,
        terms=best.terms(),
    )


def _stopped(clock: Clock, last: cp_model.CpSolverStatus) -> Status:
    """Return the status without a proof; a model that was not solved had no more time."""
    ended = clock.stopped_status()
    return Status.TIME_LIMIT if ended is Status.EFFORT_LIMIT and last != cp_model.OPTIMAL else ended


class _Agenda:
    """A whole agenda with the checker's word on it."""

    def __init__(self, instance: AgendaInstance, track_at: IntGrid, submission_at: IntGrid) -> None:
        self.instance, self.track_at, self.submission_at = instance, track_at, submission_at
        self.verdict = check_agenda(instance, track_at.tolist(), submission_at.tolist())
        self.value = float("inf") if self.verdict.value is None else self.verdict.value

    def conflicts_inside_tracks(self) -> frozenset[Cell]:
        """Return the track sessions in which somebody is wanted in two rooms of the track."""
        instance = self.instance
        place_of = {
            int(one): (int(session), int(room))
            for session, room, slot in np.argwhere(self.submission_at != NOTHING)
            for one in (self.submission_at[session, room, slot],)
        }
        cells = set()
        for conflicts, price in (
            (instance.presenters, instance.weights.presenters),
            (instance.attendees, instance.weights.attendees),
        ):
            for one, two in conflicts:
                track = instance.submissions[one].track
                (session, room), (other_session, other_room) = place_of[one], place_of[two]
                is_inside = track == instance.submissions[two].track and session == other_session
                if price and is_inside and room != other_room:
                    cells.add((track, session))
        return frozenset(cells)

    def terms(self) -> tuple[tuple[str, float], ...]:
        """Return the parts of the value by name."""
        counted = agenda_terms(self.instance, self.track_at.tolist(), self.submission_at.tolist())
        return tuple((name, sum(amount for _, amount in items)) for name, items in counted.items())


def _arranged_well(
    instance: AgendaInstance, clock: Clock, track_at: IntGrid, session_of: IntVector
) -> _Agenda | None:
    found = _Arrangement(instance, clock).arrange(track_at, session_of)
    return None if found.too_full else _Agenda(instance, track_at, found.submission_at)


def _without_agenda(instance: AgendaInstance, clock: Clock, status: Status) -> AgendaResult:
    needed = sum(one.slots for one in instance.submissions)
    room = sum(session.slots for session in instance.sessions) * len(instance.rooms)
    conflict: tuple[str, ...] = ()
    if status is Status.INFEASIBLE:
        cells = len(instance.sessions) * len(instance.rooms)
        conflict = (
            f"submissions need {needed} time slots of {len(instance.tracks)} tracks",
            f"{len(instance.sessions)} sessions in {len(instance.rooms)} rooms offer {room}, "
            f"in {cells} blocks of one track each",
        )
    return AgendaResult(
        status=status,
        value=None,
        bound=None,
        seconds=clock.seconds,
        prepare_s=clock.prepare_s,
        seed=clock.limits.seed,
        checker=None,
        conflict=conflict,
    )


@dataclass(frozen=True, slots=True)
class _Arranged:
    submission_at: IntGrid
    too_full: frozenset[Cell]


class _Arrangement:
    """Puts the submissions of each track session into its rooms and time slots."""

    def __init__(self, instance: AgendaInstance, clock: Clock) -> None:
        self.instance, self.clock = instance, clock

    def arrange(self, track_at: IntGrid, session_of: IntVector) -> _Arranged:
        instance = self.instance
        longest = max(session.slots for session in instance.sessions)
        submission_at = np.full((*track_at.shape, longest), NOTHING, dtype=np.int64)
        too_full = set()
        placed_before = dict.fromkeys(range(len(instance.tracks)), 0)
        for session in range(len(instance.sessions)):
            for track in sorted({int(one) for one in track_at[session] if one != NOTHING}):
                rooms = [int(room) for room in np.flatnonzero(track_at[session] == track)]
                here = [
                    one
                    for one, submission in enumerate(instance.submissions)
                    if submission.track == track and session_of[one] == session
                ]
                room_of = self._rooms_of(here, session, rooms, placed_before[track])
                if room_of is None:
                    too_full.add((track, session))
                    continue
                for room in rooms:
                    inside = [one for one in here if room_of[one] == room]
                    self._fill(submission_at[session, room], inside, placed_before[track])
                    placed_before[track] += len(inside)
        return _Arranged(submission_at, frozenset(too_full))

    def _rooms_of(
        self, here: list[int], session: int, rooms: list[int], before: int
    ) -> dict[int, int] | None:
        """Return a room for each submission: wanted places kept, few conflicts within the track, cheap rooms.

        Places are counted through the rooms in their order, after ``before`` submissions of the track.
        """
        instance = self.instance
        if len(rooms) == 1:
            return dict.fromkeys(here, rooms[0])
        model = cp_model.CpModel()
        sits = {(one, room): model.new_bool_var("") for one in here for room in rooms}
        cost: list[cp_model.LinearExprT] = []
        for one in here:
            model.add_exactly_one(sits[one, room] for room in rooms)
            for room in rooms:
                price = instance.weights.submissions_rooms * instance.submission_room[one, room]
                price *= instance.submissions[one].slots
                if instance.published is not None and tuple(instance.published[one]) != (session, room):
                    price += instance.change_price
                cost.append(float(price) * sits[one, room])
        cost += self._price_of_order(model, sits, here, rooms, before)
        for room in rooms:
            filled = sum(instance.submissions[one].slots * sits[one, room] for one in here)
            model.add(filled <= instance.sessions[session].slots)
            model.add_bool_or(sits[one, room] for one in here)
        for conflicts, price in (
            (instance.presenters, instance.weights.presenters),
            (instance.attendees, instance.weights.attendees),
        ):
            for one, two in conflicts:
                if price and (one, rooms[0]) in sits and (two, rooms[0]) in sits:
                    apart = model.new_bool_var("")
                    for room in rooms:
                        model.add_implication(sits[one, room], sits[two, room]).only_enforce_if(~apart)
                    cost.append(price * apart)
        model.minimize(sum(cost))
        solver, status = run_cp_sat(model, self.clock, phase="arranging rooms", limit_s=ARRANGE_S)
        if status not in FOUND:
            return None
        return {one: room for (one, room), is_there in sits.items() if solver.boolean_value(is_there)}

    def _price_of_order(
        self,
        model: cp_model.CpModel,
        sits: dict[tuple[int, int], cp_model.IntVar],
        here: list[int],
        rooms: list[int],
        before: int,
    ) -> list[cp_model.LinearExprT]:
        """Return what it costs when submissions are not in the room in which their wanted place lies."""
        price = self.instance.weights.submissions_order
        in_room = [cp_model.LinearExpr.sum([sits[one, room] for one in here]) for room in rooms]
        cost: list[cp_model.LinearExprT] = []
        for one in here:
            place = self.instance.submissions[one].order - before
            if price == 0 or not 1 <= place <= len(here):
                continue
            is_kept = model.new_bool_var("")
            for number, room in enumerate(rooms):
                earlier = cp_model.LinearExpr.sum(in_room[:number])
                is_kept_here = [sits[one, room], is_kept]
                model.add(earlier <= place - 1).only_enforce_if(is_kept_here)
                model.add(earlier + in_room[number] >= place).only_enforce_if(is_kept_here)
            cost.append(price * (1 - is_kept))
        return cost

    def _fill(self, slots: IntVector, inside: list[int], before: int) -> None:
        """Fill the time slots of one room: those with a wanted place at it, the others around them."""
        submissions = self.instance.submissions
        sequence: list[int | None] = [None] * len(inside)
        for one in inside:
            place = submissions[one].order - before - 1
            if submissions[one].order and 0 <= place < len(inside) and sequence[place] is None:
                sequence[place] = one
        others = sorted(
            (one for one in inside if one not in sequence), key=lambda one: submissions[one].order
        )
        at = 0
        for chosen in sequence:
            one = others.pop(0) if chosen is None else chosen
            slots[at : at + submissions[one].slots] = one
            at += submissions[one].slots
