"""Recording once, reversing once."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from filiera.accounts.queries import key_of
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.ledger import actions
from filiera.ledger.kinds import FactKind, Unit, UnknownKind, kind_of, register
from filiera.ledger.models import Fact
from tests.accounts.factories import PersonFactory
from tests.ledger.factories import NOW, recorded_fact
from tests.organisations.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("unit", "quantity", "words"),
    [(Unit.PERSON, 1, "person"), (Unit.PERSON, 2, "people"), (Unit.HOUR, 1, "hour"), (Unit.ONE, 1, "count")],
)
def test_the_unit_of_one_is_told_in_the_singular(unit, quantity, words):
    assert unit.words(Decimal(quantity)) == words


def values_of(fact: Fact) -> dict[str, object]:
    left_out = {"id", "idempotency_key"}
    return {
        field.attname: getattr(fact, field.attname)
        for field in Fact._meta.concrete_fields
        if field.attname not in left_out
    }


def test_record_keeps_everything_that_figures_need():
    recorder, learner = PersonFactory(), PersonFactory()
    membership = MembershipFactory()
    company = OrganisationFactory(company=True)

    fact = actions.record(
        "membership.started",
        subject=membership,
        by=Viewer(person=recorder),
        at=NOW,
        happened_at=datetime(2022, 3, 1, tzinfo=UTC),
        organisation=company,
        counterpart=membership.member,
        person=learner,
        quantity=Decimal("1.5"),
        amount_eur=Decimal("120.50"),
    )

    assert values_of(Fact.objects.get(year=2022, id=fact.id)) == {
        "year": 2022,
        "kind": "membership.started",
        "happened_at": datetime(2022, 3, 1, tzinfo=UTC),
        "recorded_at": NOW,
        "recorded_by": key_of(recorder),
        "organisation_id": company.pk,
        "counterpart_id": membership.member_id,
        "person": key_of(learner),
        "subject_type": "organisations.membership",
        "subject_key": str(membership.pk),
        "quantity": Decimal("1.5"),
        "unit": "one",
        "amount_eur": Decimal("120.50"),
        "ecosystem_id": None,
        "region_id": None,
        "size_class": "small",
        "source": "platform",
        "evidence_id": None,
        "reverses": None,
    }


def test_recording_again_returns_the_first_fact():
    membership = MembershipFactory()
    first = recorded_fact(subject=membership)

    second = recorded_fact(subject=membership, at=NOW + timedelta(hours=1))

    assert (second.id, Fact.objects.count()) == (first.id, 1)


def test_another_event_of_the_same_subject_is_another_fact():
    membership = MembershipFactory()
    recorded_fact(subject=membership, event="morning")

    recorded_fact(subject=membership, event="afternoon")

    assert Fact.objects.count() == 2


def test_a_kind_that_no_app_declares_is_refused():
    with pytest.raises(UnknownKind):
        recorded_fact(kind="moon.landed")


def test_a_declared_fact_needs_evidence():
    with pytest.raises(actions.EvidenceMissing):
        recorded_fact(source="declared")


def test_a_kind_is_declared_once():
    stranger = FactKind(code="membership.started", unit=Unit.HOUR, name="Other", meaning="Other")

    with pytest.raises(ValueError, match="declared twice"):
        register(stranger)

    assert kind_of("membership.started").unit == Unit.ONE


def test_nothing_is_recorded_when_the_action_fails():
    membership = MembershipFactory()

    def action() -> None:
        with transaction.atomic():
            recorded_fact(subject=membership)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        action()

    assert Fact.objects.count() == 0


def test_a_reversal_cancels_quantity_and_amount():
    fact = recorded_fact(amount_eur=Decimal("10.00"), quantity=3)

    reversal = actions.reverse(fact, by=SYSTEM, at=NOW + timedelta(days=400))

    expected = {
        **values_of(fact),
        "quantity": Decimal(-3),
        "amount_eur": Decimal("-10.00"),
        "recorded_at": NOW + timedelta(days=400),
        "reverses": fact.id,
    }
    assert values_of(Fact.objects.get(year=2023, id=reversal.id)) == expected


def test_a_fact_is_reversed_once():
    fact = recorded_fact()
    actions.reverse(fact, by=SYSTEM, at=NOW)

    with pytest.raises(actions.FactAlreadyReversed):
        actions.reverse(fact, by=SYSTEM, at=NOW)

    assert Fact.objects.count() == 2


def test_what_holds_of_a_record_is_reversed_and_counted():
    subject = MembershipFactory()
    first, second = (recorded_fact(subject=subject, event=event) for event in ("first", "second"))
    other = recorded_fact()
    actions.reverse(first, by=SYSTEM, at=NOW)

    before = list(Fact.objects.about(subject, "membership.started").standing())
    reversed_count = actions.reverse_standing(subject, "membership.started", by=SYSTEM, at=NOW)

    assert ([fact.id for fact in before], reversed_count) == ([second.id], 1)
    assert [fact.id for fact in Fact.objects.standing()] == [other.id]
    assert actions.reverse_standing(subject, "membership.started", by=SYSTEM, at=NOW) == 0


def test_a_reversal_cannot_be_reversed():
    reversal = actions.reverse(recorded_fact(), by=SYSTEM, at=NOW)

    with pytest.raises(actions.ReversalCannotBeReversed):
        actions.reverse(reversal, by=SYSTEM, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_twenty_reversals_at_once_make_one():
    fact = recorded_fact()
    start = threading.Barrier(20)
    outcomes: list[str] = []

    def attempt() -> None:
        start.wait()
        try:
            actions.reverse(fact, by=SYSTEM, at=NOW)
            outcomes.append("reversed")
        except actions.FactAlreadyReversed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused"] * 19 + ["reversed"]
    assert Fact.objects.filter(reverses=fact.id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_records_of_the_same_event_at_once_make_one():
    membership = MembershipFactory()
    start = threading.Barrier(20)
    seen: set[object] = set()

    def attempt() -> None:
        start.wait()
        try:
            seen.add(recorded_fact(subject=membership).id)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(seen), Fact.objects.count()) == (1, 1)
