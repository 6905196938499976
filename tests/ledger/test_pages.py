"""The ledger to read: who sees which facts, page by page, and where each fact leads."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from filiera.ledger import actions, queries
from filiera.ledger.models import Fact
from filiera.ledger.queries import FactFilter
from filiera.shared.tables import read_table
from tests.accounts.factories import PersonFactory
from tests.ledger.factories import NOW, recorded_fact
from tests.organisations.factories import MembershipFactory, OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def position():
    return PositionFactory(manager=True)


@pytest.fixture
def reader(client, position):
    client.force_login(position.person)
    return client


def test_a_workspace_sees_what_counts_for_it_or_names_it(position):
    own = recorded_fact(organisation=position.organisation)
    named = recorded_fact(counterpart=position.organisation)
    recorded_fact()
    contact = PositionFactory(organisation=position.organisation, contact=True)

    def seen(viewer):
        return set(Fact.objects.visible_to(viewer))

    assert seen(in_workspace(position)) == {own, named}
    assert seen(in_workspace(contact)) == set()
    assert seen(Viewer(person=position.person)) == set()
    assert seen(VISITOR) == set()
    assert len(seen(SYSTEM)) == 3


def test_facts_are_filtered_and_the_latest_come_first(position):
    viewer, organisation = in_workspace(position), position.organisation
    older = recorded_fact(organisation=organisation, happened_at=datetime(2020, 1, 1, tzinfo=UTC))
    ended = recorded_fact(organisation=organisation, kind="membership.ended")
    imported = recorded_fact(organisation=organisation, source="imported", at=NOW - timedelta(days=1))

    def shown(**asked):
        return queries.facts_page(viewer, FactFilter(**asked), organisation=organisation).facts

    assert {
        "all": shown(),
        "kind": shown(kind="membership.ended"),
        "year": shown(year=2020),
        "source": shown(source="imported"),
    } == {
        "all": [ended, imported, older],
        "kind": [ended],
        "year": [older],
        "source": [imported],
    }
    assert queries.years_with_facts(viewer, organisation) == [2023, 2020]


def test_pages_of_facts_of_one_moment_miss_none(position, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    viewer = in_workspace(position)
    told = {recorded_fact(organisation=position.organisation).id for _ in range(5)}

    seen, key = [], ""
    for _ in range(3):
        page = queries.facts_page(viewer, FactFilter(), after=key)
        seen += [fact.id for fact in page.facts]
        key = page.next_key

    assert (len(seen), set(seen), key) == (5, told, "")


@pytest.mark.parametrize("row_count", [1, 3])
def test_ledger_query_count(reader, position, django_assert_num_queries, row_count):
    for _ in range(row_count):
        recorded_fact(organisation=position.organisation, counterpart=OrganisationFactory())

    with django_assert_num_queries(6):
        reader.get(f"/o/{position.organisation.slug}/ledger/")


@pytest.mark.parametrize("page", ["", "facts.csv"])
def test_who_may_read_a_ledger(client, position, page):
    address = f"/o/{position.organisation.slug}/ledger/{page}"
    people = {
        "manager": position.person,
        "contact": PositionFactory(organisation=position.organisation, contact=True).person,
        "outsider": PositionFactory(manager=True).person,
    }

    answers = {"visitor": client.get(address).status_code}
    for who, person in people.items():
        client.force_login(person)
        answers[who] = client.get(address).status_code

    assert answers == {"visitor": 302, "manager": 200, "contact": 403, "outsider": 403}


@pytest.mark.parametrize("address", ["/ledger/", "/ledger/facts.csv"])
def test_the_whole_ledger_is_for_administrators(reader, address):
    assert reader.get(address).status_code == 403


def test_a_fact_opens_the_record_it_came_from(reader, position):
    membership = MembershipFactory(cluster=position.organisation)
    fact = recorded_fact(subject=membership)

    answer = reader.get(
        reverse("ledger:organisation_fact", args=[position.organisation.slug, fact.year, fact.id])
    )

    assert answer.headers["Location"] == membership.get_absolute_url()


def test_a_fact_of_others_does_not_open(reader, position):
    fact = recorded_fact()

    answer = reader.get(
        reverse("ledger:organisation_fact", args=[position.organisation.slug, fact.year, fact.id])
    )

    assert answer.status_code == 404


def test_a_fact_whose_record_the_reader_may_not_see_does_not_open(reader, position):
    hidden = OrganisationFactory(unlisted=True)
    fact = recorded_fact(subject=hidden, organisation=position.organisation)

    answer = reader.get(
        reverse("ledger:organisation_fact", args=[position.organisation.slug, fact.year, fact.id])
    )

    assert answer.status_code == 404


def test_the_page_marks_what_was_reversed(reader, position):
    fact = recorded_fact(organisation=position.organisation, amount_eur=Decimal("1200.5"))
    actions.reverse(fact, by=SYSTEM, at=NOW)

    page = reader.get(f"/o/{position.organisation.slug}/ledger/").content.decode()

    assert (page.count(">reversed<"), page.count(">reversal<")) == (1, 1)


def test_the_page_marks_what_is_made_up(reader, position):
    recorded_fact(organisation=position.organisation, counterpart=OrganisationFactory(is_demonstration=True))
    recorded_fact(organisation=position.organisation)

    page = reader.get(f"/o/{position.organisation.slug}/ledger/").content.decode()

    assert page.count('class="demonstration"') == 1


def test_facts_can_be_taken_along_without_people(reader, position):
    fact = recorded_fact(organisation=position.organisation, person=PersonFactory())

    rows = read_table(reader.get(f"/o/{position.organisation.slug}/ledger/facts.csv").content, "facts.csv")

    assert [(row["id"], row["organisation"], row["quantity"]) for row in rows] == [
        (f"2023/{fact.id}", position.organisation.slug, "1.0000")
    ]
    assert str(fact.person) not in "".join(rows[0].values.values())


@pytest.mark.parametrize("query", ["kind=none", "year=20x4", "source=none", "after=2023/none", "after=%2F"])
def test_an_address_that_asks_for_nonsense_still_answers(reader, position, query):
    assert reader.get(f"/o/{position.organisation.slug}/ledger/?{query}").status_code == 200
