"""From call to certificate; each module holds one resource."""

from .applications import Application
from .calls import Call
from .choices import (
    ApplicationState,
    AttendanceMode,
    CallKind,
    CallState,
    Gender,
    Maturity,
    ParticipationState,
    PresenceMode,
    PresenceSource,
)
from .participations import DayAttendance, Participation
from .presence import Presence

__all__ = [
    "Application",
    "ApplicationState",
    "AttendanceMode",
    "Call",
    "CallKind",
    "CallState",
    "DayAttendance",
    "Gender",
    "Maturity",
    "Participation",
    "ParticipationState",
    "Presence",
    "PresenceMode",
    "PresenceSource",
]
