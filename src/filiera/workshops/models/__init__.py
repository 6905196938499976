"""Challenges and groups of an edition, and what the database itself guarantees of them."""

from .challenges import Challenge, ChallengeState
from .groups import Group, GroupRound, GroupSeries, Seat

__all__ = ["Challenge", "ChallengeState", "Group", "GroupRound", "GroupSeries", "Seat"]
