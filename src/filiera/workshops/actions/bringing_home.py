"""Taking measures of a group's plan home, into the plan of one's own cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.ledger import actions as ledger
from filiera.organisations.models import Organisation
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.workshops import facts
from filiera.workshops.models import (
    ActionPlan,
    Measure,
    MeasureReport,
    MeasureState,
    PlanKind,
    PlanReader,
)
from filiera.workshops.policies.home import can_bring_home
from filiera.workshops.policies.plans import can_read_plan

_WORDS = ("text", "partners", "resources", "indicator", "risk", "help_wanted")


class NothingChosen(DomainError):
    message = gettext_lazy("Choose at least one measure to bring home.")
    field = "measures"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where the cluster stands today on the indicator of a measure."""

    value: Decimal | None
    measured_on: date | None


@transaction.atomic
def bring_home(
    *,
    plan: ActionPlan,
    measures: Sequence[Measure],
    baselines: dict[int, Baseline],
    organisation: Organisation,
    readers: Sequence[Person],
    by: Viewer,
    at: datetime,
) -> ActionPlan:
    """Copy measures into the cluster's own plan, which is opened where there is none; each keeps its link.

    What the cluster promised in the group is a promise at home too. A measure that is there already is
    not copied again. Raises PermissionDenied, NothingChosen.
    """
    if by.person is None or not can_read_plan(by, plan) or not can_bring_home(by, organisation):
        raise PermissionDenied
    if not measures:
        raise NothingChosen
    home = _home_plan(plan, organisation, at)
    keys = [measure.pk for measure in measures]
    measures = list(plan.measures.filter(pk__in=keys).in_order().with_names())
    already = set(home.measures.filter(copied_from__in=measures).values_list("copied_from_id", flat=True))
    last = home.measures.aggregate(last=Max("position"))["last"] or 0
    for measure in measures:
        if measure.pk in already:
            continue
        last += 1
        _copy(measure, home, last, baselines.get(measure.pk), by=by, at=at)
    PlanReader.objects.bulk_create(
        [PlanReader(plan=home, person=person, added_at=at) for person in readers], ignore_conflicts=True
    )
    publish_event(home.topic, {"what": "measures"})
    return home


def _home_plan(plan: ActionPlan, organisation: Organisation, at: datetime) -> ActionPlan:
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    standing = ActionPlan.objects.filter(kind=PlanKind.CLUSTER, organisation=organisation)
    home = standing.order_by("-created_at", "-pk").first()
    if home is not None:
        return home
    return ActionPlan.objects.create(
        kind=PlanKind.CLUSTER,
        organisation=organisation,
        edition=plan.edition,
        title=(_("Action plan of %(name)s") % {"name": organisation.name})[:200],
        aim=plan.aim,
        created_at=at,
        changed_at=at,
        is_demonstration=plan.is_demonstration,
    )


def _copy(
    measure: Measure,
    home: ActionPlan,
    position: int,
    baseline: Baseline | None,
    *,
    by: Viewer,
    at: datetime,
) -> None:
    is_own = measure.cluster_id == home.organisation_id and measure.state != MeasureState.PLANNED
    # At home the team does it: whoever owns it in the group, where that is somebody of the platform.
    person = None if measure.owner is None else measure.owner.person
    copy = Measure.objects.create(
        plan=home,
        position=position,
        **{name: getattr(measure, name) for name in _WORDS},
        owner_person=person if is_own else by.person,
        cluster_id=home.organisation_id,
        due_on=measure.due_on,
        indicator_start=measure.indicator_start if baseline is None else baseline.value,
        indicator_start_on=None if baseline is None else baseline.measured_on,
        indicator_target=measure.indicator_target,
        state=measure.state if is_own else MeasureState.PLANNED,
        promised_at=measure.promised_at if is_own else None,
        state_at=measure.state_at if is_own else None,
        copied_from=measure,
        created_at=at,
    )
    if is_own:
        MeasureReport.objects.create(measure=copy, state=measure.state, person=by.person, reported_at=at)
    edition = measure.plan.edition
    ledger.record(
        facts.MEASURE_BROUGHT_HOME.code,
        subject=copy,
        by=by,
        at=at,
        organisation=home.organisation,
        counterpart=None if edition is None else edition.organiser,
        person=by.person,
    )
