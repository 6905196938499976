"""Declared figures: asked for by mail, declared with proof, confirmed or sent back by a second person."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.indicators.actions import asking, declaration_mails, declaring
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import PeriodNotBegun, parse_period
from filiera.indicators.queries.declaration_links import token_of
from filiera.indicators.queries.declarations import DeclaredState, declared_page
from filiera.mail.models import OutgoingMail
from filiera.organisations.models import Role
from tests.indicators.factories import NOW, load_all
from tests.indicators.readiness_factories import browser_of, colleague, paper
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
CODE, YEAR = "management_staff", parse_period("2025")
TODAY = NOW.date()
DUE = date(2026, 6, 20)


@pytest.fixture
def cluster():
    load_all()
    return OrganisationFactory(slug="cluster")


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


@pytest.fixture
def second(cluster):
    return colleague(cluster, Role.STAFF)


def address(name, *arguments, slug="cluster"):
    return reverse(f"indicators:{name}", args=[slug, *arguments])


def asked(cluster, by, owner, **values):
    told = {"code": CODE, "period": YEAR, "due_on": DUE, "at": NOW, **values}
    return asking.ask_for_declaration(organisation=cluster, owner=owner.person, by=by, **told)


def declared(cluster, by, **values):
    told = {"code": CODE, "period": YEAR, "value": Decimal(3), "source_url": "https://example.org/"}
    return declaring.declare_figure(organisation=cluster, by=by, **{**told, "at": NOW, **values})


def state(viewer, cluster, today=TODAY):
    return [line.state for line in declared_page(viewer, cluster, today).lines]


def test_the_owner_is_asked_by_mail_and_the_state_follows(cluster, manager, second):
    asked(cluster, manager, second)
    mail = OutgoingMail.objects.get(to_address=second.person.email)
    assert reverse("indicators:figure_link", args=[token_of(DeclarationRequest.objects.get())]) in mail.text
    assert state(manager, cluster) == [DeclaredState.ASKED]
    assert state(manager, cluster, DUE + timedelta(days=1)) == [DeclaredState.LATE]

    told = declared(cluster, second)
    assert state(manager, cluster, DUE + timedelta(days=1)) == [DeclaredState.DECLARED]
    assert OutgoingMail.objects.filter(to_address=manager.person.email).count() == 1
    declaring.return_declaration(declaration=told, because="In full-time equivalents.", by=manager, at=NOW)
    assert state(manager, cluster) == [DeclaredState.RETURNED]
    assert "In full-time equivalents." in OutgoingMail.objects.order_by("pk").last().text

    again = declared(cluster, second, value=Decimal("2.5"))
    declaring.confirm_declaration(declaration=again, by=manager, at=NOW)
    assert state(manager, cluster) == [DeclaredState.CONFIRMED]


def test_what_came_back_hides_nothing_that_stands(cluster, manager, second):
    declaring.confirm_declaration(declaration=declared(cluster, second), by=manager, at=NOW)
    again = declared(cluster, second, value=Decimal(4))
    assert state(manager, cluster) == [DeclaredState.DECLARED]

    declaring.return_declaration(declaration=again, because="No.", by=manager, at=NOW)

    [line] = declared_page(manager, cluster, TODAY).lines
    assert (line.state, line.declaration.value) == (DeclaredState.CONFIRMED, 3)


def test_what_waited_when_it_was_asked_for_answers_once_it_is_confirmed(cluster, manager, second):
    """Whoever is asked meanwhile is neither reminded nor shown as late for a figure that stands."""
    row = declared(cluster, second)
    later = NOW + timedelta(hours=1)
    asked(cluster, manager, second, at=later)
    overdue = DUE + timedelta(days=1)
    assert state(manager, cluster, overdue) == [DeclaredState.DECLARED]

    declaring.confirm_declaration(declaration=row, by=manager, at=later + timedelta(hours=1))

    assert state(manager, cluster, overdue) == [DeclaredState.CONFIRMED]
    assert not DeclarationRequest.objects.unanswered().exists()
    page = browser_of(manager.person).get(address("declaration", CODE, "2025")).text
    assert "is asked for it" not in page


def test_what_is_asked_for_anew_is_told_by_who_is_asked_now(cluster, manager, second):
    returned = declared(cluster, manager)
    declaring.return_declaration(declaration=returned, because="No.", by=second, at=NOW)
    later = NOW + timedelta(hours=1)
    asked(cluster, manager, second, at=later)
    standing = declared(cluster, manager, code="funding_secured")
    declaring.confirm_declaration(declaration=standing, by=second, at=NOW)
    asked(cluster, manager, second, code="funding_secured", at=later)

    lines = declared_page(manager, cluster, TODAY).lines

    name = second.person.shown_name
    assert [(line.state, line.teller) for line in lines] == [(DeclaredState.ASKED, name)] * 2
    shown = browser_of(manager.person).get(address("declarations")).text
    assert shown.count(f">{name}</td>") == 2
    again = declared(cluster, manager, at=later)
    [declared_line, _asked_line] = sorted(
        declared_page(manager, cluster, TODAY).lines, key=lambda line: line.state != DeclaredState.DECLARED
    )
    assert (declared_line.declaration, declared_line.teller) == (again, manager.person.shown_name)


def test_nothing_is_asked_or_declared_of_a_period_to_come(cluster, manager, second):
    later = parse_period("2027")
    with pytest.raises(PeriodNotBegun), transaction.atomic():
        declared(cluster, manager, period=later)
    with pytest.raises(PeriodNotBegun), transaction.atomic():
        asked(cluster, manager, second, period=later)


def test_what_is_counted_is_never_below_nothing(cluster, manager):
    told = {"value": "-1", "note": "A", "source_url": "https://example.org/"}
    client = browser_of(manager.person)

    assert client.post(address("declaration", CODE, "2025"), told).status_code == 422
    assert client.post(address("declaration", "members_total", "2025"), told).status_code == 422
    assert not Declaration.objects.exists()


def test_what_no_longer_waits_is_said(cluster, manager, second):
    row = declared(cluster, manager)
    declaring.confirm_declaration(declaration=row, by=second, at=NOW)
    answer = browser_of(second.person).post(
        address("declaration_return", row.pk), {"because": "No."}, follow=True
    )

    assert "has been confirmed before" in answer.text


def test_what_came_back_never_counts(cluster, manager, second):
    told = declared(cluster, second)
    with pytest.raises(declaring.ConfirmedByTheSame), transaction.atomic():
        declaring.return_declaration(declaration=told, because="No.", by=second, at=NOW)
    declaring.return_declaration(declaration=told, because="No.", by=manager, at=NOW)
    for act in (
        lambda: declaring.confirm_declaration(declaration=told, by=manager, at=NOW),
        lambda: declaring.return_declaration(declaration=told, because="No.", by=manager, at=NOW),
    ):
        with pytest.raises(declaring.SentBack), transaction.atomic():
            act()
    for values in ({"returned_because": ""}, {"confirmed_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Declaration.objects.filter(pk=told.pk).update(**values)


def test_only_the_team_is_asked_and_only_for_days_to_come(cluster, manager, second):
    outside = colleague(OrganisationFactory())
    with pytest.raises(asking.OwnerNotOfTeam), transaction.atomic():
        asked(cluster, manager, outside)
    with pytest.raises(asking.DayHasPassed), transaction.atomic():
        asked(cluster, manager, second, due_on=date(2026, 1, 1))
    with pytest.raises(PermissionDenied), transaction.atomic():
        asked(cluster, outside, second)
    asked(cluster, manager, second)
    asked(cluster, manager, manager, due_on=date(2026, 7, 1))
    request = DeclarationRequest.objects.get()
    assert (request.owner, request.due_on) == (manager.person, date(2026, 7, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        DeclarationRequest.objects.filter(pk=request.pk).update(until_on="2020-01-01")


def test_who_has_not_declared_is_reminded(cluster, manager, second):
    asked(cluster, manager, second)
    asked(cluster, manager, second, code="funding_secured")
    declared(cluster, second, code="funding_secured")
    before = OutgoingMail.objects.count()

    moment = NOW.replace(month=6, day=DUE.day - 2)
    declaration_mails.remind_owners(timestamp=int(moment.timestamp()))
    declaration_mails.remind_owners(timestamp=int(moment.timestamp()))

    assert OutgoingMail.objects.count() == before + 1


def test_who_has_left_the_team_is_not_reminded(cluster, manager, second):
    asked(cluster, manager, second)
    second.person.positions.update(until_date=date(2026, 1, 1))
    before = OutgoingMail.objects.count()

    declaration_mails.remind_owners(timestamp=int(NOW.replace(month=6, day=DUE.day - 2).timestamp()))

    assert OutgoingMail.objects.count() == before


def addresses(row):
    return [
        ("get", address("declarations")),
        ("post", address("declaration_request")),
        ("get", address("declaration", CODE, "2025")),
        ("post", address("declaration", CODE, "2025")),
        ("post", address("declaration_confirm", row.pk)),
        ("post", address("declaration_return", row.pk)),
    ]


def test_a_visitor_signs_in_and_strangers_are_refused(cluster, manager):
    row = declared(cluster, manager)
    contact = browser_of(colleague(cluster, Role.CONTACT).person)
    stranger = browser_of(colleague(OrganisationFactory(slug="other")).person)

    for verb, path in addresses(row):
        visitor = getattr(browser_of(None), verb)(path)
        assert (visitor.status_code, "/accounts/" in visitor["Location"]) == (302, True), path
        for client in (contact, stranger):
            assert getattr(client, verb)(path).status_code == 403, path
    for name in ("declaration_confirm", "declaration_return"):
        assert stranger.post(address(name, row.pk, slug="other")).status_code == 404


def test_a_figure_is_declared_with_a_file_and_confirmed_by_another(cluster, manager, second):
    first, other = browser_of(manager.person), browser_of(second.person)
    page = address("declaration", CODE, "2025")
    empty = first.post(page, {"value": "3", "note": "Contracts."})
    assert empty.status_code == 422
    assert "needs a file that proves it" in empty.text
    assert "Contracts." in empty.text
    first.post(page, {"value": "3", "note": "Contracts.", "upload": paper()})
    row = Declaration.objects.get()
    at_file = reverse("files:file", args=[row.evidence.uuid])
    stranger = browser_of(colleague(OrganisationFactory()).person)
    assert (stranger.get(at_file).status_code, browser_of(None).get(at_file).status_code) == (404, 404)
    assert b"".join(other.get(at_file).streaming_content) == b"%PDF-1.4 statute"

    assert "Confirm this figure" not in first.get(page).text
    assert "Confirm this figure" in other.get(page).text
    assert other.post(address("declaration_return", row.pk), {"because": ""}).status_code == 422
    other.post(address("declaration_confirm", row.pk))

    row.refresh_from_db()
    assert row.confirmed_by == second.person
    assert "Every declared figure is confirmed" in first.get(address("declarations")).text


def test_asking_from_the_page(cluster, manager, second):
    client = browser_of(manager.person)
    told = {"code": CODE, "period": "2025", "owner": second.person.pk, "due_on": "2099-01-01"}
    assert client.post(address("declaration_request"), {**told, "due_on": "x"}).status_code == 422
    assert client.post(address("declaration_request"), told).status_code == 302
    assert "One declared figure is still to do" in client.get(address("declarations")).text
    assert "2099" in client.get(address("declaration", CODE, "2025")).text
    assert client.get(address("declaration", "no_such", "2025")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_query_count_does_not_grow(cluster, manager, second, django_assert_num_queries, count):
    for code in (CODE, "funding_secured", "press_mentions")[:count]:
        asked(cluster, manager, second, code=code)
        declared(cluster, second, code=code)
    client = browser_of(manager.person)
    client.get(address("declarations"))
    with django_assert_num_queries(9):
        client.get(address("declarations"))
