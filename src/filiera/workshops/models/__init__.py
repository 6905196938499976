"""What an edition works on in its rooms, and what the database itself guarantees of it."""

from .challenge_work import ChallengeComment, ChallengeHelper, ChallengeRevision, HelpOffer, NotAlike
from .challenges import STANDING_STATES, Challenge, ChallengeState
from .choices import GroupAttribute, GroupRuleKind, GroupRunKind, GroupStepKind, PlacingOnline, SearchStatus
from .follow_up import (
    FOLLOW_UP_DAYS,
    FollowUp,
    MeasureProof,
    MeasureReport,
    ProofKind,
)
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
from .plans import (
    ActionPlan,
    FeedbackCard,
    FeedbackKind,
    Measure,
    MeasureState,
    PlanChange,
    PlanKind,
    PlanReader,
)
from .shared_texts import SharedText, TextOperation, TextWriter
from .take_home import TakeHome
from .trends import HIGHEST_POINT, LOWEST_POINT, Scale, Trend, TrendComment, TrendRating, TrendState

__all__ = [
    "FOLLOW_UP_DAYS",
    "HIGHEST_POINT",
    "LOWEST_POINT",
    "STANDING_STATES",
    "ActionPlan",
    "Challenge",
    "ChallengeComment",
    "ChallengeHelper",
    "ChallengeRevision",
    "ChallengeState",
    "FeedbackCard",
    "FeedbackKind",
    "FollowUp",
    "Group",
    "GroupAttribute",
    "GroupRound",
    "GroupRule",
    "GroupRuleKind",
    "GroupRun",
    "GroupRunKind",
    "GroupSeries",
    "GroupStep",
    "GroupStepKind",
    "HelpOffer",
    "Measure",
    "MeasureProof",
    "MeasureReport",
    "MeasureState",
    "NotAlike",
    "PlacingOnline",
    "PlanChange",
    "PlanKind",
    "PlanReader",
    "ProofKind",
    "RoundAbsence",
    "Scale",
    "SearchStatus",
    "Seat",
    "SharedText",
    "TakeHome",
    "TextOperation",
    "TextWriter",
    "ThemeWish",
    "Trend",
    "TrendComment",
    "TrendRating",
    "TrendState",
]
