"""Solvers for the combinatorial parts of an academy: groups, rounds, meetings, selection, places, seating,
agenda, chains. Arrays and frozen dataclasses in and out; no Django, no database, no clock but the limit.

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_HOME_OF = {
    "InvalidInstance": "_errors",
    "CancelCallback": "_frame",
    "Limits": "_frame",
    "Progress": "_frame",
    "ProgressCallback": "_frame",
    "Result": "_frame",
    "Status": "_frame",
    "Verdict": "_frame",
}

__all__ = [
    "CancelCallback",
    "InvalidInstance",
    "Limits",
    "Progress",
    "ProgressCallback",
    "Result",
    "Status",
    "Verdict",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
