"""Facts from a table: all or none, once, and each leads back to its table."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from filiera.accounts.viewer import SYSTEM
from filiera.ledger.actions import FactsHaveMistakes, import_facts
from filiera.ledger.models import Fact, FactTable
from tests.ledger.factories import NOW
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace
from tests.reference.factories import RegionFactory

pytestmark = pytest.mark.django_db

TABLE = (
    "kind,happened_on,organisation,counterpart,quantity,amount_eur,region\n"
    'membership.started,2019-12-01,mesap,firm,2.5,"1200,50",ITC1\n'
    "membership.ended,2020-01-31,mesap,,,,\n"
)


@pytest.fixture
def mesap():
    RegionFactory(code="ITC1")
    OrganisationFactory(slug="firm", company=True)
    return OrganisationFactory(slug="mesap")


def run(text=TABLE, **values):
    return import_facts(
        **{"content": text.encode(), "filename": "facts.csv", "by": SYSTEM, "at": NOW, **values}
    )


def test_every_row_becomes_an_imported_fact(mesap):
    report = run()

    assert report.recorded == 2
    told = ("kind", "happened_at", "organisation__slug", "counterpart__slug", "quantity", "amount_eur",
            "region", "source", "subject_type")  # fmt: skip
    assert list(Fact.objects.order_by("happened_at").values_list(*told)) == [
        (
            "membership.started", datetime(2019, 12, 1, tzinfo=UTC), "mesap", "firm", Decimal("2.5"),
            Decimal("1200.50"), "ITC1", "imported", "ledger.facttable",
        ),
        (
            "membership.ended", datetime(2020, 1, 31, tzinfo=UTC), "mesap", None, Decimal(1), None, None,
            "imported", "ledger.facttable",
        ),
    ]  # fmt: skip


def test_the_same_table_counts_once(mesap):
    run()

    again = run(filename="renamed.csv")

    assert (again.recorded, Fact.objects.count(), FactTable.objects.count()) == (0, 2, 1)


def test_a_dry_run_records_nothing(mesap):
    report = run(dry_run=True)

    assert (report.recorded, Fact.objects.count(), FactTable.objects.count()) == (2, 0, 0)


def test_one_wrong_row_records_nothing_and_names_every_mistake(mesap):
    wrong = (
        "kind,happened_on,organisation,quantity,amount_eur,ecosystem,size_class\n"
        "membership.ended,2020-01-31,mesap,,,,\n"
        "moon.landed,2999-01-01,nobody,-1,1.234,ZZZZ,huge\n"
        "membership.ended,soon,mesap,NaN,,,\n"
    )

    with pytest.raises(FactsHaveMistakes) as refusal:
        run(wrong)

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [
        (3, "kind"), (3, "happened_on"), (3, "organisation"), (3, "quantity"), (3, "amount_eur"),
        (3, "ecosystem"), (3, "size_class"), (4, "happened_on"), (4, "quantity"),
    ]  # fmt: skip
    assert Fact.objects.count() == 0


@pytest.mark.parametrize("table", ["kind,happened_on\nmembership.ended,2020-01-31\n", "a,b\n1,2\n", "kind\n"])
def test_a_table_without_the_needed_columns_is_refused(table):
    with pytest.raises(FactsHaveMistakes) as refusal:
        run(table)

    assert refusal.value.problems[0].row == 1


def test_only_an_administrator_imports_facts():
    with pytest.raises(PermissionDenied):
        run(by=in_workspace(PositionFactory(manager=True)))


def test_an_imported_fact_leads_to_its_table(client, mesap):
    run()
    client.force_login(PositionFactory(organisation=mesap, manager=True).person)
    stranger = PositionFactory(manager=True)
    fact = Fact.objects.first()

    page = client.get(f"/o/mesap/ledger/{fact.year}/{fact.id}/")

    table = FactTable.objects.get()
    assert (page.status_code, table.sha256 in page.content.decode()) == (200, True)
    assert list(FactTable.objects.visible_to(in_workspace(stranger))) == []
