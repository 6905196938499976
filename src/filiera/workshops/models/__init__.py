"""Challenges, groups and trends of an edition, and what the database itself guarantees of them."""

from .challenge_work import ChallengeComment, ChallengeHelper, ChallengeRevision, HelpOffer, NotAlike
from .challenges import STANDING_STATES, Challenge, ChallengeState
from .groups import Group, GroupRound, GroupSeries, Seat
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
    "GroupSeries",
    "HelpOffer",
    "NotAlike",
    "Scale",
    "Seat",
    "Trend",
    "TrendComment",
    "TrendRating",
    "TrendState",
]
