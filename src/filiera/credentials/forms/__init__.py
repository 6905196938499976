"""Input of the desk to clean values."""

from .awards import AwardForm
from .certificates import CorrectionForm, IssueForm, ReplacementForm, RevocationForm

__all__ = ["AwardForm", "CorrectionForm", "IssueForm", "ReplacementForm", "RevocationForm"]
