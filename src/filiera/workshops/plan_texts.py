"""The texts of action plans that are written together, and who hears of their changes."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import EditionMember
from filiera.academy.permissions import permissions_of
from filiera.accounts.models import AdministrationWindow
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Position
from filiera.organisations.permissions import permissions_of as organisation_permissions
from filiera.push import topics
from filiera.push.actions import publish_event
from filiera.workshops import shared_texts
from filiera.workshops.models import ActionPlan, Measure, PlanKind
from filiera.workshops.permissions import EDIT_PLANS, TAKE_PART
from filiera.workshops.policies.plans import can_read_plan, can_write_plan

PLAN = "plan"
MEASURE = "measure"
LABELS: Mapping[str, str | Promise] = {
    "aim": pgettext_lazy("action plan", "Aim"),
    "text": _("What is to be done"),
    "partners": pgettext_lazy("measure", "Partners"),
    "resources": pgettext_lazy("measure", "Resources"),
    "indicator": pgettext_lazy("measure", "Indicator"),
    "risk": pgettext_lazy("measure", "Risk"),
    "help_wanted": _("Help wanted"),
}
PLAN_TEXTS = {"aim": 2_000}
MEASURE_TEXTS = {
    "text": 1_000,
    "partners": 500,
    "resources": 500,
    "indicator": 300,
    "risk": 500,
    "help_wanted": 500,
}


def _lock_plan(plan: ActionPlan) -> bool:
    return _lock(plan.pk)


def _lock_plan_of(measure: Measure) -> bool:
    return _lock(measure.plan_id) and Measure.objects.filter(pk=measure.pk).exists()


def _lock(plan_id: int) -> bool:
    # The plan before its measures and their texts, as all actions of a plan do: who came the other way
    # round would wait for them while they wait for it.
    return bool(ActionPlan.objects.select_for_update(no_key=True).filter(pk=plan_id).values_list("pk"))


def _touch(plan_id: int, at: datetime) -> None:
    ActionPlan.objects.filter(pk=plan_id).update(changed_at=at)


def _touch_plan(plan: ActionPlan, name: str, before: str, at: datetime) -> None:
    _touch(plan.pk, at)


def _touch_plan_of(measure: Measure, name: str, before: str, at: datetime) -> None:
    _touch(measure.plan_id, at)
    # Whether it says anything decides what is told at the measure to be missing.
    if name == "text" and bool(before.strip()) != bool(measure.text.strip()):
        publish_event(measure.plan.topic, {"what": "measure", "key": measure.pk})


def _may_read_measure(viewer: Viewer, measure: Measure) -> bool:
    return can_read_plan(viewer, measure.plan)


def _may_write_measure(viewer: Viewer, measure: Measure) -> bool:
    return can_write_plan(viewer, measure.plan)


OF_PLAN = shared_texts.TextOwner(
    kind=PLAN,
    model=lambda: ActionPlan,
    texts=PLAN_TEXTS,
    may_read=can_read_plan,
    may_write=can_write_plan,
    topic_of=lambda plan: plan.topic,
    lock=_lock_plan,
    on_change=_touch_plan,
)
OF_MEASURE = shared_texts.TextOwner(
    kind=MEASURE,
    model=lambda: Measure,
    texts=MEASURE_TEXTS,
    may_read=_may_read_measure,
    may_write=_may_write_measure,
    topic_of=lambda measure: measure.plan.topic,
    lock=_lock_plan_of,
    on_change=_touch_plan_of,
)


def may_hear(person_id: int | None, topic: str) -> bool:
    """Whether somebody may go on hearing of a plan: asked again while a page listens."""
    key = topic.partition(":")[2]
    if person_id is None or not key.isdecimal() or len(key) > 18:
        return False
    plan = ActionPlan.objects.filter(pk=int(key)).first()
    if plan is None:
        return False
    if AdministrationWindow.objects.open(timezone.now()).filter(person_id=person_id).exists():
        return True
    if plan.kind == PlanKind.GROUP:
        members = EditionMember.objects.current().filter(edition__action_plans=plan, person_id=person_id)
        return TAKE_PART in permissions_of(frozenset(members.values_list("role", flat=True)))
    positions = Position.objects.current().filter(organisation__action_plans=plan, person_id=person_id)
    roles = frozenset(positions.values_list("role", flat=True))
    if EDIT_PLANS in organisation_permissions(roles):
        return True
    return bool(roles) and plan.readers.filter(person_id=person_id).exists()


def register_texts() -> None:
    shared_texts.register(OF_PLAN)
    shared_texts.register(OF_MEASURE)
    topics.register("plan", may_hear)
