"""What a plan misses before it can be presented or adopted, in a sentence at each measure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.workshops.models import ActionPlan, Measure

AIM_MISSING = _("Say what the plan is to reach: its aim is still empty.")
MEASURES_MISSING = _("Add at least one measure.")
TEXT_MISSING = _("Say what is to be done, or remove the measure.")
OWNER_MISSING = _("Name the one person who does it, or mark it as an idea only.")
CLUSTER_MISSING = _("Name the cluster that does it, or mark it as an idea only.")


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing: at a measure, or in the plan itself where there is none."""

    sentence: str | Promise
    measure: Measure | None = None


def missing_in(plan: ActionPlan, measures: Sequence[Measure]) -> list[Missing]:
    """Empty when every measure names one person and one cluster or is an idea only."""
    found = [] if plan.aim.strip() else [Missing(AIM_MISSING)]
    if not measures:
        found.append(Missing(MEASURES_MISSING))
    for measure in measures:
        found += [Missing(sentence, measure) for sentence in missing_at(measure)]
    return found


def missing_at(measure: Measure) -> list[str | Promise]:
    found: list[str | Promise] = [] if measure.text.strip() else [TEXT_MISSING]
    if measure.is_idea_only:
        return found
    if not measure.owner_name:
        found.append(OWNER_MISSING)
    if not measure.cluster_name:
        found.append(CLUSTER_MISSING)
    return found
