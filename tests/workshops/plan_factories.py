"""The smallest groups, plans and measures that are valid, and people before them."""

from datetime import date
from typing import Any

import factory

from filiera.academy.models import EditionRole
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation, Role
from filiera.organisations.permissions import permissions_of
from filiera.workshops import models
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import viewer_in
from tests.admissions.factories import ParticipationFactory
from tests.organisations.factories import OrganisationFactory, PositionFactory


class SeriesFactory(factory.django.DjangoModelFactory[models.GroupSeries]):
    """Published groups."""

    class Meta:
        model = models.GroupSeries

    edition = factory.SubFactory(EditionFactory, public=True)
    title = factory.LazyFunction(lambda: {"en": "Day one"})
    published_at = NOW
    created_at = NOW
    changed_at = NOW


class RoundFactory(factory.django.DjangoModelFactory[models.GroupRound]):
    class Meta:
        model = models.GroupRound

    series = factory.SubFactory(SeriesFactory)
    number = 1


class GroupFactory(factory.django.DjangoModelFactory[models.Group]):
    class Meta:
        model = models.Group

    round = factory.SubFactory(RoundFactory)
    number = factory.Sequence(lambda number: number + 1)
    theme = "Members who stay"


class PlanFactory(factory.django.DjangoModelFactory[models.ActionPlan]):
    """The plan of a group that is being written."""

    class Meta:
        model = models.ActionPlan

    kind = models.PlanKind.GROUP
    group = factory.SubFactory(GroupFactory)
    edition = factory.LazyAttribute(lambda plan: plan.group.round.series.edition)
    title = "Members who stay"
    aim = "Nine of ten members renew."
    created_at = NOW
    changed_at = NOW


class ClusterPlanFactory(factory.django.DjangoModelFactory[models.ActionPlan]):
    class Meta:
        model = models.ActionPlan

    kind = models.PlanKind.CLUSTER
    organisation = factory.SubFactory(OrganisationFactory)
    title = "Our plan"
    aim = "Nine of ten members renew."
    created_at = NOW
    changed_at = NOW


class MeasureFactory(factory.django.DjangoModelFactory[models.Measure]):
    """A measure that nobody has taken yet; `named` has its person and cluster, `promised` is one."""

    class Meta:
        model = models.Measure

    class Params:
        named = factory.Trait(
            owner=factory.SubFactory(ParticipationFactory, edition=factory.SelfAttribute("..plan.edition")),
            cluster=factory.SelfAttribute("owner.organisation"),
        )
        promised = factory.Trait(
            named=True,
            state=models.MeasureState.PROMISED,
            promised_at=NOW,
            state_at=NOW,
            due_on=date(2030, 6, 30),
        )

    plan = factory.SubFactory(PlanFactory)
    position = factory.Sequence(lambda number: number + 1)
    text = "Call each member twice a year."
    created_at = NOW


def sit_down(plan: models.ActionPlan, **values: Any) -> Viewer:
    """Somebody who takes part in the edition and sits in the group of the plan."""
    participation = ParticipationFactory(edition=plan.edition, **values)
    assert plan.group is not None
    models.Seat.objects.create(group=plan.group, round=plan.group.round, participation=participation)
    return viewer_in(
        EditionMemberFactory(edition=plan.edition, person=participation.person, role=EditionRole.PARTICIPANT)
    )


def leader_of(plan: models.ActionPlan) -> Viewer:
    return viewer_in(EditionMemberFactory(edition=plan.edition, role=EditionRole.FACILITATOR))


def at_home(organisation: Organisation, role: str = Role.MANAGER, person: Person | None = None) -> Viewer:
    """Somebody of an organisation's team in its workspace."""
    position = PositionFactory(
        organisation=organisation, role=role, **({} if person is None else {"person": person})
    )
    return Viewer(
        person=position.person,
        organisation_id=organisation.pk,
        organisation_roles=frozenset({role}),
        permissions=permissions_of({role}),
    )
