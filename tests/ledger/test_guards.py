"""What the database itself refuses, whoever asks."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from filiera.accounts.viewer import SYSTEM
from filiera.ledger import actions
from filiera.ledger.models import Fact
from tests.ledger.factories import NOW, recorded_fact

pytestmark = pytest.mark.django_db

CHANGES = (
    "UPDATE ledger_fact SET quantity = 2",
    "UPDATE ledger_fact_2023 SET quantity = 2",
    "DELETE FROM ledger_fact",
    "DELETE FROM ledger_fact_2023",
    "TRUNCATE ledger_fact",
    "TRUNCATE ledger_fact_2023",
)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Pending checks of foreign keys would refuse a TRUNCATE before the guard is asked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def copy_of(fact: Fact, **changes: object) -> Fact:
    values = {field.attname: getattr(fact, field.attname) for field in Fact._meta.concrete_fields}
    return Fact(**{**values, "id": uuid4(), "idempotency_key": str(uuid4()), **changes})


@pytest.mark.parametrize("statement", CHANGES)
def test_the_owner_of_the_table_cannot_change_facts(statement):
    recorded_fact()

    with pytest.raises(IntegrityError, match="never changed or deleted"):
        run(statement)

    assert [fact.quantity for fact in Fact.objects.all()] == [1]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_app_has_no_right_to_change_facts(statement, as_app):
    recorded_fact()

    with pytest.raises(ProgrammingError, match="permission denied"):
        run(statement)

    assert [fact.quantity for fact in Fact.objects.all()] == [1]


def test_the_app_may_add_facts_and_read_them(as_app):
    fact = recorded_fact()

    assert list(Fact.objects.all()) == [fact]


@pytest.mark.parametrize(
    ("happened_at", "partition"),
    [
        (datetime(2009, 1, 1, tzinfo=UTC), "ledger_fact_2009"),
        (datetime(2035, 12, 31, 23, 59, tzinfo=UTC), "ledger_fact_2035"),
        (datetime(1998, 5, 1, tzinfo=UTC), "ledger_fact_other"),
        (datetime.fromisoformat("2024-01-01T00:30:00+01:00"), "ledger_fact_2023"),
    ],
)
def test_a_fact_lies_in_the_partition_of_its_year_in_utc(happened_at, partition):
    recorded_fact(happened_at=happened_at)

    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM ledger_fact")
        assert cursor.fetchall() == [(partition,)]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"year": 2022}, "ledger_fact_year_of_happening"),
        ({"quantity": Decimal(0)}, "ledger_fact_quantity_sign"),
        ({"quantity": Decimal(-1)}, "ledger_fact_quantity_sign"),
        ({"source": "hearsay"}, "ledger_fact_known_source"),
        ({"source": "declared"}, "ledger_fact_declared_with_evidence"),
        ({"subject_key": ""}, "ledger_fact_has_subject"),
        ({"reverses": uuid4(), "quantity": Decimal(-1)}, "there is no fact"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(changes, constraint):
    wrong = copy_of(recorded_fact(), **changes)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        wrong.save(force_insert=True)


def test_the_same_key_is_refused_within_a_year_and_kind():
    fact = recorded_fact()

    with pytest.raises(IntegrityError, match="kind_idempotency_key"), transaction.atomic():
        copy_of(fact, idempotency_key=fact.idempotency_key).save(force_insert=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": Decimal(-2)},
        {"kind": "membership.ended"},
        {"person": uuid4()},
        {"amount_eur": Decimal(-5)},
        {"organisation_id": None},
    ],
)
def test_a_reversal_must_mirror_its_fact(changes):
    fact = recorded_fact()
    reversal = copy_of(fact, **{"reverses": fact.id, "quantity": -fact.quantity, **changes})

    with pytest.raises(IntegrityError, match="opposite quantity"), transaction.atomic():
        reversal.save(force_insert=True)


def test_a_reversal_of_a_reversal_is_refused():
    reversal = actions.reverse(recorded_fact(), by=SYSTEM, at=NOW)
    second = copy_of(reversal, reverses=reversal.id)

    with pytest.raises(IntegrityError, match="reversal is not reversed"), transaction.atomic():
        second.save(force_insert=True)


def test_an_organisation_that_facts_count_for_cannot_be_deleted():
    fact = recorded_fact()

    with pytest.raises(IntegrityError, match="ledger_fact"):
        run(
            "DELETE FROM organisations_membership; SET CONSTRAINTS ALL IMMEDIATE;"
            f"DELETE FROM organisations_organisation WHERE id = {fact.organisation_id}"
        )
