"""What action plans add to somebody's own page and to the desk of the running day."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from filiera.academy import day_parts
from filiera.academy.day_parts import DeskLine, DeskPanel, OwnKind, OwnPart
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.texts.dates import day_in_words
from filiera.workshops.models import ActionPlan, Measure
from filiera.workshops.policies.editions import can_lead, can_take_part
from filiera.workshops.queries.plans import is_overdue, own_open_measures, own_plans, plans_of_edition


def register_parts() -> None:
    day_parts.register("workshops.plans", own_parts=own_parts, desk_panels=desk_panels)


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """The plan of one's group while it is written, what one has promised, and on the last day the dossier."""
    plans = [_plan_part(plan, edition) for plan in own_plans(viewer, edition) if not plan.is_settled]
    measures = [_measure_part(measure, edition, at) for measure in own_open_measures(viewer, edition)]
    return [*plans, *measures, *_dossier_part(viewer, edition, at)]


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """The plans of all groups and how far they are, for those who lead the work."""
    if not can_lead(viewer, edition):
        return []
    lines = tuple(
        DeskLine(
            text=plan.title,
            detail=_state_of(plan),
            address=reverse("workshops:plan_page", args=[edition.slug, plan.pk]),
            tone="good" if plan.presented_at else "",
        )
        for plan in plans_of_edition(viewer, edition)
    )
    return [
        DeskPanel(
            key="plans",
            title=_("Action plans"),
            lines=lines,
            empty=_("No group has begun its plan."),
            address=reverse("workshops:plan_stage", args=[edition.slug]),
            address_label=_("Open the screen"),
        )
    ]


def _plan_part(plan: ActionPlan, edition: Edition) -> OwnPart:
    return OwnPart(
        key=f"plan-{plan.pk}",
        kind=OwnKind.TASK,
        title=plan.title,
        details=(_("Your group writes its action plan here."),),
        address=reverse("workshops:plan_writing", args=[edition.slug, plan.pk]),
    )


def _measure_part(measure: Measure, edition: Edition, at: datetime) -> OwnPart:
    details = [_("You promised this measure.")]
    if measure.due_on is not None:
        details.append(_("Done by: %(day)s.") % {"day": day_in_words(measure.due_on)})
    return OwnPart(
        key=f"measure-{measure.pk}",
        kind=OwnKind.TASK,
        title=measure.text,
        details=tuple(details),
        address=reverse("workshops:measure_follow_up", args=[edition.slug, measure.plan_id, measure.pk]),
        is_urgent=is_overdue(measure, at.date()),
    )


def _dossier_part(viewer: Viewer, edition: Edition, at: datetime) -> list[OwnPart]:
    last_day = edition.parts.order_by("-ends_on").values_list("ends_on", flat=True).first()
    if last_day is None or at.date() < last_day or not can_take_part(viewer, edition):
        return []
    return [
        OwnPart(
            key="take-home",
            kind=OwnKind.TASK,
            title=_("What I take home"),
            details=(_("Two pages for your board, and all that you take along."),),
            address=reverse("workshops:my_dossier", args=[edition.slug]),
        )
    ]


def _state_of(plan: ActionPlan) -> str:
    if plan.presenting_since is not None:
        return _("On stage now")
    if plan.presented_at is not None:
        return pgettext("action plan", "Presented")
    count: int = plan.measure_count  # type: ignore[attr-defined]
    return ngettext("one measure", "%(count)s measures", count) % {"count": count}
