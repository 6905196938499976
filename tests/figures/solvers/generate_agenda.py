"""Conferences made from a seed, as workbooks in the format of CoSPLib.

``python tests/figures/solvers/generate_agenda.py agenda.xlsx --tracks 5 --rooms 3 --days 2 --seed 1``
"""

from __future__ import annotations

import argparse
from datetime import datetime, time
from pathlib import Path

import numpy as np
from openpyxl import Workbook

WEIGHTS = {
    "Tracks_Sessions|Penalty:": 1,
    "Tracks_Rooms|Penalty:": 1,
    "Sessions_Rooms|Penalty:": 1,
    "Similar Tracks:": 1,
    "Number of Rooms per Track:": 1,
    "Parallel Tracks:": 1,
    "Consecutive Tracks:": 5,
    "Submissions_Timezones:": 0,
    "Submissions Order:": 10,
    "Submissions_Sessions|Penalty:": 1,
    "Submissions_Rooms|Penalty:": 0,
    "Presenters Conflicts:": 100,
    "Attendees Conflicts:": 1,
    "Chairs Conflicts:": 10,
    "Presenters Conflicts Timeslot Level:": 0,
    "Attendees Conflicts Timeslot Level:": 0,
}
STARTS = (time(9, 0), time(11, 0), time(14, 0), time(16, 0))
ENDS = (time(10, 30), time(12, 30), time(15, 30), time(17, 30))


def conference(*, tracks: int, rooms: int, days: int, seed: int, slots: int = 3) -> Workbook:
    """Return a workbook whose submissions fill about three quarters of the rooms."""
    random = np.random.default_rng(seed)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "parameters"
    left = [
        *(("Sessions", None), ("Local time zone:", "GMT+1"), ("Suitable scheduling times", None)),
        *(("From:", time(9, 0)), ("To:", time(18, 0)), ("Less suitable scheduling times", None)),
        *(("From:", time(7, 0)), ("To:", time(22, 0)), ("Penalty:", 1)),
        *(("Unsuitable scheduling times", None), ("Penalty:", 10)),
    ]
    right = [("Weights", None), *WEIGHTS.items()]
    for row in range(max(len(left), len(right))):
        first = left[row] if row < len(left) else (None, None)
        second = right[row] if row < len(right) else (None, None)
        sheet.append([*first, None, *second])
    session_names = [f"{day}.{part}" for day in range(1, days + 1) for part in range(1, 5)]
    room_names = [f"Room {number + 1}" for number in range(rooms)]
    track_names = [f"Track {number + 1}" for number in range(tracks)]
    talks = book.create_sheet("submissions")
    talks.append(
        [
            *("Reference", "Track", "Required Timeslots", "Order", "Time Zone", "Presenters", "Attendees"),
            *session_names,
            *room_names,
        ]
    )
    number = 0
    fillable = int(len(session_names) * rooms * slots * 0.75)
    shares = random.dirichlet(np.full(tracks, 4.0))
    for track, share in zip(track_names, shares, strict=True):
        for place in range(max(1, int(share * fillable))):
            number += 1
            away = [1 if random.random() < 0.08 else None for _ in session_names]
            talks.append(
                [
                    *(f"talk{number:03d}", track, 1, 1 if place == 0 else 0, "GMT+1"),
                    f"P{random.integers(fillable)}",
                    ", ".join(f"P{one}" for one in random.integers(fillable, size=2)),
                    *away,
                    *(None for _ in room_names),
                ]
            )
    chairs = book.create_sheet("tracks")
    chairs.append(["Tracks", "Chairs"])
    for place, track in enumerate(track_names):
        chairs.append([track, f"C{place % max(2, tracks - 1)}"])
    sessions = book.create_sheet("sessions")
    sessions.append(["Sessions", "Max Number of Timeslots", "Date", "Start Time", "End Time"])
    for place, name in enumerate(session_names):
        day = datetime(2030, 6, 1 + place // 4)
        sessions.append([name, slots, day, STARTS[place % 4], ENDS[place % 4]])
    rooms_sheet = book.create_sheet("rooms")
    for name in ["Rooms", *room_names]:
        rooms_sheet.append([name])
    for title, rows, columns, chance in (
        ("tracks_sessions|penalty", track_names, session_names, 0.1),
        ("tracks_rooms|penalty", track_names, room_names, 0.2),
        ("similar tracks", track_names, track_names, 0.2),
        ("sessions_rooms|penalty", session_names, room_names, 0.05),
    ):
        penalty = book.create_sheet(title)
        penalty.append([None, *columns])
        for row in rows:
            penalty.append(
                [row, *(int(random.integers(1, 5)) if random.random() < chance else None for _ in columns)]
            )
    return book


def main() -> None:
    """Write one workbook."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--tracks", type=int, default=5)
    parser.add_argument("--rooms", type=int, default=3)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    conference(tracks=given.tracks, rooms=given.rooms, days=given.days, seed=given.seed).save(given.file)


if __name__ == "__main__":
    main()
