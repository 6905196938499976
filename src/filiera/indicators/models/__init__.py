"""Versions of definitions, figures with their history, and what was declared."""

from .arrivals import FactArrival
from .declarations import Declaration
from .scope import ScopeRow
from .statements import CompiledStatement, SubjectEdition
from .values import Revision, Value
from .versions import IndicatorVersion, Origin

__all__ = [
    "CompiledStatement",
    "Declaration",
    "FactArrival",
    "IndicatorVersion",
    "Origin",
    "Revision",
    "ScopeRow",
    "SubjectEdition",
    "Value",
]
