"""Solvers for the combinatorial parts of an academy: groups, rounds, meetings, selection, places, seating,
agenda, chains. Arrays and frozen dataclasses in and out; no Django, no database, no clock but the limit.

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filiera_solvers._agenda import solve_agenda
    from filiera_solvers._agenda_instance import (
        AgendaInstance,
        AgendaResult,
        AgendaSession,
        AgendaWeights,
        Submission,
    )
    from filiera_solvers._agenda_workbook import read_agenda
    from filiera_solvers._chain import solve_chain
    from filiera_solvers._chain_instance import Chain, ChainInstance, ChainResult, ChainRules
    from filiera_solvers._check_agenda import agenda_terms, check_agenda
    from filiera_solvers._check_chain import check_chain
    from filiera_solvers._check_groups import check_groups
    from filiera_solvers._check_meetings import check_meetings
    from filiera_solvers._check_places import check_places
    from filiera_solvers._check_rounds import check_rounds
    from filiera_solvers._check_seating import check_seating
    from filiera_solvers._check_selection import check_reasons, check_selection
    from filiera_solvers._cli import main, prepare
    from filiera_solvers._errors import InvalidInstance
    from filiera_solvers._frame import (
        CancelCallback,
        Limits,
        Progress,
        ProgressCallback,
        Result,
        Status,
        Verdict,
    )
    from filiera_solvers._groups import solve_groups
    from filiera_solvers._groups_command import read_groups
    from filiera_solvers._groups_instance import (
        Attribute,
        AttributeKind,
        GroupsInstance,
        GroupsResult,
        GroupsRule,
        distance_from_attributes,
    )
    from filiera_solvers._meetings import solve_meetings
    from filiera_solvers._meetings_instance import (
        JoinedWishes,
        MeetingsInstance,
        MeetingsMode,
        MeetingsResult,
        join_wishes,
    )
    from filiera_solvers._places import solve_places, ticket_of
    from filiera_solvers._places_instance import PlacesInstance, PlacesResult, PlacesRule
    from filiera_solvers._registry import PROBLEMS
    from filiera_solvers._rounds import solve_rounds
    from filiera_solvers._rounds_command import read_rounds
    from filiera_solvers._rounds_instance import RoundsInstance, RoundsResult, even_sizes
    from filiera_solvers._seating import solve_seating
    from filiera_solvers._seating_command import read_seating
    from filiera_solvers._seating_instance import SeatingInstance, SeatingResult, Table, evenly_filled
    from filiera_solvers._selection import explain_selection, solve_selection
    from filiera_solvers._selection_instance import (
        CohortLimit,
        CohortTarget,
        ConflictPart,
        Reason,
        ReasonKind,
        RuleSide,
        SelectionInstance,
        SelectionResult,
    )

_HOME_OF = {
    "solve_agenda": "_agenda",
    "AgendaInstance": "_agenda_instance",
    "AgendaResult": "_agenda_instance",
    "AgendaSession": "_agenda_instance",
    "AgendaWeights": "_agenda_instance",
    "Submission": "_agenda_instance",
    "read_agenda": "_agenda_workbook",
    "solve_chain": "_chain",
    "Chain": "_chain_instance",
    "ChainInstance": "_chain_instance",
    "ChainResult": "_chain_instance",
    "ChainRules": "_chain_instance",
    "agenda_terms": "_check_agenda",
    "check_agenda": "_check_agenda",
    "check_chain": "_check_chain",
    "check_groups": "_check_groups",
    "check_meetings": "_check_meetings",
    "check_places": "_check_places",
    "check_rounds": "_check_rounds",
    "check_seating": "_check_seating",
    "check_reasons": "_check_selection",
    "check_selection": "_check_selection",
    "main": "_cli",
    "prepare": "_cli",
    "InvalidInstance": "_errors",
    "CancelCallback": "_frame",
    "Limits": "_frame",
    "Progress": "_frame",
    "ProgressCallback": "_frame",
    "Result": "_frame",
    "Status": "_frame",
    "Verdict": "_frame",
    "solve_groups": "_groups",
    "read_groups": "_groups_command",
    "Attribute": "_groups_instance",
    "AttributeKind": "_groups_instance",
    "GroupsInstance": "_groups_instance",
    "GroupsResult": "_groups_instance",
    "GroupsRule": "_groups_instance",
    "distance_from_attributes": "_groups_instance",
    "solve_meetings": "_meetings",
    "MeetingsInstance": "_meetings_instance",
    "JoinedWishes": "_meetings_instance",
    "join_wishes": "_meetings_instance",
    "MeetingsMode": "_meetings_instance",
    "MeetingsResult": "_meetings_instance",
    "solve_places": "_places",
    "ticket_of": "_places",
    "PlacesInstance": "_places_instance",
    "PlacesResult": "_places_instance",
    "PlacesRule": "_places_instance",
    "PROBLEMS": "_registry",
    "solve_rounds": "_rounds",
    "read_rounds": "_rounds_command",
    "RoundsInstance": "_rounds_instance",
    "RoundsResult": "_rounds_instance",
    "even_sizes": "_rounds_instance",
    "solve_seating": "_seating",
    "read_seating": "_seating_command",
    "SeatingInstance": "_seating_instance",
    "SeatingResult": "_seating_instance",
    "Table": "_seating_instance",
    "evenly_filled": "_seating_instance",
    "explain_selection": "_selection",
    "solve_selection": "_selection",
    "CohortLimit": "_selection_instance",
    "CohortTarget": "_selection_instance",
    "ConflictPart": "_selection_instance",
    "RuleSide": "_selection_instance",
    "Reason": "_selection_instance",
    "ReasonKind": "_selection_instance",
    "SelectionInstance": "_selection_instance",
    "SelectionResult": "_selection_instance",
}

__all__ = [
    "PROBLEMS",
    "AgendaInstance",
    "AgendaResult",
    "AgendaSession",
    "AgendaWeights",
    "Attribute",
    "AttributeKind",
    "CancelCallback",
    "Chain",
    "ChainInstance",
    "ChainResult",
    "ChainRules",
    "CohortLimit",
    "CohortTarget",
    "ConflictPart",
    "GroupsInstance",
    "GroupsResult",
    "GroupsRule",
    "InvalidInstance",
    "JoinedWishes",
    "Limits",
    "MeetingsInstance",
    "MeetingsMode",
    "MeetingsResult",
    "PlacesInstance",
    "PlacesResult",
    "PlacesRule",
    "Progress",
    "ProgressCallback",
    "Reason",
    "ReasonKind",
    "Result",
    "RoundsInstance",
    "RoundsResult",
    "RuleSide",
    "SeatingInstance",
    "SeatingResult",
    "SelectionInstance",
    "SelectionResult",
    "Status",
    "Submission",
    "Table",
    "Verdict",
    "agenda_terms",
    "check_agenda",
    "check_chain",
    "check_groups",
    "check_meetings",
    "check_places",
    "check_reasons",
    "check_rounds",
    "check_seating",
    "check_selection",
    "distance_from_attributes",
    "even_sizes",
    "evenly_filled",
    "explain_selection",
    "join_wishes",
    "main",
    "prepare",
    "read_agenda",
    "read_groups",
    "read_rounds",
    "read_seating",
    "solve_agenda",
    "solve_chain",
    "solve_groups",
    "solve_meetings",
    "solve_places",
    "solve_rounds",
    "solve_seating",
    "solve_selection",
    "ticket_of",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
