"""Challenges, groups and trends of an edition, and what the database itself guarantees of them."""

from .challenge_work import ChallengeComment, ChallengeHelper, ChallengeRevision, HelpOffer, NotAlike
from .challenges import STANDING_STATES, Challenge, ChallengeState
from .choices import GroupRuleKind, GroupRunKind, GroupStepKind, PlacingOnline, SearchStatus
from .groups import (
    Group,
    GroupRound,
    GroupRule,
    GroupRun,
    GroupSeries,
    GroupStep,
    RoundAbsence,
    Seat,
    ThemeWish,
)
from .trends import HIGHEST_POINT, LOWEST_POINT, Scale, Trend, TrendComment, TrendRating, TrendState

__all__ = [
    "HIGHEST_POINT",
    "LOWEST_POINT",
    "STANDING_STATES",
    "Challenge",
    "ChallengeComment",
    "ChallengeHelper",
    "ChallengeRevision",
    "ChallengeState",
    "Group",
    "GroupRound",
    "GroupRule",
    "GroupRuleKind",
    "GroupRun",
    "GroupRunKind",
    "GroupSeries",
    "GroupStep",
    "GroupStepKind",
    "HelpOffer",
    "NotAlike",
    "PlacingOnline",
    "RoundAbsence",
    "Scale",
    "SearchStatus",
    "Seat",
    "ThemeWish",
    "Trend",
    "TrendComment",
    "TrendRating",
    "TrendState",
]
