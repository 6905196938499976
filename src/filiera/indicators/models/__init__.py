"""Versions of definitions, figures with their history, and what was declared."""

from .arrivals import FactArrival
from .declarations import Declaration, DeclarationRequest
from .editions import EditionValue
from .funder_forms import FormCell, FunderForm
from .history import HistoryUpload
from .impact import STATES_UNDER_WAY, ImpactPanel, ImpactStudy, StudyState
from .peers import PeerAnswer, PeerConsent, PeerRelease, PeerSeat
from .readiness import EvidenceKind, InterviewNote, LabelEvidence, LabelTarget
from .reports import Frequency, Report, ReportIssue, ReportSchedule, ReportSection, ReportVersion, SectionKind
from .rounds import (
    MOST_QUESTIONS,
    CollectionComment,
    CollectionFigure,
    CollectionFirm,
    CollectionPart,
    CollectionQuestion,
    CollectionRound,
    PartState,
    QuestionMeasure,
    RoundState,
)
from .scope import ScopeRow
from .sets import (
    ChangeKind,
    IndicatorSet,
    ProposalState,
    SetAdoption,
    SetAudience,
    SetItem,
    SetOpinion,
    SetProposal,
    SetVersion,
    Stance,
)
from .statements import CompiledStatement, SubjectEdition
from .targets import DigestRefusal, FigureNote, FigureTarget, PathKind, TargetPoint
from .values import Revision, Value
from .versions import IndicatorVersion, Origin

__all__ = [
    "MOST_QUESTIONS",
    "STATES_UNDER_WAY",
    "ChangeKind",
    "CollectionComment",
    "CollectionFigure",
    "CollectionFirm",
    "CollectionPart",
    "CollectionQuestion",
    "CollectionRound",
    "CompiledStatement",
    "Declaration",
    "DeclarationRequest",
    "DigestRefusal",
    "EditionValue",
    "EvidenceKind",
    "FactArrival",
    "FigureNote",
    "FigureTarget",
    "FormCell",
    "Frequency",
    "FunderForm",
    "HistoryUpload",
    "ImpactPanel",
    "ImpactStudy",
    "IndicatorSet",
    "IndicatorVersion",
    "InterviewNote",
    "LabelEvidence",
    "LabelTarget",
    "Origin",
    "PartState",
    "PathKind",
    "PeerAnswer",
    "PeerConsent",
    "PeerRelease",
    "PeerSeat",
    "ProposalState",
    "QuestionMeasure",
    "Report",
    "ReportIssue",
    "ReportSchedule",
    "ReportSection",
    "ReportVersion",
    "Revision",
    "RoundState",
    "ScopeRow",
    "SectionKind",
    "SetAdoption",
    "SetAudience",
    "SetItem",
    "SetOpinion",
    "SetProposal",
    "SetVersion",
    "Stance",
    "StudyState",
    "SubjectEdition",
    "TargetPoint",
    "Value",
]
