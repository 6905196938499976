"""Who may put up, rate and discuss trends."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.workshops.models import Trend, TrendComment

from .editions import can_lead, can_take_part


def can_edit_trends(viewer: Viewer, edition: Edition) -> bool:
    return can_lead(viewer, edition)


def can_rate(viewer: Viewer, participation: Participation) -> bool:
    """Only the person of a confirmed place, and only for themselves."""
    is_own = viewer.person_id is not None and viewer.person_id == participation.person_id
    return is_own and participation.state == ParticipationState.CONFIRMED


def can_comment_trend(viewer: Viewer, trend: Trend) -> bool:
    return viewer.is_known and can_take_part(viewer, trend.edition)


def can_remove_trend_comment(viewer: Viewer, comment: TrendComment) -> bool:
    """Whoever wrote it, and those who lead the work."""
    is_own = viewer.person_id is not None and viewer.person_id == comment.author_id
    return is_own or can_lead(viewer, comment.trend.edition)
