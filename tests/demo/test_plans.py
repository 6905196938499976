"""The demonstration's action plans: five, each presented and followed up, made once and marked so."""

import pytest

from filiera.demo.plans import load_plans
from filiera.ledger.models import Fact
from filiera.organisations.models import Role
from filiera.workshops.models import ActionPlan, FollowUp, Measure, PlanKind
from tests.academy.factories import EditionFactory
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory
from tests.workshops.plan_factories import NOW, at_home

pytestmark = pytest.mark.django_db


def test_five_plans_are_presented_and_what_became_of_them_is_told_once():
    edition = EditionFactory(public=True, demonstration=True)
    places = ParticipationFactory.create_batch(10, edition=edition, is_demonstration=True)
    at_home(places[0].organisation, Role.MANAGER, person=places[0].person)
    people = {"participant": places[0].person, "facilitator": PersonFactory()}

    load_plans(edition, people, NOW)
    load_plans(edition, people, NOW)

    plans = ActionPlan.objects.filter(kind=PlanKind.GROUP)
    assert (plans.count(), plans.filter(is_demonstration=True, presented_at__isnull=False).count()) == (5, 5)
    assert set(Measure.objects.values_list("state", flat=True)) == {
        "planned",
        "promised",
        "under_way",
        "done",
        "blocked",
        "dropped",
    }
    assert Fact.objects.filter(kind="action_plan.presented").count() == len(places)
    # Nobody is written about what lies behind them.
    assert not FollowUp.objects.filter(asked_at__isnull=True).exists()
    home = ActionPlan.objects.get(kind=PlanKind.CLUSTER)
    assert home.organisation == places[0].organisation
    assert all(measure.copied_from_id for measure in home.measures.all())
