"""From call to certificate; each module holds one resource."""

from .applications import Application
from .calls import Call
from .choices import (
    ApplicationState,
    AttendanceMode,
    CallKind,
    CallState,
    ClockNote,
    Gender,
    Maturity,
    ParticipationState,
    PresenceMode,
    PresenceSource,
    ReviewState,
)
from .codes import AccessCode
from .hosting import HostOffer
from .participations import DayAttendance, Participation, RevokedCode
from .presence import Presence, RepeatedScan
from .reviews import Criterion, Remark, Review, Score
from .stations import Station

__all__ = [
    "AccessCode",
    "Application",
    "ApplicationState",
    "AttendanceMode",
    "Call",
    "CallKind",
    "CallState",
    "ClockNote",
    "Criterion",
    "DayAttendance",
    "Gender",
    "HostOffer",
    "Maturity",
    "Participation",
    "ParticipationState",
    "Presence",
    "PresenceMode",
    "PresenceSource",
    "Remark",
    "RepeatedScan",
    "Review",
    "ReviewState",
    "RevokedCode",
    "Score",
    "Station",
]
