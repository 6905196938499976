"""The link of a mail opens the form of one figure: for its owner, once, and for nobody else."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from filiera.accounts.exports import collected
from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import VISITOR
from filiera.indicators.actions import asking, declaration_links, declaration_mails, declaring
from filiera.indicators.actions.asking import OutsideOwner
from filiera.indicators.actions.declaration_owners import KEPT_FOR, forget_outside_owners
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import parse_period
from filiera.indicators.queries.declaration_links import (
    OPENS_AFTER_DUE,
    LinkState,
    link_state,
    mark_of,
    token_of,
    viewer_by_link,
)
from filiera.indicators.queries.declarations import DeclaredState, declared_page
from filiera.indicators.views.declaration_links import SENT_A_MINUTE, WRONG_A_MINUTE
from filiera.mail.models import OutgoingMail
from filiera.organisations.models import Role
from tests.accounts.factories import PersonFactory
from tests.indicators.factories import load_all
from tests.indicators.readiness_factories import browser_of, colleague, paper
from tests.organisations.factories import OrganisationFactory, PositionFactory

pytestmark = pytest.mark.django_db
CODE, YEAR = "management_staff", parse_period("2025")
# The pages ask the clock, so these days are counted from it; at noon it is the same day everywhere here.
AT = (timezone.now() - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
DUE = AT.date() + timedelta(days=20)
ACCOUNTANT = OutsideOwner("Anna Conti", "anna@studio.example", "it")
TOLD = {"value": "3.5", "note": "Contracts of the year.", "source_url": "https://example.org/staff"}


@pytest.fixture(autouse=True)
def no_attempts():
    cache.clear()


@pytest.fixture
def cluster():
    load_all()
    return OrganisationFactory(slug="cluster", name="Cluster of Tests")


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


@pytest.fixture
def second(cluster):
    return colleague(cluster, Role.STAFF)


def asked(cluster, by, owner=ACCOUNTANT, **values) -> DeclarationRequest:
    owner = getattr(owner, "person", owner)
    told = {"code": CODE, "period": YEAR, "due_on": DUE, "at": AT, "owner": owner, **values}
    return asking.ask_for_declaration(organisation=cluster, by=by, **told)


def told(request, **values) -> Declaration:
    given = {"value": Decimal(3), "source_url": "https://example.org/", "at": AT, **values}
    return declaration_links.tell_figure(request=request, by=viewer_by_link(request), **given)


def at_link(request, name="figure_link"):
    return reverse(f"indicators:{name}", args=[token_of(request)])


def link_in(mail):
    return re.search(r"https?://[^/\s]+(/indicators/declarations/\S+)", mail.text)[1]


def test_the_mail_s_link_is_enough_for_an_owner_without_account(cluster, manager):
    request = asked(cluster, manager, note="Only people under contract.")
    mail = OutgoingMail.objects.get(to_address=ACCOUNTANT.email)
    assert (link_in(mail), mail.language, mail.holds_secret) == (at_link(request), "it", True)
    visitor = browser_of(None)
    form = visitor.get(link_in(mail), {"lang": "en"})
    assert form.status_code == 200
    for words in ("Only people under contract.", "Cluster of Tests", "delete my address", 'noindex"'):
        assert words in form.text
    assert "no-store" in form["Cache-Control"]

    empty = visitor.post(at_link(request), {**TOLD, "source_url": ""})
    assert (empty.status_code, Declaration.objects.count()) == (422, 0)
    assert "needs a file that proves it" in empty.text
    assert "Contracts of the year." in empty.text
    arrived = visitor.post(at_link(request), {**TOLD, "upload": paper()}, follow=True)

    assert "Your figure has arrived" in arrived.text
    assert "A second person of Cluster of Tests" in arrived.text
    row = Declaration.objects.get()
    assert (row.value, row.declared_by, row.declared_name) == (Decimal("3.5"), None, "Anna Conti")
    assert row.evidence.uploaded_by is None
    to_confirm = OutgoingMail.objects.get(to_address=manager.person.email)
    assert "Anna Conti" in to_confirm.text
    team = browser_of(manager.person)
    page = team.get(reverse("indicators:declaration", args=["cluster", CODE, "2025"])).text
    assert "declared by Anna Conti" in page
    team.post(reverse("indicators:declaration_confirm", args=["cluster", row.pk]))
    row.refresh_from_db()
    assert row.confirmed_by == manager.person


def test_an_owner_of_the_team_tells_it_by_the_link_and_a_second_person_confirms(cluster, manager, second):
    request = asked(cluster, manager, second)
    mail = OutgoingMail.objects.get(to_address=second.person.email)
    visitor = browser_of(None)
    assert visitor.post(link_in(mail), TOLD).status_code == 302
    row = Declaration.objects.get()
    assert (row.declared_by, row.declared_name) == (second.person, "")
    with pytest.raises(declaring.ConfirmedByTheSame), transaction.atomic():
        declaring.confirm_declaration(declaration=row, by=second, at=AT)
    declaring.confirm_declaration(declaration=row, by=manager, at=AT)

    answer = visitor.get(at_link(request))
    assert (answer.status_code, "This figure has been told" in answer.text) == (200, True)


def test_who_is_signed_in_lands_on_the_page_of_the_team(cluster, manager, second):
    request = asked(cluster, manager, second)
    page = reverse("indicators:declaration", args=["cluster", CODE, "2025"])
    owner, teammate = browser_of(second.person), browser_of(manager.person)
    for client in (owner, teammate):
        assert client.get(at_link(request))["Location"] == page
    # Nobody of the team declares under a colleague's name; what the owner has typed arrives.
    assert teammate.post(at_link(request), TOLD)["Location"] == page
    assert not Declaration.objects.exists()
    assert owner.post(at_link(request), TOLD).status_code == 302
    assert Declaration.objects.get().declared_by == second.person
    outside = asked(cluster, manager, code="funding_secured")
    assert owner.post(at_link(outside), TOLD).status_code == 302
    assert Declaration.objects.count() == 1
    stranger = browser_of(colleague(OrganisationFactory()).person)
    assert stranger.get(at_link(outside)).status_code == 200


def test_a_link_is_used_once(cluster, manager):
    request = asked(cluster, manager)
    visitor = browser_of(None)
    visitor.post(at_link(request), TOLD)
    again = visitor.post(at_link(request), {**TOLD, "value": "9"})

    assert (again.status_code, Declaration.objects.count()) == (409, 1)
    assert "3.5" not in again.text
    for act in (
        told,
        lambda asked: declaration_links.decline_request(request=asked, by=viewer_by_link(asked), at=AT),
    ):
        with pytest.raises(declaration_links.FigureToldAlready), transaction.atomic():
            act(request)


def test_a_link_ends_with_its_time(cluster, manager):
    request = asked(cluster, manager)
    last_day = datetime.combine(DUE + OPENS_AFTER_DUE, AT.timetz())
    assert link_state(request, last_day) == LinkState.OPEN
    with pytest.raises(declaration_links.LinkIsOver), transaction.atomic():
        told(request, at=last_day + timedelta(days=1))
    long_ago = AT.date() - timedelta(days=100)
    DeclarationRequest.objects.update(due_on=long_ago, link_ends_on=long_ago + OPENS_AFTER_DUE)
    for verb in ("get", "post"):
        answer = getattr(browser_of(None), verb)(at_link(request), TOLD)
        assert (answer.status_code, "This link has ended" in answer.text) == (410, True)
    assert not Declaration.objects.exists()


def ended_by_withdrawal(request, manager, second):
    asking.withdraw_request(request=request, by=manager, at=AT)


def ended_by_another_owner(request, manager, second):
    asked(request.organisation, manager, manager)


def ended_by_asking_anew(request, manager, second):
    asked(request.organisation, manager, second)


def ended_by_leaving(request, manager, second):
    second.person.positions.update(until_date=date(2025, 1, 1))


def ended_by_losing_the_account(request, manager, second):
    second.person.is_active = False
    second.person.save()


def ended_by_erasure(request, manager, second):
    person_erased.send(sender=type(second.person), person=second.person, at=AT)


@pytest.mark.parametrize(
    "ended",
    [
        ended_by_withdrawal,
        ended_by_another_owner,
        ended_by_asking_anew,
        ended_by_leaving,
        ended_by_losing_the_account,
        ended_by_erasure,
    ],
)
def test_a_link_ends_with_what_it_was_made_for(cluster, manager, second, ended):
    request = asked(cluster, manager, second)
    link, by = at_link(request), viewer_by_link(request)
    assert browser_of(None).get(link).status_code == 200

    ended(request, manager, second)

    for verb, path in (("get", link), ("post", link), ("post", f"{link}declining/")):
        answer = getattr(browser_of(None), verb)(path, TOLD)
        assert (answer.status_code, "This link does not work" in answer.text) == (404, True)
        assert "Cluster of Tests" not in answer.text
    with pytest.raises(PermissionDenied), transaction.atomic():
        declaration_links.tell_figure(
            request=request, value=Decimal(3), source_url="https://example.org/", by=by, at=AT
        )
    assert not Declaration.objects.exists()


def test_nothing_is_behind_a_guessed_link(cluster, manager, second):
    request, other = asked(cluster, manager), asked(cluster, manager, second, code="funding_secured")
    mark = token_of(request).partition("-")[2]
    visitor = browser_of(None)
    for token in (
        f"{request.pk}-{'0' * 40}",
        f"{other.pk}-{mark}",
        "x",
        f"{'9' * 30}-{mark}",
        mark,
        f"-{mark}",
    ):
        answer = visitor.get(reverse("indicators:figure_link", args=[token]))
        assert (answer.status_code, "Cluster of Tests" in answer.text) == (404, False), token
    # The link of one figure declares no other, and somebody without it none at all.
    for by in (viewer_by_link(other), VISITOR, manager):
        with pytest.raises(PermissionDenied), transaction.atomic():
            declaration_links.tell_figure(
                request=request, value=Decimal(3), source_url="https://example.org/", by=by, at=AT
            )


def test_a_link_opens_no_other_page(cluster, manager, second):
    request = asked(cluster, manager, second)
    visitor = browser_of(None)
    visitor.get(at_link(request))
    visitor.post(at_link(request), {**TOLD, "upload": paper()})
    row = Declaration.objects.get()

    for path in (
        reverse("indicators:declarations", args=["cluster"]),
        reverse("indicators:declaration", args=["cluster", CODE, "2025"]),
        reverse("indicators:dashboard", args=["cluster"]),
    ):
        assert "/accounts/" in visitor.get(path)["Location"]
    assert visitor.get(reverse("files:file", args=[row.evidence.uuid])).status_code == 404
    by = viewer_by_link(request)
    for model in (Declaration, DeclarationRequest):
        assert not model.objects.visible_to(by.but(person=None)).exists()


def test_who_guesses_or_sends_without_end_is_stopped(cluster, manager):
    request = asked(cluster, manager)
    visitor = browser_of(None)
    sent = [visitor.post(at_link(request), {"value": "x"}).status_code for _n in range(SENT_A_MINUTE + 1)]
    assert (set(sent[:-1]), sent[-1]) == ({422}, 429)
    unknown = reverse("indicators:figure_link", args=["1-unknown"])
    found = [visitor.get(unknown).status_code for _n in range(WRONG_A_MINUTE + 1)]
    assert (set(found[:-1]), found[-1]) == ({404}, 429)
    # Then not even a right one tells that it is right.
    assert visitor.get(at_link(request)).status_code == 429


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"upload": paper("statute.exe")}, "This kind of file is not accepted here"),
        ({"upload": paper("statute.png")}, "is not what its name says"),
        ({"value": "-1"}, "greater than or equal to 0"),
        ({"value": "many"}, "Enter a number"),
        ({"note": ""}, "This field is required"),
        ({"source_url": "javascript:alert(1)"}, "Enter a valid URL"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(cluster, manager, values, words):
    answer = browser_of(None).post(at_link(asked(cluster, manager)), {**TOLD, **values})

    assert (answer.status_code, words in answer.text) == (422, True)
    assert not Declaration.objects.exists()


def test_what_came_back_is_told_again_by_a_new_link(cluster, manager):
    request = asked(cluster, manager)
    first = at_link(request)
    row = told(request, note="All contracts.")
    late = AT + timedelta(days=200)
    declaring.return_declaration(declaration=row, because="In full-time equivalents.", by=manager, at=late)

    mail = OutgoingMail.objects.filter(to_address=ACCOUNTANT.email).order_by("pk").last()
    assert "In full-time equivalents." in mail.text
    visitor = browser_of(None)
    assert visitor.get(first).status_code == 404
    page = visitor.get(link_in(mail)).text
    assert "In full-time equivalents." in page
    assert "All contracts." in page
    visitor.post(link_in(mail), TOLD)
    assert Declaration.objects.waiting().get().value == Decimal("3.5")
    request.refresh_from_db()
    assert request.link_ends_on == late.date() + OPENS_AFTER_DUE


@pytest.mark.parametrize("value", ["1200", "0.5", "30000000"])
def test_the_value_that_came_back_stands_in_the_form_as_it_was_typed(cluster, manager, value):
    request = asked(cluster, manager)
    row = told(request, value=Decimal(value))
    declaring.return_declaration(declaration=row, because="No.", by=manager, at=AT)
    request.refresh_from_db()

    page = browser_of(None).get(at_link(request)).text

    assert f'name="value" value="{value}"' in page


def test_what_another_declared_and_was_sent_back_brings_the_owner_no_mail(cluster, manager, second):
    asked(cluster, manager)
    row = declaring.declare_figure(
        code=CODE,
        organisation=cluster,
        period=YEAR,
        value=Decimal(1),
        source_url="https://example.org/",
        by=second,
        at=AT,
    )
    declaring.return_declaration(declaration=row, because="No.", by=manager, at=AT)

    assert OutgoingMail.objects.filter(to_address=ACCOUNTANT.email).count() == 1
    assert "No." in OutgoingMail.objects.filter(to_address=second.person.email).order_by("pk").last().text


def test_asked_again_after_it_was_confirmed_it_is_open_again(cluster, manager, second):
    row = told(asked(cluster, manager))
    declaring.confirm_declaration(declaration=row, by=manager, at=AT)
    [line] = declared_page(manager, cluster, AT.date()).lines
    assert line.state == DeclaredState.CONFIRMED

    again = asked(cluster, manager, at=AT + timedelta(hours=1))

    assert browser_of(None).get(at_link(again)).status_code == 200
    [line] = declared_page(manager, cluster, AT.date()).lines
    assert (line.state, line.declaration) == (DeclaredState.ASKED, row)


def reminded(on: date) -> None:
    moment = datetime.combine(on, AT.timetz())
    declaration_mails.remind_owners(timestamp=int(moment.timestamp()))


def test_somebody_outside_is_reminded_too_until_they_have_told_it(cluster, manager):
    request = asked(cluster, manager)
    to_owner = OutgoingMail.objects.filter(to_address=ACCOUNTANT.email)
    for _twice in "ab":
        reminded(DUE - timedelta(days=2))
    assert to_owner.count() == 2
    assert link_in(to_owner.order_by("pk").last()) == at_link(request)
    told(request)
    reminded(DUE + timedelta(days=1))
    assert to_owner.count() == 2


def test_an_address_is_gone_when_the_figure_is_confirmed(cluster, manager):
    request = asked(cluster, manager)
    row = told(request)
    request.refresh_from_db()
    assert request.owner_email == ACCOUNTANT.email
    declaring.confirm_declaration(declaration=row, by=manager, at=AT)

    request.refresh_from_db()
    row.refresh_from_db()
    assert (request.owner_name, request.owner_email, request.owner_language) == ("", "", "")
    assert not OutgoingMail.objects.filter(to_address=ACCOUNTANT.email).exists()
    assert row.declared_name == ACCOUNTANT.name
    page = browser_of(manager.person).get(reverse("indicators:declarations", args=["cluster"])).text
    assert ACCOUNTANT.name in page


def test_an_address_is_gone_after_a_year(cluster, manager):
    request = asked(cluster, manager)

    def forgotten(at):
        forget_outside_owners(timestamp=int(at.timestamp()))
        request.refresh_from_db()
        return request.owner_email == request.owner_name == ""

    assert not forgotten(AT + KEPT_FOR)
    assert forgotten(AT + KEPT_FOR + timedelta(days=1))
    assert not OutgoingMail.objects.filter(to_address=ACCOUNTANT.email).exists()
    page = reverse("indicators:declaration", args=["cluster", CODE, "2025"])
    assert "nobody is asked for it any more" in browser_of(manager.person).get(page).text


def test_who_asks_anew_or_no_more_keeps_no_address_of_whoever_was_asked(cluster, manager, second):
    asked(cluster, manager)
    asked(cluster, manager, second)
    assert not OutgoingMail.objects.filter(to_address=ACCOUNTANT.email).exists()
    request = asked(cluster, manager)
    client = browser_of(manager.person)
    path = reverse("indicators:declaration_withdrawal", args=["cluster", request.pk])
    assert client.get(path).status_code == 405
    assert client.post(path).status_code == 302
    assert not DeclarationRequest.objects.exists()
    assert not OutgoingMail.objects.filter(to_address=ACCOUNTANT.email).exists()
    assert client.post(path).status_code == 404


def test_who_is_not_the_one_to_ask_says_so_and_is_forgotten(cluster, manager):
    request = asked(cluster, manager)
    link = at_link(request)
    visitor = browser_of(None)
    answer = visitor.post(at_link(request, "figure_declining"))

    assert "Your address is deleted here." in answer.text
    request.refresh_from_db()
    assert (request.owner_name, request.owner_email) == ("", "")
    assert not OutgoingMail.objects.filter(to_address=ACCOUNTANT.email).exists()
    assert ACCOUNTANT.name in OutgoingMail.objects.get(to_address=manager.person.email).text
    assert visitor.get(link).status_code == 404
    reminded(DUE - timedelta(days=2))
    assert OutgoingMail.objects.count() == 1


def test_somebody_of_the_team_is_never_somebody_outside(cluster, manager, second):
    """Under another address they could confirm what they declared themselves."""
    EmailAddress.objects.create(user=second.person, email="second@home.example")
    for email in (second.person.email.upper(), "Second@home.example"):
        request = asked(cluster, manager, OutsideOwner("Another name", email, "en"))
        assert (request.owner, request.owner_email) == (second.person, "")
    later = asked(cluster, manager)
    row = told(later)
    under_another = PersonFactory()
    EmailAddress.objects.create(user=under_another, email=ACCOUNTANT.email.upper())
    for person in (PersonFactory(email=ACCOUNTANT.email), under_another):
        PositionFactory(organisation=cluster, role=Role.STAFF, person=person)
        client = browser_of(person)
        confirmation = reverse("indicators:declaration_confirm", args=["cluster", row.pk])
        assert client.post(confirmation).status_code == 302
        row.refresh_from_db()
        assert row.confirmed_at is None


def test_an_account_with_the_address_is_told_what_is_known_and_takes_it_along(cluster, manager):
    waiting = asked(cluster, manager, code="funding_secured")
    row = told(asked(cluster, manager))
    declaring.confirm_declaration(declaration=row, by=manager, at=AT)
    person = PersonFactory(email=ACCOUNTANT.email)
    archive = collected(person)["figures told"]
    assert [each["code"] for each in archive["asked to declare by a link"]] == ["funding_secured"]
    assert [each["declared_name"] for each in archive["declared by a link"]] == ["Anna Conti"]
    asker = collected(manager.person)["figures told"]
    assert ACCOUNTANT.email not in str(asker)

    person_erased.send(sender=type(person), person=person, at=AT)

    waiting.refresh_from_db()
    row.refresh_from_db()
    assert (waiting.owner_name, waiting.owner_email) == ("", "")
    assert (row.declared_name, row.declared_mark, row.value) == ("", "", 3)


def test_the_database_keeps_one_owner_and_one_declarer(cluster, manager):
    request = asked(cluster, manager)
    row = told(request)
    for rows, values in (
        (DeclarationRequest.objects, {"owner": manager.person}),
        (DeclarationRequest.objects, {"owner_email": ""}),
        (DeclarationRequest.objects, {"link_ends_on": DUE - timedelta(days=1)}),
        (Declaration.objects, {"declared_by": manager.person}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    assert row.declared_mark == mark_of(ACCOUNTANT.email.upper())


def test_somebody_outside_is_asked_from_the_page(cluster, manager, second):
    client = browser_of(manager.person)
    path = reverse("indicators:declaration_request", args=["cluster"])
    given = {
        "code": CODE,
        "period": "2025",
        "due_on": f"{DUE}",
        "owner": "outside",
        "owner_name": "Anna Conti",
        "owner_email": "anna@studio.example",
        "owner_language": "it",
    }
    for values in (
        {"owner_name": ""},
        {"owner_email": ""},
        {"owner_email": "anna"},
        {"owner_language": "xx"},
    ):
        refused = client.post(path, {**given, **values})
        assert refused.status_code == 422, values
        assert "Anna Conti" in refused.text or "anna@studio.example" in refused.text
    assert client.post(path, given).status_code == 302
    request = DeclarationRequest.objects.get()
    assert (request.owner_name, request.owner_email, request.owner_language) == (
        "Anna Conti",
        "anna@studio.example",
        "it",
    )
    listed = client.get(reverse("indicators:declarations", args=["cluster"])).text
    page = client.get(reverse("indicators:declaration", args=["cluster", CODE, "2025"])).text
    assert ("Anna Conti" in listed, "anna@studio.example" in page) == (True, True)


def test_what_was_typed_for_somebody_outside_hinders_nobody_of_the_team(cluster, manager, second):
    given = {
        "code": CODE,
        "period": "2025",
        "due_on": f"{DUE}",
        "owner": f"{second.person.pk}",
        "owner_name": "",
        "owner_email": "anna",
        "owner_language": "xx",
    }
    path = reverse("indicators:declaration_request", args=["cluster"])

    assert browser_of(manager.person).post(path, given).status_code == 302
    request = DeclarationRequest.objects.get()
    assert (request.owner, request.owner_name, request.owner_email) == (second.person, "", "")


def test_who_may_not_declare_neither_asks_nor_withdraws(cluster, manager):
    request = asked(cluster, manager)
    path = reverse("indicators:declaration_withdrawal", args=["cluster", request.pk])
    contact = browser_of(colleague(cluster, Role.CONTACT).person)
    other = colleague(OrganisationFactory(slug="other"))
    assert contact.post(path).status_code == browser_of(other.person).post(path).status_code == 403
    assert "/accounts/" in browser_of(None).post(path)["Location"]
    elsewhere = reverse("indicators:declaration_withdrawal", args=["other", request.pk])
    assert browser_of(other.person).post(elsewhere).status_code == 404
    with pytest.raises(PermissionDenied), transaction.atomic():
        asking.withdraw_request(request=request, by=other, at=AT)
    assert DeclarationRequest.objects.exists()
