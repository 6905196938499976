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
    ReviewState,
)
from .codes import AccessCode
from .hosting import HostOffer
from .participations import DayAttendance, Participation
from .presence import Presence
from .reviews import Criterion, Remark, Review, Score

__all__ = [
    "AccessCode",
    "Application",
    "ApplicationState",
    "AttendanceMode",
    "Call",
    "CallKind",
    "CallState",
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
    "Review",
    "ReviewState",
    "Score",
]
