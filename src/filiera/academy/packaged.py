"""The templates that come with the platform: the four-day academy and the usual tasks of a team."""

import json
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class PackagedTask:
    """A task that nearly every academy has; without modes it belongs to each part."""

    title: dict[str, str]
    days_before: int
    modes: frozenset[str]


@dataclass(frozen=True)
class PackagedPart:
    key: str
    title: dict[str, str]
    mode: str
    offset_days: int
    days: int
    opens: time
    closes: time
    between: dict[str, str]


@dataclass(frozen=True)
class PackagedSession:
    part: str
    day: int
    starts: time
    minutes: int
    kind: str
    title: dict[str, str]
    room: str | None
    objectives: tuple[int, ...]


@dataclass(frozen=True)
class PackagedRoom:
    key: str
    name: dict[str, str]
    capacity: int


@dataclass(frozen=True)
class PackagedEdition:
    """A whole edition without dates, people or places."""

    slug: str
    name: dict[str, str]
    summary: dict[str, str]
    objectives: tuple[dict[str, str], ...]
    rooms: tuple[PackagedRoom, ...]
    parts: tuple[PackagedPart, ...]
    sessions: tuple[PackagedSession, ...]


@cache
def _data() -> dict[str, Any]:
    source = files("filiera.academy") / "data" / "four_day_academy.json"
    loaded: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return loaded


@cache
def packaged_tasks() -> tuple[PackagedTask, ...]:
    return tuple(
        PackagedTask(task["title"], task["days_before"], frozenset(task["modes"]))
        for task in _data()["tasks"]
    )


@cache
def four_day_academy() -> PackagedEdition:
    data = _data()
    return PackagedEdition(
        slug=data["slug"],
        name=data["name"],
        summary=data["summary"],
        objectives=tuple(data["objectives"]),
        rooms=tuple(PackagedRoom(room["key"], room["name"], room["capacity"]) for room in data["rooms"]),
        parts=tuple(
            PackagedPart(
                key=part["key"],
                title=part["title"],
                mode=part["mode"],
                offset_days=part["offset_days"],
                days=part["days"],
                opens=time.fromisoformat(part["opens"]),
                closes=time.fromisoformat(part["closes"]),
                between=part["between"],
            )
            for part in data["parts"]
        ),
        sessions=tuple(
            PackagedSession(
                part=session["part"],
                day=session["day"],
                starts=time.fromisoformat(session["time"]),
                minutes=session["minutes"],
                kind=session["kind"],
                title=session["title"],
                room=session["room"],
                objectives=tuple(session["objectives"]),
            )
            for session in data["sessions"]
        ),
    )
