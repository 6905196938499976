"""What came of challenges and trends: the action plans that name them."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.workshops.models import ActionPlan, Challenge, Trend


def plans_from(
    viewer: Viewer, edition: Edition, *, challenge: Challenge | None = None, trend: Trend | None = None
) -> list[ActionPlan]:
    """The plans of an edition that answer a challenge or a trend, as far as the viewer sees them."""
    plans = ActionPlan.objects.visible_to(viewer).filter(edition=edition)
    plans = plans.filter(challenge=challenge) if challenge is not None else plans.filter(trend=trend)
    return list(plans.order_by("pk"))
