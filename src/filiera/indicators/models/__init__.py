"""Versions of definitions, figures with their history, and what was declared."""

from .arrivals import FactArrival
from .declarations import Declaration
from .readiness import EvidenceKind, InterviewNote, LabelEvidence, LabelTarget
from .scope import ScopeRow
from .statements import CompiledStatement, SubjectEdition
from .values import Revision, Value
from .versions import IndicatorVersion, Origin

__all__ = [
    "CompiledStatement",
    "Declaration",
    "EvidenceKind",
    "FactArrival",
    "IndicatorVersion",
    "InterviewNote",
    "LabelEvidence",
    "LabelTarget",
    "Origin",
    "Revision",
    "ScopeRow",
    "SubjectEdition",
    "Value",
]
