"""The demonstration's methods: three held by the groups of the first day, one open, made once, marked so."""

import pytest

from filiera.demo.methods import SESSION, load_methods
from filiera.ledger.models import Fact
from filiera.workshops.models import MethodCard, MethodRun
from tests.academy.factories import NOW, EditionFactory, SessionFactory
from tests.admissions.test_people_list import take_part
from tests.workshops.group_factories import SeatFactory
from tests.workshops.plan_factories import GroupFactory, RoundFactory, SeriesFactory


@pytest.mark.django_db
def test_three_were_held_and_one_is_open_and_a_second_start_changes_nothing():
    edition = EditionFactory(public=True, demonstration=True)
    round_ = RoundFactory(
        series=SeriesFactory(edition=edition), session=SessionFactory(edition=edition, slug=SESSION)
    )
    for number in (1, 5):
        group = GroupFactory(round=round_, number=number)
        for _seat in range(4):
            SeatFactory(group=group, participation=take_part(edition))
    people = {role: take_part(edition).person for role in ("participant", "facilitator")}

    load_methods(edition, people, NOW)
    counts = MethodCard.objects.count()
    load_methods(edition, people, NOW)

    runs = MethodRun.objects.order_by("pk")
    assert [(run.state, run.is_demonstration) for run in runs] == [("held", True)] * 3 + [("running", True)]
    assert MethodCard.objects.count() == counts
    assert Fact.objects.filter(kind="method.held").count() == 4
