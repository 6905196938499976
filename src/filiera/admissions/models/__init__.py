"""From call to certificate; each module holds one resource."""

from .applications import Application
from .assessments import AssessmentMoment, CompetenceItem, SelfAssessment, SelfRating
from .calls import GRACE, Call, CallPhase
from .choices import (
    ApplicationState,
    AttendanceMode,
    BalanceAttribute,
    CallKind,
    CallState,
    ClockNote,
    Decision,
    Gender,
    HandChoice,
    Maturity,
    ParticipationState,
    PresenceMode,
    PresenceSource,
    ProposalStatus,
    ReviewState,
    RunKind,
    SelectionStepKind,
    SessionPlaceState,
)
from .codes import AccessCode
from .contacts import Contact, ContactCard, ContactRequest, ContactRequestState, ContactShare, ContactWay
from .hosting import HostOffer
from .listings import Listing
from .mailings import Mailing, MailingRecipient, MailingState, MailTemplate
from .participations import TAKING_STATES, DayAttendance, DayAttendanceChange, Participation, RevokedCode
from .people_imports import PeopleImport
from .practical import InvitationLetter, PracticalNote, PracticalTopic
from .presence import Presence, RepeatedScan
from .presence_imports import PresenceImport
from .reviews import Criterion, Remark, Review, Score
from .selection import (
    DecisionText,
    Selection,
    SelectionDecision,
    SelectionRule,
    SelectionRun,
    SelectionStep,
)
from .session_places import SessionPlace, SessionSignUp
from .stations import Station
from .surveys import Survey, SurveySubject
from .tasks import CoachState, HandIn, HandInForm, Task, TaskAudience, TaskKind

__all__ = [
    "GRACE",
    "TAKING_STATES",
    "AccessCode",
    "Application",
    "ApplicationState",
    "AssessmentMoment",
    "AttendanceMode",
    "BalanceAttribute",
    "Call",
    "CallKind",
    "CallPhase",
    "CallState",
    "ClockNote",
    "CoachState",
    "CompetenceItem",
    "Contact",
    "ContactCard",
    "ContactRequest",
    "ContactRequestState",
    "ContactShare",
    "ContactWay",
    "Criterion",
    "DayAttendance",
    "DayAttendanceChange",
    "Decision",
    "DecisionText",
    "Gender",
    "HandChoice",
    "HandIn",
    "HandInForm",
    "HostOffer",
    "InvitationLetter",
    "Listing",
    "MailTemplate",
    "Mailing",
    "MailingRecipient",
    "MailingState",
    "Maturity",
    "Participation",
    "ParticipationState",
    "PeopleImport",
    "PracticalNote",
    "PracticalTopic",
    "Presence",
    "PresenceImport",
    "PresenceMode",
    "PresenceSource",
    "ProposalStatus",
    "Remark",
    "RepeatedScan",
    "Review",
    "ReviewState",
    "RevokedCode",
    "RunKind",
    "Score",
    "Selection",
    "SelectionDecision",
    "SelectionRule",
    "SelectionRun",
    "SelectionStep",
    "SelectionStepKind",
    "SelfAssessment",
    "SelfRating",
    "SessionPlace",
    "SessionPlaceState",
    "SessionSignUp",
    "Station",
    "Survey",
    "SurveySubject",
    "Task",
    "TaskAudience",
    "TaskKind",
]
