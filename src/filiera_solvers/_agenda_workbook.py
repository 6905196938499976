"""Reading the workbooks of CoSPLib (Kheiri, Pylyavskyy, Jacko): one conference in nine sheets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime, time
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

import numpy as np

from filiera_solvers._agenda_instance import (
    AgendaInstance,
    AgendaSession,
    AgendaWeights,
    Conflicts,
    IntGrid,
    Submission,
)
from filiera_solvers._errors import InvalidInstance
from filiera_solvers._groups_instance import FloatMatrix

Rows: TypeAlias = list[tuple[object, ...]]

SHEETS = (
    *("parameters", "submissions", "tracks", "sessions", "rooms"),
    *("tracks_sessions|penalty", "tracks_rooms|penalty", "similar tracks", "sessions_rooms|penalty"),
)
WEIGHTS = {
    "tracks_sessions|penalty": "tracks_sessions",
    "tracks_rooms|penalty": "tracks_rooms",
    "sessions_rooms|penalty": "sessions_rooms",
    "similar tracks": "similar_tracks",
    "number of rooms per track": "rooms_per_track",
    "parallel tracks": "parallel_tracks",
    "consecutive tracks": "consecutive_tracks",
    "submissions_timezones": "submissions_zones",
    "submissions order": "submissions_order",
    "submissions_sessions|penalty": "submissions_sessions",
    "submissions_rooms|penalty": "submissions_rooms",
    "presenters conflicts": "presenters",
    "attendees conflicts": "attendees",
    "chairs conflicts": "chairs",
    "presenters conflicts timeslot level": "presenters_in_slot",
    "attendees conflicts timeslot level": "attendees_in_slot",
}
FIRST_PENALTY_COLUMN = 7
MINUTES_A_DAY = 24 * 60


def read_agenda(path: Path) -> AgendaInstance:
    """Read one conference; InvalidInstance names the sheet and the cell that cannot be understood."""
    sheets = _sheets(path)
    sessions = _rows_below_head(sheets["sessions"])
    rooms = tuple(_text(row[0]) for row in _rows_below_head(sheets["rooms"]))
    tracks = tuple(_text(row[0]) for row in _rows_below_head(sheets["tracks"]))
    track_at = {name: number for number, name in enumerate(tracks)}
    talks = _rows_below_head(sheets["submissions"])
    head = [_text(value) for value in sheets["submissions"][0]]
    names = [_text(row[0]) for row in sessions]
    for talk in talks:
        if _text(talk[1]) not in track_at:
            raise InvalidInstance(f"submissions: {talk[0]} has the unknown track {_text(talk[1])!r}")
    presenters = [_people(talk[5]) for talk in talks]
    attendees = [_people(talk[6]) for talk in talks]
    talk_tracks = [track_at[_text(talk[1])] for talk in talks]
    chairs = [_people(row[1] if len(row) > 1 else None) for row in _rows_below_head(sheets["tracks"])]
    similar = _matrix(sheets["similar tracks"], "similar tracks", tracks, tracks)
    upper = np.triu(similar, 1)
    similar = np.where(upper > 0, upper, np.triu(similar.T, 1))
    return AgendaInstance(
        sessions=tuple(
            AgendaSession(_text(row[0]), _whole(row[1], f"sessions: slots of {row[0]}")) for row in sessions
        ),
        rooms=rooms,
        tracks=tracks,
        submissions=tuple(
            Submission(
                _text(talk[0]),
                track,
                _whole(talk[2], f"submissions: time slots of {talk[0]}"),
                _whole(talk[3], f"submissions: order of {talk[0]}"),
            )
            for talk, track in zip(talks, talk_tracks, strict=True)
        ),
        weights=_weights(sheets["parameters"]),
        track_session=_matrix(sheets["tracks_sessions|penalty"], "tracks_sessions|penalty", tracks, names),
        track_room=_matrix(sheets["tracks_rooms|penalty"], "tracks_rooms|penalty", tracks, rooms),
        session_room=_matrix(sheets["sessions_rooms|penalty"], "sessions_rooms|penalty", names, rooms),
        similar=similar + similar.T,
        submission_session=_talk_matrix(talks, head, names),
        submission_room=_talk_matrix(talks, head, rooms),
        submission_zone=_zones(sheets["parameters"], sessions, talks),
        presenters=_conflicts(
            len(talks),
            lambda one, two: bool(
                presenters[one] & presenters[two]
                or (
                    talk_tracks[one] != talk_tracks[two]
                    and (
                        presenters[one] & chairs[talk_tracks[two]]
                        or presenters[two] & chairs[talk_tracks[one]]
                    )
                )
            ),
        ),
        attendees=_conflicts(
            len(talks),
            lambda one, two: bool(
                attendees[one] & (attendees[two] | presenters[two])
                or attendees[two] & presenters[one]
                or (
                    talk_tracks[one] != talk_tracks[two]
                    and (
                        attendees[one] & chairs[talk_tracks[two]] or attendees[two] & chairs[talk_tracks[one]]
                    )
                )
            ),
        ),
        chairs=_conflicts(len(tracks), lambda one, two: bool(chairs[one] & chairs[two])),
    )


def read_agenda_solution(path: Path, instance: AgendaInstance) -> tuple[IntGrid, IntGrid]:
    """Read the sheet ``sol`` of a solution workbook: tracks, then submissions, per session and room."""
    rows = _workbook(path, ("sol",))["sol"]
    column_of = {_text(name): number for number, name in enumerate(rows[0]) if name is not None}
    session_at = {session.name: number for number, session in enumerate(instance.sessions)}
    track_number = {name: number for number, name in enumerate(instance.tracks)}
    talk_number = {one.name: number for number, one in enumerate(instance.submissions)}
    slots = max(session.slots for session in instance.sessions)
    track_at = np.full((len(instance.sessions), len(instance.rooms)), -1, dtype=np.int64)
    submission_at = np.full((*track_at.shape, slots), -1, dtype=np.int64)
    slot_of = dict.fromkeys(session_at, -1)  # the first row of a session holds its tracks
    for row in rows[1:]:
        session = _text(row[0])
        if session not in session_at:
            continue
        for room, name in enumerate(instance.rooms):
            value = _text(row[column_of[name]])
            if not value:
                continue
            if slot_of[session] < 0:
                track_at[session_at[session], room] = track_number[value]
            else:
                submission_at[session_at[session], room, slot_of[session]] = talk_number[value]
        slot_of[session] += 1
    return track_at, submission_at


def _sheets(path: Path) -> dict[str, Rows]:
    return _workbook(path, SHEETS)


def _workbook(path: Path, names: Sequence[str]) -> dict[str, Rows]:
    from openpyxl import load_workbook  # slow to load
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = load_workbook(path, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise InvalidInstance(f"{path.name} is no workbook: {error}") from error
    missing = [name for name in names if name not in workbook.sheetnames]
    if missing:
        raise InvalidInstance(f"{path.name} has no sheet {missing[0]!r}")
    return {name: list(workbook[name].iter_rows(values_only=True)) for name in names}


def _rows_below_head(rows: Rows) -> Rows:
    return [row for row in rows[1:] if _text(row[0])]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _people(value: object) -> frozenset[str]:
    return frozenset(name.strip() for name in _text(value).split(",") if name.strip())


def _number(value: object, where: str) -> float:
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInstance(f"{where} must be a number, not {value!r}")
    return float(value)


def _whole(value: object, where: str) -> int:
    number = _number(value, where)
    if number != int(number):
        raise InvalidInstance(f"{where} must be a whole number, not {number}")
    return int(number)


def _matrix(rows: Rows, sheet: str, names: Sequence[str], columns: Sequence[str]) -> FloatMatrix:
    column_at = {_text(value): number for number, value in enumerate(rows[0]) if number > 0 and _text(value)}
    row_at = {_text(row[0]): row for row in rows[1:] if _text(row[0])}
    matrix = np.zeros((len(names), len(columns)))
    for row_number, name in enumerate(names):
        if name not in row_at:
            raise InvalidInstance(f"{sheet}: there is no row {name!r}")
        for column_number, column in enumerate(columns):
            if column not in column_at:
                raise InvalidInstance(f"{sheet}: there is no column {column!r}")
            value = row_at[name][column_at[column]]
            matrix[row_number, column_number] = _number(value, f"{sheet}: {name}, {column}")
    return matrix


def _talk_matrix(talks: Rows, head: Sequence[str], columns: Sequence[str]) -> FloatMatrix:
    column_at = {name: number for number, name in enumerate(head) if number >= FIRST_PENALTY_COLUMN}
    missing = [column for column in columns if column not in column_at]
    if missing:
        raise InvalidInstance(f"submissions: there is no column {missing[0]!r}")
    return np.array(
        [
            [_number(talk[column_at[column]], f"submissions: {talk[0]}, {column}") for column in columns]
            for talk in talks
        ]
    )


def _weights(rows: Rows) -> AgendaWeights:
    given = {}
    for row in rows:
        key = WEIGHTS.get(_text(row[3]).rstrip(":").lower()) if len(row) > 4 else None
        if key is not None:
            given[key] = _number(row[4], f"parameters: {row[3]}")
    missing = [name for name in WEIGHTS.values() if name not in given]
    if missing:
        raise InvalidInstance(f"parameters: there is no weight for {missing[0]}")
    return AgendaWeights(**given)


def _conflicts(count: int, conflict: Callable[[int, int], bool]) -> Conflicts:
    return frozenset(pair for pair in combinations(range(count), 2) if conflict(*pair))


def _zones(parameters: Rows, sessions: Rows, talks: Rows) -> FloatMatrix:
    """Return the penalty of each submission in each session by the clock where its presenter is."""
    given = [(_text(row[0]).rstrip(":").lower(), row[1]) for row in parameters]
    times = [_minutes(value, "parameters: times") for name, value in given if name in ("from", "to")]
    prices = [_number(value, "parameters: penalty") for name, value in given if name == "penalty"]
    if len(times) != 4 or len(prices) != 2:
        raise InvalidInstance("parameters: suitable and less suitable times and two penalties are needed")
    local = _offset_min(next((value for name, value in given if name == "local time zone"), None))
    early, late, earliest, latest = times
    matrix = np.zeros((len(talks), len(sessions)))
    for row, talk in enumerate(talks):
        for column, session in enumerate(sessions):
            shift = _offset_min(talk[4]) - local
            start = (_minutes(session[3], "sessions: start") + shift) % MINUTES_A_DAY
            end = (_minutes(session[4], "sessions: end") + shift) % MINUTES_A_DAY
            if start < earliest or end > latest or end < earliest:
                matrix[row, column] = prices[1]
            elif start < early or end > late:
                matrix[row, column] = prices[0]
    return matrix


def _minutes(value: object, where: str) -> int:
    if isinstance(value, (time, datetime)):
        return value.hour * 60 + value.minute
    raise InvalidInstance(f"{where} must be a time of day, not {value!r}")


def _offset_min(value: object) -> int:
    found = re.fullmatch(r"GMT([+-]\d{1,2})", _text(value))
    if found is None:
        raise InvalidInstance(f"time zone must be GMT and hours, as in GMT+2, not {_text(value)!r}")
    return int(found[1]) * 60
