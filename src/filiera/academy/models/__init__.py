"""What an academy is made of; each module holds one resource."""

from .choices import (
    KIND_FAMILY,
    ContributionRole,
    EditionRole,
    EditionState,
    MaterialAudience,
    MaterialMoment,
    PartMode,
    SessionKind,
    SessionState,
    StepKind,
)
from .edition import Day, Edition, EditionFigure, EditionPartner, Objective, Part, Series, Venue
from .personal import CalendarFeed, Star
from .programme import (
    Contribution,
    EditStep,
    Material,
    OverlapAllowance,
    Room,
    RoomClosure,
    Session,
    ShortTalk,
    Speaker,
    SpeakerAvailability,
)
from .team import ChecklistTask, EditionMember
from .version import ProgrammeVersion, PublishedSession, PublishedSpeaker

__all__ = [
    "KIND_FAMILY",
    "CalendarFeed",
    "ChecklistTask",
    "Contribution",
    "ContributionRole",
    "Day",
    "EditStep",
    "Edition",
    "EditionFigure",
    "EditionMember",
    "EditionPartner",
    "EditionRole",
    "EditionState",
    "Material",
    "MaterialAudience",
    "MaterialMoment",
    "Objective",
    "OverlapAllowance",
    "Part",
    "PartMode",
    "ProgrammeVersion",
    "PublishedSession",
    "PublishedSpeaker",
    "Room",
    "RoomClosure",
    "Series",
    "Session",
    "SessionKind",
    "SessionState",
    "ShortTalk",
    "Speaker",
    "SpeakerAvailability",
    "Star",
    "StepKind",
    "Venue",
]
