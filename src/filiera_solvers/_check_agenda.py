"""An independent check of an agenda, and its penalty term by term.

The terms are those of Pylyavskyy, Jacko, Kheiri (2024), A generic approach to conference scheduling with
integer programming, EJOR 317, 487-499.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from filiera_solvers._agenda_instance import AgendaInstance
from filiera_solvers._frame import Verdict

Item = tuple[str, float]
Grid = Sequence[Sequence[int]]
Plan = Sequence[Sequence[Sequence[int]]]


def check_agenda(instance: AgendaInstance, track_at: Grid, submission_at: Plan) -> Verdict:
    """Recompute the penalty of an agenda from the instance and name every rule it breaks."""
    broken = _broken_rules(instance, track_at, submission_at)
    value = sum(
        amount for items in agenda_terms(instance, track_at, submission_at).values() for _, amount in items
    )
    return Verdict(not broken, value, tuple(broken))


def agenda_terms(
    instance: AgendaInstance, track_at: Grid, submission_at: Plan
) -> dict[str, tuple[Item, ...]]:
    """Return, for each term, what was counted and its weighted amount; terms of weight 0 are left out."""
    counted = _Counter(instance, track_at, submission_at)
    weights = instance.weights
    terms = {
        "tracks in sessions": (weights.tracks_sessions, counted.tracks_in_sessions),
        "tracks in rooms": (weights.tracks_rooms, counted.tracks_in_rooms),
        "sessions in rooms": (weights.sessions_rooms, counted.sessions_in_rooms),
        "similar tracks": (weights.similar_tracks, counted.similar_tracks),
        "rooms per track": (weights.rooms_per_track, counted.rooms_per_track),
        "parallel tracks": (weights.parallel_tracks, counted.parallel_tracks),
        "consecutive tracks": (weights.consecutive_tracks, counted.tracks_with_a_break),
        "submissions by time zone": (weights.submissions_zones, counted.submissions_by_zone),
        "order of submissions": (weights.submissions_order, counted.out_of_order),
        "submissions in sessions": (weights.submissions_sessions, counted.submissions_in_sessions),
        "submissions in rooms": (weights.submissions_rooms, counted.submissions_in_rooms),
        "presenters": (weights.presenters, counted.presenters),
        "attendees": (weights.attendees, counted.attendees),
        "chairs": (weights.chairs, counted.chairs),
        "presenters in one slot": (weights.presenters_in_slot, counted.presenters_in_slot),
        "attendees in one slot": (weights.attendees_in_slot, counted.attendees_in_slot),
        "changes": (instance.change_price, counted.changes),
    }
    return {
        name: tuple((label, weight * amount) for label, amount in count() if amount)
        for name, (weight, count) in terms.items()
        if weight > 0
    }


def _broken_rules(instance: AgendaInstance, track_at: Grid, submission_at: Plan) -> list[str]:
    broken = []
    places: dict[int, list[tuple[int, int, int]]] = {}
    for session, rooms in enumerate(submission_at):
        for room, slots in enumerate(rooms):
            for slot, one in enumerate(slots):
                if one < 0:
                    continue
                places.setdefault(one, []).append((session, room, slot))
                where = f"{instance.sessions[session].name}, {instance.rooms[room]}"
                if slot >= instance.sessions[session].slots:
                    broken.append(f"{where}: there is no time slot {slot + 1}")
                if instance.submissions[one].track != track_at[session][room]:
                    broken.append(f"{where}: {instance.submissions[one].name} is not of the track there")
    for number, submission in enumerate(instance.submissions):
        got = places.get(number, [])
        if len(got) != submission.slots:
            broken.append(f"{submission.name} has {len(got)} time slots, not {submission.slots}")
        elif len({place[:2] for place in got}) > 1:
            broken.append(f"{submission.name} is spread over sessions or rooms")
        elif got[-1][2] - got[0][2] != submission.slots - 1:
            broken.append(f"{submission.name} has a gap")
    return broken


class _Counter:
    """Walks through an agenda and yields what each term counts."""

    def __init__(self, instance: AgendaInstance, track_at: Grid, submission_at: Plan) -> None:
        self.instance = instance
        self.cells = [
            (session, room, track)
            for session, rooms in enumerate(track_at)
            for room, track in enumerate(rooms)
            if track >= 0
        ]
        self.slots = [
            (session, room, slot, one)
            for session, rooms in enumerate(submission_at)
            for room, slots in enumerate(rooms)
            for slot, one in enumerate(slots)
            if one >= 0
        ]
        self.sessions_of = {
            track: sorted({session for session, _, its in self.cells if its == track})
            for track in range(len(instance.tracks))
        }

    def _track(self, track: int) -> str:
        return self.instance.tracks[track]

    def _session(self, session: int) -> str:
        return self.instance.sessions[session].name

    def _name(self, one: int) -> str:
        return self.instance.submissions[one].name

    def tracks_in_sessions(self) -> list[Item]:
        return [
            (
                f"{self._track(track)} - {self._session(session)}",
                float(self.instance.track_session[track, session]),
            )
            for session, _, track in self.cells
        ]

    def tracks_in_rooms(self) -> list[Item]:
        return [
            (
                f"{self._track(track)} - {self.instance.rooms[room]}",
                float(self.instance.track_room[track, room]),
            )
            for _, room, track in self.cells
        ]

    def sessions_in_rooms(self) -> list[Item]:
        return [
            (
                f"{self._session(session)} - {self.instance.rooms[room]}",
                float(self.instance.session_room[session, room]),
            )
            for session, room, _ in self.cells
        ]

    def similar_tracks(self) -> list[Item]:
        return [
            (
                f"{self._track(one)} - {self._track(two)} - {self._session(session)}",
                float(self.instance.similar[one, two]),
            )
            for (session, _, one), (other, _, two) in combinations(self.cells, 2)
            if session == other and one != two
        ]

    def rooms_per_track(self) -> list[Item]:
        return [
            (self._track(track), len({room for _, room, its in self.cells if its == track}) - 1.0)
            for track, sessions in self.sessions_of.items()
            if sessions
        ]

    def parallel_tracks(self) -> list[Item]:
        return [
            (
                f"{self._track(track)} - {self._session(session)}",
                sum(place == session and its == track for place, _, its in self.cells) - 1.0,
            )
            for track, sessions in self.sessions_of.items()
            for session in sessions
        ]

    def tracks_with_a_break(self) -> list[Item]:
        return [
            (self._track(track), 1.0)
            for track, sessions in self.sessions_of.items()
            if sessions and sessions[-1] - sessions[0] + 1 != len(sessions)
        ]

    def submissions_by_zone(self) -> list[Item]:
        return self._of_submissions(self.instance.submission_zone.tolist())

    def submissions_in_sessions(self) -> list[Item]:
        return self._of_submissions(self.instance.submission_session.tolist())

    def _of_submissions(self, penalty: list[list[float]]) -> list[Item]:
        # Counted for each time slot, as the authors of the format do.
        return [
            (f"{self._name(one)} - {self._session(session)}", penalty[one][session])
            for session, _, _, one in self.slots
        ]

    def submissions_in_rooms(self) -> list[Item]:
        return [
            (
                f"{self._name(one)} - {self.instance.rooms[room]}",
                float(self.instance.submission_room[one, room]),
            )
            for _, room, _, one in self.slots
        ]

    def out_of_order(self) -> list[Item]:
        items = []
        for track in range(len(self.instance.tracks)):
            sequence = list(
                dict.fromkeys(
                    one for _, _, _, one in self.slots if self.instance.submissions[one].track == track
                )
            )
            for place, one in enumerate(sequence, start=1):
                if self.instance.submissions[one].order not in (0, place):
                    items.append((self._name(one), 1.0))
        return items

    def presenters(self) -> list[Item]:
        return self._in_one_session(self.instance.presenters)

    def attendees(self) -> list[Item]:
        return self._in_one_session(self.instance.attendees)

    def _in_one_session(self, conflicts: frozenset[tuple[int, int]]) -> list[Item]:
        place_of = {one: (session, room) for session, room, _, one in self.slots}
        return [
            (f"{self._name(one)} - {self._name(two)}", 1.0)
            for one, two in sorted(conflicts)
            if one in place_of
            and two in place_of
            and place_of[one][0] == place_of[two][0]
            and place_of[one][1] != place_of[two][1]
        ]

    def presenters_in_slot(self) -> list[Item]:
        return self._in_one_slot(self.instance.presenters)

    def attendees_in_slot(self) -> list[Item]:
        return self._in_one_slot(self.instance.attendees)

    def _in_one_slot(self, conflicts: frozenset[tuple[int, int]]) -> list[Item]:
        times_of: dict[int, set[tuple[int, int]]] = {}
        for session, _, slot, one in self.slots:
            times_of.setdefault(one, set()).add((session, slot))
        return [
            (
                f"{self._name(one)} - {self._name(two)}",
                float(len(times_of.get(one, set()) & times_of.get(two, set()))),
            )
            for one, two in sorted(conflicts)
        ]

    def chairs(self) -> list[Item]:
        return [
            (f"{self._track(one)} - {self._track(two)} - {self._session(session)}", 1.0)
            for (session, _, one), (other, _, two) in combinations(self.cells, 2)
            if session == other and (min(one, two), max(one, two)) in self.instance.chairs
        ]

    def changes(self) -> list[Item]:
        if self.instance.published is None:
            return []
        place_of = {one: (session, room) for session, room, _, one in self.slots}
        return [
            (self._name(one), 1.0)
            for one, (session, room) in enumerate(self.instance.published.tolist())
            if session >= 0 and place_of.get(one) != (session, room)
        ]
