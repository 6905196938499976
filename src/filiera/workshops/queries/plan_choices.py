"""What can be chosen on a canvas: people, clusters, challenges and trends."""

from collections.abc import Sequence
from dataclasses import dataclass

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.organisations.models import Organisation
from filiera.workshops.models import (
    ActionPlan,
    Challenge,
    ChallengeState,
    PlanKind,
    Trend,
)
from filiera.workshops.queries.plans import people_to_choose, team_of


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists of a canvas, read once for all its measures."""

    participants: Sequence[Participation] = ()
    team: Sequence[Person] = ()
    clusters: Sequence[Organisation] = ()
    challenges: Sequence[Challenge] = ()
    trends: Sequence[Trend] = ()


def choices_for(viewer: Viewer, plan: ActionPlan) -> Choices:
    """For the plan of a group the edition's people and their clusters; for a cluster's its own team."""
    if plan.kind == PlanKind.CLUSTER:
        return Choices(team=team_of(plan.organisation))
    participants = people_to_choose(plan)
    of_people = {each.organisation_id for each in participants if each.organisation_id}
    chosen = set(plan.measures.filter(cluster__isnull=False).values_list("cluster_id", flat=True))
    clusters = Organisation.objects.filter(pk__in=of_people | chosen).order_by("sort_key", "pk")
    challenges = Challenge.objects.visible_to(viewer).filter(edition_id=plan.edition_id or 0)
    trends = Trend.objects.visible_to(viewer).filter(edition_id=plan.edition_id or 0)
    return Choices(
        participants=participants,
        clusters=list(clusters),
        challenges=list(challenges.exclude(state=ChallengeState.MERGED).order_by("created_at", "pk")),
        trends=list(trends.order_by("position", "pk")),
    )
