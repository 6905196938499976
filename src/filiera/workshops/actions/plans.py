"""Making and editing action plans, as far as their parts are not written together."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.organisations.models import Organisation, Position
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.workshops import plan_texts
from filiera.workshops.models import (
    ActionPlan,
    Challenge,
    Group,
    Measure,
    MeasureState,
    PlanChange,
    PlanKind,
    PlanReader,
    SharedText,
    Trend,
)
from filiera.workshops.policies.plans import can_begin_plan, can_write_for_cluster, can_write_plan

MOST_MEASURES = 30


class TooManyMeasures(DomainError):
    message = gettext_lazy("A plan holds thirty measures. Join some before you add another.")


class MeasureIsPromised(DomainError):
    message = gettext_lazy(
        "This measure is promised. Say that it is dropped if nobody carries it on; it is not removed."
    )


class OwnerOfAnotherPlan(DomainError):
    message = gettext_lazy("This person does not belong to the edition or the team of this plan.")
    field = "owner"


class NotInTheTeam(DomainError):
    message = gettext_lazy("Readers come from the organisation's own team. Add them to the team first.")
    field = "readers"


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """What is chosen about a plan, not written together."""

    title: str
    challenge: Challenge | None = None
    trend: Trend | None = None
    presentation_minutes: int = 5


@dataclass(frozen=True, slots=True)
class MeasureDetails:
    """What is chosen about a measure, not written together."""

    is_idea_only: bool = False
    owner: Participation | None = None
    owner_person: Person | None = None
    cluster: Organisation | None = None
    peer: Participation | None = None
    due_on: date | None = None
    indicator_start: Decimal | None = None
    indicator_start_on: date | None = None
    indicator_target: Decimal | None = None


@transaction.atomic
def begin_plan(*, group: Group, title: str, by: Viewer, at: datetime) -> ActionPlan:
    """Open the plan of a group; a group has one, so whoever comes second finds the first.

    Raises PermissionDenied.
    """
    if not can_begin_plan(by, group):
        raise PermissionDenied
    plan, _is_new = ActionPlan.objects.get_or_create(
        group=group,
        defaults={
            "kind": PlanKind.GROUP,
            "edition": group.round.series.edition,
            "title": title,
            "created_at": at,
            "changed_at": at,
        },
    )
    return plan


@transaction.atomic
def begin_cluster_plan(*, organisation: Organisation, title: str, by: Viewer, at: datetime) -> ActionPlan:
    """Open a plan in the organisation's own workspace. Raises PermissionDenied."""
    if not can_write_for_cluster(by, organisation):
        raise PermissionDenied
    return ActionPlan.objects.create(
        kind=PlanKind.CLUSTER, organisation=organisation, title=title, created_at=at, changed_at=at
    )


@transaction.atomic
def edit_plan(*, plan: ActionPlan, details: PlanDetails, by: Viewer, at: datetime) -> ActionPlan:
    """Change title, challenge, trend and time on stage; what changed goes into the history.

    Raises PermissionDenied.
    """
    if not can_write_plan(by, plan):
        raise PermissionDenied
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    changed = _take_over(plan, details, plan=plan, number=None, by=by, at=at)
    if changed:
        plan.changed_at = at
        plan.save(update_fields=[*changed, "changed_at"])
        _tell(plan, "plan")
    return plan


@transaction.atomic
def add_measure(*, plan: ActionPlan, by: Viewer, at: datetime) -> Measure:
    """Put an empty measure after the others. Raises PermissionDenied, TooManyMeasures."""
    if not can_write_plan(by, plan):
        raise PermissionDenied
    plan = ActionPlan.objects.select_for_update().get(pk=plan.pk)
    if plan.measures.count() >= MOST_MEASURES:
        raise TooManyMeasures
    last = plan.measures.aggregate(last=Max("position"))["last"] or 0
    measure = Measure.objects.create(
        plan=plan, position=last + 1, cluster_id=plan.organisation_id, created_at=at
    )
    _note(plan, "measure_added", number=measure.position, after=str(measure.position), by=by, at=at)
    _tell(plan, "measures")
    return measure


@transaction.atomic
def edit_measure(*, measure: Measure, details: MeasureDetails, by: Viewer, at: datetime) -> Measure:
    """Change who does a measure, until when, and how it is measured; what changed goes into the history.

    The cluster of a participant who takes a measure is theirs until another is chosen. Somebody who
    promised stays named: the measure may go to somebody else, not to nobody.
    Raises PermissionDenied, OwnerOfAnotherPlan, MeasureIsPromised.
    """
    if not can_write_plan(by, measure.plan):
        raise PermissionDenied
    plan = ActionPlan.objects.select_for_update().get(pk=measure.plan_id)
    measure = Measure.objects.select_for_update().get(pk=measure.pk)
    _check_people(plan, details)
    if details.is_idea_only:
        details = replace(details, owner=None, owner_person=None, peer=None)
    has_owner = details.owner is not None or details.owner_person is not None
    if measure.state != MeasureState.PLANNED and not has_owner:
        raise MeasureIsPromised
    if details.owner is not None and details.cluster is None:
        details = replace(details, cluster=details.owner.organisation)
    changed = _take_over(measure, details, plan=plan, number=measure.position, by=by, at=at)
    if changed:
        measure.save(update_fields=changed)
        ActionPlan.objects.filter(pk=plan.pk).update(changed_at=at)
        _tell(plan, "measure", measure.pk)
    return measure


@transaction.atomic
def remove_measure(*, measure: Measure, by: Viewer, at: datetime) -> None:
    """Take a measure out that nobody promised; its words stay in the history.

    Raises PermissionDenied, MeasureIsPromised.
    """
    if not can_write_plan(by, measure.plan):
        raise PermissionDenied
    plan = ActionPlan.objects.select_for_update().get(pk=measure.plan_id)
    measure = Measure.objects.select_for_update().get(pk=measure.pk)
    if measure.state != MeasureState.PLANNED:
        raise MeasureIsPromised
    _note(plan, "measure_removed", number=measure.position, before=measure.text, by=by, at=at)
    SharedText.objects.filter(kind=plan_texts.MEASURE, owner_id=measure.pk).delete()
    measure.delete()
    _tell(plan, "measures")


@transaction.atomic
def choose_readers(*, plan: ActionPlan, people: Iterable[Person], by: Viewer, at: datetime) -> None:
    """Name who of the own team, such as the board, reads a cluster's plan besides those who write it.

    Raises PermissionDenied, NotInTheTeam.
    """
    if plan.kind != PlanKind.CLUSTER or not can_write_plan(by, plan):
        raise PermissionDenied
    wanted = {person.pk for person in people}
    in_team = Position.objects.current().filter(organisation=plan.organisation, person__in=wanted)
    if set(in_team.values_list("person_id", flat=True)) != wanted:
        raise NotInTheTeam
    plan.readers.exclude(person__in=wanted).delete()
    PlanReader.objects.bulk_create(
        [PlanReader(plan=plan, person_id=person_id, added_at=at) for person_id in sorted(wanted)],
        ignore_conflicts=True,
    )


def _check_people(plan: ActionPlan, details: MeasureDetails) -> None:
    if plan.kind == PlanKind.GROUP:
        named = [details.owner, details.peer]
        is_right = details.owner_person is None and all(
            person is None or person.edition_id == plan.edition_id for person in named
        )
    else:
        of_team = Position.objects.current().filter(
            organisation=plan.organisation, person=details.owner_person
        )
        is_right = details.owner is None and (details.owner_person is None or of_team.exists())
    if not is_right:
        raise OwnerOfAnotherPlan


def _values(details: PlanDetails | MeasureDetails) -> dict[str, object]:
    return {field.name: getattr(details, field.name) for field in fields(details)}


def _take_over(
    row: ActionPlan | Measure,
    details: PlanDetails | MeasureDetails,
    *,
    plan: ActionPlan,
    number: int | None,
    by: Viewer,
    at: datetime,
) -> list[str]:
    """Set what differs and note each difference; the names of what changed."""
    changed = []
    for name, value in _values(details).items():
        before = getattr(row, name)
        if before == value:
            continue
        _note(plan, name, number=number, before=_said(before), after=_said(value), by=by, at=at)
        setattr(row, name, value)
        changed.append(name)
    return changed


def _said(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return _("yes")
    return value.shown_name if isinstance(value, Person) else str(getattr(value, "name", value))


def _note(
    plan: ActionPlan,
    name: str,
    *,
    number: int | None,
    before: str = "",
    after: str = "",
    by: Viewer,
    at: datetime,
) -> None:
    PlanChange.objects.create(
        plan=plan,
        measure_number=number,
        name=name,
        before=before,
        after=after,
        person=by.person,
        changed_at=at,
    )


def _tell(plan: ActionPlan, what: str, key: int | None = None) -> None:
    publish_event(plan.topic, {"what": what, "key": key})
