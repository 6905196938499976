"""Presenting a group's plan, giving it feedback, and what becomes a promise by it."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.ledger import actions as ledger
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed
from filiera.workshops import facts
from filiera.workshops.models import (
    FOLLOW_UP_DAYS,
    ActionPlan,
    FeedbackCard,
    FeedbackKind,
    FollowUp,
    Measure,
    MeasureReport,
    MeasureState,
    PlanKind,
    Seat,
)
from filiera.workshops.plan_stage import stage_topic
from filiera.workshops.policies.plans import can_give_feedback, can_present, can_write_plan
from filiera.workshops.queries.readiness import Missing, missing_in

_CARDS_EACH = 20


class PlanNotReady(DomainError):
    """`missing` says what, and at which measure."""

    message = _(
        "The plan cannot be presented yet: every measure names one person and one cluster, or is an idea "
        "only. What is missing stands at each measure."
    )

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__()
        self.missing = missing


class NotOnStage(DomainError):
    message = _("This plan is not on stage.")


class EnoughCards(DomainError):
    message = _("You have given this plan twenty cards. That is plenty.")
    field = "text"


@transaction.atomic
def start_presentation(*, plan: ActionPlan, by: Viewer, at: datetime) -> ActionPlan:
    """Put a plan on stage and start its time; the one that stood there leaves.

    Raises PermissionDenied, PlanNotReady.
    """
    plan = _ready_to_present(plan, by)
    ActionPlan.objects.filter(edition=plan.edition, presenting_since__isnull=False).exclude(
        pk=plan.pk
    ).update(presenting_since=None)
    plan.presenting_since = at
    plan.save(update_fields=["presenting_since"])
    _tell_stage(plan)
    return plan


@transaction.atomic
def break_off_presentation(*, plan: ActionPlan, by: Viewer) -> ActionPlan:
    """Take a plan from the stage as if it had not been there. Raises PermissionDenied, NotOnStage."""
    if not can_present(by, plan.edition):
        raise PermissionDenied
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.presenting_since is None:
        raise NotOnStage
    plan.presenting_since = None
    plan.save(update_fields=["presenting_since"])
    _tell_stage(plan)
    return plan


@transaction.atomic
def finish_presentation(*, plan: ActionPlan, by: Viewer, at: datetime) -> ActionPlan:
    """The group has presented, on our stage or elsewhere: each member did, and its measures are promises.

    Doing it again promises what was added since. Raises PermissionDenied, PlanNotReady.
    """
    plan = _ready_to_present(plan, by)
    plan.presenting_since = None
    plan.presented_at = plan.presented_at or at
    plan.save(update_fields=["presenting_since", "presented_at"])
    _record_members(plan, by=by, at=at)
    promise_measures(plan=plan, by=by, at=at)
    _tell_stage(plan)
    return plan


@transaction.atomic
def adopt_plan(*, plan: ActionPlan, by: Viewer, at: datetime) -> ActionPlan:
    """A cluster makes its plan binding for itself; doing it again promises what was added since.

    Raises PermissionDenied, PlanNotReady.
    """
    if plan.kind != PlanKind.CLUSTER or not can_write_plan(by, plan):
        raise PermissionDenied
    plan = ActionPlan.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=plan.pk)
    _check_ready(plan)
    plan.adopted_at = plan.adopted_at or at
    plan.save(update_fields=["adopted_at"])
    promise_measures(plan=plan, by=by, at=at)
    publish_event(plan.topic, {"what": "measures"})
    return plan


@transaction.atomic
def give_feedback(
    *, plan: ActionPlan, kind: FeedbackKind, text: str, by: Viewer, at: datetime
) -> FeedbackCard:
    """Hand the group a card, under one's name. Raises PermissionDenied, EnoughCards."""
    if by.person is None or not can_give_feedback(by, plan):
        raise PermissionDenied
    ActionPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.feedback.filter(person=by.person).count() >= _CARDS_EACH:
        raise EnoughCards
    card = FeedbackCard.objects.create(
        plan=plan, kind=kind, text=text, person=by.person, writer_name=by.person.shown_name, written_at=at
    )
    publish_event(plan.topic, {"what": "feedback"})
    _tell_stage(plan)
    return card


def promise_measures(*, plan: ActionPlan, by: Viewer, at: datetime) -> list[Measure]:
    """Make promises of what was only planned; asks no policy: the action that calls it has asked its own.

    A measure that was brought home from a group's plan is promised there already, if by the same cluster.
    """
    planned = plan.measures.filter(state=MeasureState.PLANNED, is_idea_only=False).with_names()
    promised = []
    for measure in planned:
        measure.state, measure.promised_at, measure.state_at = MeasureState.PROMISED, at, at
        measure.save(update_fields=["state", "promised_at", "state_at"])
        MeasureReport.objects.create(
            measure=measure, state=MeasureState.PROMISED, person=by.person, reported_at=at
        )
        promised.append(measure)
        if is_promised_elsewhere(measure):
            continue
        FollowUp.objects.bulk_create(
            FollowUp(measure=measure, days=days, due_at=at + timedelta(days=days), link_seed=fresh_seed())
            for days in FOLLOW_UP_DAYS
        )
        ledger.record(
            facts.MEASURE_PROMISED.code,
            subject=measure,
            by=by,
            at=at,
            organisation=measure.cluster,
            counterpart=None if plan.edition is None else plan.edition.organiser,
        )
    return promised


def is_promised_elsewhere(measure: Measure) -> bool:
    """Whether it is the home copy of what its cluster promised in a group: one promise, told in two plans."""
    origin = measure.copied_from
    return (
        origin is not None
        and origin.state != MeasureState.PLANNED
        and origin.cluster_id is not None
        and origin.cluster_id == measure.cluster_id
    )


def _ready_to_present(plan: ActionPlan, by: Viewer) -> ActionPlan:
    if plan.kind != PlanKind.GROUP or not can_present(by, plan.edition):
        raise PermissionDenied
    plan = (
        ActionPlan.objects.select_for_update(of=("self",))
        .select_related("edition__organiser", "group")
        .get(pk=plan.pk)
    )
    _check_ready(plan)
    return plan


def _check_ready(plan: ActionPlan) -> None:
    missing = missing_in(plan, list(plan.measures.in_order().with_names()))
    if missing:
        raise PlanNotReady(missing)


def _record_members(plan: ActionPlan, *, by: Viewer, at: datetime) -> None:
    seats = Seat.objects.filter(group=plan.group).select_related(
        "participation__person", "participation__organisation", "participation__ecosystem"
    )
    for seat in seats.order_by("pk"):
        member = seat.participation
        ledger.record(
            facts.ACTION_PLAN_PRESENTED.code,
            subject=plan,
            by=by,
            at=at,
            happened_at=plan.presented_at,
            organisation=member.organisation,
            counterpart=None if plan.edition is None else plan.edition.organiser,
            person=member.person,
            ecosystem=member.ecosystem,
            event=f"member:{member.pk}",
        )


def _tell_stage(plan: ActionPlan) -> None:
    if plan.edition_id is not None:
        publish_event(stage_topic(plan.edition_id), {"what": "stage"})
