"""Who may read, write, present and follow up action plans."""

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation
from filiera.workshops.models import ActionPlan, Group, Measure, PlanKind, Seat
from filiera.workshops.permissions import EDIT_PLANS

from .editions import can_lead, can_take_part


def can_read_plan(viewer: Viewer, plan: ActionPlan) -> bool:
    if plan.kind == PlanKind.GROUP:
        return plan.edition is not None and can_take_part(viewer, plan.edition)
    if can_write_for_cluster(viewer, plan.organisation):
        return True
    return (
        viewer.organisation_id == plan.organisation_id
        and viewer.person_id is not None
        and plan.readers.filter(person_id=viewer.person_id).exists()
    )


def can_write_plan(viewer: Viewer, plan: ActionPlan) -> bool:
    """The group and whoever leads it; in a cluster's own workspace its managers and staff."""
    if plan.kind == PlanKind.CLUSTER:
        return can_write_for_cluster(viewer, plan.organisation)
    if plan.edition is None or not can_take_part(viewer, plan.edition):
        return False
    return can_lead(viewer, plan.edition) or (plan.group is not None and is_in_group(viewer, plan.group))


def can_begin_plan(viewer: Viewer, group: Group) -> bool:
    """Those who sit in the group and those who lead the work, once the groups are published."""
    series = group.round.series
    if series.published_at is None or not can_take_part(viewer, series.edition):
        return False
    return can_lead(viewer, series.edition) or is_in_group(viewer, group)


def can_write_for_cluster(viewer: Viewer, organisation: Organisation | None) -> bool:
    if organisation is None:
        return False
    return viewer.may(EDIT_PLANS) and (viewer.administering or viewer.organisation_id == organisation.pk)


def can_present(viewer: Viewer, edition: Edition | None) -> bool:
    return edition is not None and can_lead(viewer, edition)


def can_give_feedback(viewer: Viewer, plan: ActionPlan) -> bool:
    """The people of the edition, each under their name."""
    return viewer.person is not None and plan.edition is not None and can_take_part(viewer, plan.edition)


def can_report(viewer: Viewer, measure: Measure) -> bool:
    """The owner of a measure, and those who may write its plan."""
    return is_owner(viewer, measure) or can_write_plan(viewer, measure.plan)


def is_owner(viewer: Viewer, measure: Measure) -> bool:
    if viewer.person_id is None:
        return False
    of_participant = None if measure.owner is None else measure.owner.person_id
    return viewer.person_id in (of_participant, measure.owner_person_id)


def is_in_group(viewer: Viewer, group: Group) -> bool:
    if viewer.person_id is None:
        return False
    if group.facilitator is not None and group.facilitator.person_id == viewer.person_id:
        return True
    return Seat.objects.filter(group=group, participation__person_id=viewer.person_id).exists()
