"""Meetings on the command line: reading the file, writing the plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._json_input import Fields, Names, as_list, as_text, as_whole, read_fields
from filiera_solvers._meetings import solve_meetings, warm_up
from filiera_solvers._meetings_instance import (
    GREATEST_PRIORITY,
    KINDS,
    BoolArray,
    IntArray,
    JoinedWishes,
    MeetingsInstance,
    MeetingsMode,
    MeetingsResult,
    join_wishes,
)
from filiera_solvers._registry import Command, Json

SESSIONS = ("any", "morning", "afternoon")


def read_meetings(path: Path) -> MeetingsInstance:
    """Read a file as in ``docs/solvers/meetings.schema.json``; InvalidInstance names what is wrong."""
    fields = read_fields(path)
    fields.refuse_others(
        *("name", "seed", "mode", "participants", "slots", "tables", "links", "morning_slots", "meetings"),
        *("wishes", "accepted", "session", "kind", "unavailable", "not_on_site", "not_online"),
        *("precedences", "most", "spread", "previous", "move_limit"),
    )
    mode = _mode(fields)
    people = _people(fields)
    slot_names = _slot_names(fields)
    capacity = _capacity(fields, len(slot_names))
    if mode is MeetingsMode.ALL:
        pairs = _meetings(fields, people)
        priority = np.ones(len(pairs), dtype=np.int64)
        required = np.ones(len(pairs), dtype=np.bool_)
        row_of = list(range(len(pairs)))
    else:
        joined, required = _wishes(fields, people)
        pairs, priority, row_of = joined.pairs, joined.priority, joined.pair_of.tolist()
    return MeetingsInstance(
        people=people.names,
        pairs=pairs,
        capacity=capacity,
        available=_available(fields, people, capacity.shape),
        session=_session(fields, row_of, len(pairs), len(slot_names)),
        kinds=_kinds(fields, row_of, len(pairs), len(capacity)),
        precedences=_precedences(fields, row_of),
        mode=mode,
        priority=priority,
        required=required,
        most=_most(fields, people, len(slot_names)),
        previous=_previous(fields, people, pairs, Names(slot_names, "slot"), len(capacity)),
        slot_names=slot_names,
        spread=fields.whole("spread") if "spread" in fields else None,
        move_limit=fields.whole("move_limit") if "move_limit" in fields else None,
    )


def encode_meetings(instance: MeetingsInstance, result: MeetingsResult) -> Json:
    """Return the plan with the file's ids."""
    held: list[tuple[int, Json]] = []
    slots: list[Json] = []
    not_held: list[Json] = []
    for meeting, place in enumerate(result.place.tolist()):
        first, second = (instance.people[person] for person in instance.pairs[meeting].tolist())
        if place < 0:
            slots.append(None)
            not_held.append([first, second])
            continue
        kind, slot = divmod(place, instance.n_slots)
        slots.append(slot)
        row: Json = {"people": [first, second], "slot": instance.slot_names[slot], "at": KINDS[kind]}
        held.append((slot, row))
    return {
        "mode": instance.mode.value,
        "slot_of_meeting": slots,
        "meetings": [row for _, row in sorted(held, key=lambda pair: pair[0])],
        "not_held": not_held,
        "priority_sum": result.priority_sum,
        "fewest_meetings": result.fewest,
        "fewest_bound": result.fewest_bound,
        "breaks": result.breaks,
        "breaks_of": {instance.people[person]: count for person, count in result.breaks_of.items()},
        "moved": result.moved,
    }


def _mode(fields: Fields) -> MeetingsMode:
    text = fields.text("mode", "wanted" if "wishes" in fields else "all")
    try:
        mode = MeetingsMode(text)
    except ValueError:
        raise InvalidInstance(f"{fields.where}: mode must be all or wanted, not {text!r}") from None
    own, other = ("meetings", "wishes") if mode is MeetingsMode.ALL else ("wishes", "meetings")
    if other in fields:
        raise InvalidInstance(f"{fields.where}: mode {mode.value} takes {own}, not {other}")
    return mode


def _people(fields: Fields) -> Names:
    given = fields.values.get("participants")
    if isinstance(given, list):
        return Names([as_text(name, f"{fields.where}: participants") for name in given], "participant")
    count = as_whole(fields.whole("participants"), f"{fields.where}: participants", least=0)
    return Names([str(index) for index in range(count)], "participant")


def _slot_names(fields: Fields) -> tuple[str, ...]:
    given = fields.values.get("slots")
    if isinstance(given, list):
        return Names([as_text(name, f"{fields.where}: slots") for name in given], "slot").names
    count = as_whole(fields.whole("slots"), f"{fields.where}: slots", least=1)
    return tuple(str(index) for index in range(count))


def _capacity(fields: Fields, slots: int) -> IntArray:
    rows = []
    for name in ("tables", "links"):
        if name == "links" and name not in fields:
            break
        given = fields.values.get(name)
        where = f"{fields.where}: {name}"
        row = (
            [as_whole(count, where, least=0) for count in given]
            if isinstance(given, list)
            else [as_whole(fields.whole(name), where, least=0)] * slots
        )
        if len(row) != slots:
            raise InvalidInstance(f"{where}: {len(row)} numbers for {slots} slots")
        rows.append(row)
    return np.array(rows, dtype=np.int64)


def _pair(value: object, people: Names, where: str) -> tuple[int, int]:
    row = as_list(value, where)
    if len(row) < 2:
        raise InvalidInstance(f"{where}: two participants were expected")
    first, second = people.position(row[0], where), people.position(row[1], where)
    if first == second:
        raise InvalidInstance(f"{where}: {people.names[first]} would meet themselves")
    return first, second


def _meetings(fields: Fields, people: Names) -> IntArray:
    rows = [
        _pair(row, people, f"{fields.where}: meetings[{index}]")
        for index, row in enumerate(fields.items("meetings"))
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 2)


def _wishes(fields: Fields, people: Names) -> tuple[JoinedWishes, BoolArray]:
    """Read the wishes, and which of their pairs are accepted."""
    wishes: list[tuple[int, int, int]] = []
    seen: set[tuple[int, int]] = set()
    for index, value in enumerate(fields.items("wishes")):
        where = f"{fields.where}: wishes[{index}]"
        who, whom = _pair(value, people, where)
        row = as_list(value, where)
        priority = as_whole(row[2], f"{where}: priority") if len(row) > 2 else 1
        if not 1 <= priority <= GREATEST_PRIORITY:
            raise InvalidInstance(f"{where}: priority must be 1, 2 or 3, not {priority}")
        if (who, whom) in seen:
            raise InvalidInstance(f"{where}: {people.names[who]} wishes the same person twice")
        seen.add((who, whom))
        wishes.append((who, whom, priority))
    joined = join_wishes(wishes)
    position = {(first, second): index for index, (first, second) in enumerate(joined.pairs.tolist())}
    required = np.zeros(len(joined.pairs), dtype=np.bool_)
    for index, value in enumerate(fields.items("accepted", ())):
        where = f"{fields.where}: accepted[{index}]"
        first, second = sorted(_pair(value, people, where))
        if (first, second) not in position:
            raise InvalidInstance(f"{where}: neither of the two has wished this meeting")
        required[position[first, second]] = True
    return joined, required


def _available(fields: Fields, people: Names, shape: tuple[int, ...]) -> BoolArray:
    kinds, slots = shape
    names = Names(_slot_names(fields), "slot")
    available = np.ones((kinds, len(people), slots), dtype=np.bool_)
    for field, concerned in (("unavailable", range(kinds)), ("not_on_site", (0,)), ("not_online", (1,))):
        for person, given in fields.mapping(field).items():
            where = f"{fields.where}: {field} of {person}"
            position = people.position(person, f"{fields.where}: {field}")
            for slot in as_list(given, where):
                for kind in concerned:
                    if kind < kinds:
                        available[kind, position, names.position(slot, where)] = False
    return available


def _entries(fields: Fields, name: str, row_of: list[int]) -> list[object]:
    """Return one entry for each meeting or wish of the file, none if the field is left out."""
    given = fields.items(name, ())
    if given and len(given) != len(row_of):
        raise InvalidInstance(f"{fields.where}: {name} has {len(given)} entries for {len(row_of)} meetings")
    return given


def _session(fields: Fields, row_of: list[int], meetings: int, slots: int) -> BoolArray:
    open_slots = np.ones((meetings, slots), dtype=np.bool_)
    morning = fields.whole("morning_slots", slots)
    if not 0 <= morning <= slots:
        raise InvalidInstance(f"{fields.where}: morning_slots must be 0 to {slots}, not {morning}")
    for row, value in enumerate(_entries(fields, "session", row_of)):
        if value not in SESSIONS:
            raise InvalidInstance(f"{fields.where}: session must be any, morning or afternoon, not {value!r}")
        if value == "morning":
            open_slots[row_of[row], morning:] = False
        elif value == "afternoon":
            open_slots[row_of[row], :morning] = False
    return open_slots


def _kinds(fields: Fields, row_of: list[int], meetings: int, kinds: int) -> BoolArray:
    suits = np.ones((meetings, kinds), dtype=np.bool_)
    for row, value in enumerate(_entries(fields, "kind", row_of)):
        if value not in ("any", *KINDS[:kinds]):
            raise InvalidInstance(f"{fields.where}: kind {value!r} is not offered")
        if value != "any":
            suits[row_of[row]] &= [name == value for name in KINDS[:kinds]]
    return suits


def _precedences(fields: Fields, row_of: list[int]) -> IntArray:
    rows = []
    for index, value in enumerate(fields.items("precedences", ())):
        where = f"{fields.where}: precedences[{index}]"
        row = [as_whole(meeting, where, least=0) for meeting in as_list(value, where)]
        if len(row) != 2 or max(row) >= len(row_of):
            raise InvalidInstance(f"{where}: two of the {len(row_of)} meetings were expected")
        rows.append([row_of[meeting] for meeting in row])
    return np.array(rows, dtype=np.int64).reshape(-1, 2)


def _most(fields: Fields, people: Names, slots: int) -> IntArray:
    where = f"{fields.where}: most"
    given = fields.values.get("most")
    if not isinstance(given, Mapping):
        return np.full(len(people), as_whole(fields.whole("most", slots), where, least=0), dtype=np.int64)
    most = np.full(len(people), slots, dtype=np.int64)
    for person, value in given.items():
        most[people.position(person, where)] = as_whole(value, where, least=0)
    return most


def _previous(fields: Fields, people: Names, pairs: IntArray, slots: Names, kinds: int) -> NDArray[np.int64]:
    """Read [person, person, slot] or [person, person, slot, "link"] of the plan to keep to."""
    previous = np.full(len(pairs), -1, dtype=np.int64)
    waiting: dict[tuple[int, int], list[int]] = {}
    for meeting, (first, second) in enumerate(pairs.tolist()):
        waiting.setdefault((min(first, second), max(first, second)), []).append(meeting)
    for index, value in enumerate(fields.items("previous", ())):
        where = f"{fields.where}: previous[{index}]"
        row = as_list(value, where)
        first, second = _pair(value, people, where)
        if len(row) < 3:
            raise InvalidInstance(f"{where}: a slot was expected")
        kind = row[3] if len(row) > 3 else KINDS[0]
        if kind not in KINDS[:kinds]:
            raise InvalidInstance(f"{where}: {kind!r} is not offered")
        meetings = waiting.get((min(first, second), max(first, second)))
        if not meetings:
            raise InvalidInstance(f"{where}: this meeting is not wished any more, or given twice")
        slot = slots.position(row[2], where)
        previous[meetings.pop(0)] = KINDS.index(str(kind)) * len(slots) + slot
    return previous


COMMAND = Command(
    name="meetings",
    read=read_meetings,
    solve=solve_meetings,
    encode=encode_meetings,
    prepare=warm_up,
)
