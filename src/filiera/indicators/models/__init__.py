"""Versions of definitions, figures with their history, and what was declared."""

from .arrivals import FactArrival
from .declarations import Declaration
from .impact import STATES_UNDER_WAY, ImpactPanel, ImpactStudy, StudyState
from .peers import PeerAnswer, PeerConsent, PeerRelease, PeerSeat
from .readiness import EvidenceKind, InterviewNote, LabelEvidence, LabelTarget
from .scope import ScopeRow
from .statements import CompiledStatement, SubjectEdition
from .values import Revision, Value
from .versions import IndicatorVersion, Origin

__all__ = [
    "STATES_UNDER_WAY",
    "CompiledStatement",
    "Declaration",
    "EvidenceKind",
    "FactArrival",
    "ImpactPanel",
    "ImpactStudy",
    "IndicatorVersion",
    "InterviewNote",
    "LabelEvidence",
    "LabelTarget",
    "Origin",
    "PeerAnswer",
    "PeerConsent",
    "PeerRelease",
    "PeerSeat",
    "Revision",
    "ScopeRow",
    "StudyState",
    "SubjectEdition",
    "Value",
]
