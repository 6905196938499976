"""Agenda on the command line: workbooks of CoSPLib."""

from __future__ import annotations

from filiera_solvers._agenda import solve_agenda
from filiera_solvers._agenda_instance import AgendaInstance, AgendaResult
from filiera_solvers._agenda_workbook import read_agenda
from filiera_solvers._registry import Command, Json


def _encode(instance: AgendaInstance, result: AgendaResult) -> Json:
    if result.track_at is None or result.submission_at is None:
        return None
    cells: list[Json] = []
    for session, rooms in enumerate(result.track_at):
        for room, track in enumerate(rooms):
            if track >= 0:
                slots: list[Json] = [
                    instance.submissions[one].name if one >= 0 else None
                    for one in result.submission_at[session, room, : instance.sessions[session].slots]
                ]
                cells.append(
                    {
                        "session": instance.sessions[session].name,
                        "room": instance.rooms[room],
                        "track": instance.tracks[track],
                        "submissions": slots,
                    }
                )
    return {"agenda": cells, "terms": dict(result.terms)}


COMMAND = Command(name="agenda", read=read_agenda, solve=solve_agenda, encode=_encode)
