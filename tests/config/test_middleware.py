"""What a request meets before a page: NUL bytes, proxies, and who is looking."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg import errors
from pytest_django import DjangoAssertNumQueries

from filiera.academy.models import EditionMember, EditionRole
from filiera.accounts.models import Person
from filiera.accounts.viewer import VISITOR
from filiera.config.middleware import BusyDatabaseMiddleware, ForwardedMiddleware, NulByteMiddleware
from filiera.config.viewers import viewer_at, viewer_of
from filiera.organisations.models import Position, Role
from tests.academy.factories import EditionFactory
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import OrganisationFactory

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.META["REMOTE_ADDR"])


@pytest.mark.parametrize("path", ["/academy/\x00/", "/directory/?q=%00", "/directory/?a=b&q=x%00y"])
def test_an_address_with_a_nul_byte_is_a_bad_request(path: str) -> None:
    assert NulByteMiddleware(answer)(RequestFactory().get(path)).status_code == 400


def test_other_addresses_pass() -> None:
    assert NulByteMiddleware(answer)(RequestFactory().get("/directory/?q=%2500")).status_code == 200


@pytest.mark.parametrize(
    ("trusted", "passed", "seen"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "203.0.113.9"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_visitors_address_comes_from_as_many_proxies_as_are_trusted(
    monkeypatch: pytest.MonkeyPatch, trusted: int, passed: str, seen: str
) -> None:
    monkeypatch.setattr(settings, "TRUSTED_PROXIES", trusted)
    request = RequestFactory().get("/", headers={"x-forwarded-for": passed} if passed else {})

    assert ForwardedMiddleware(answer)(request).content.decode() == seen


@pytest.mark.parametrize("cause", [errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled])
def test_who_waited_too_long_is_asked_to_come_again(cause: type[Exception]) -> None:
    failed = OperationalError("canceling statement due to lock timeout")
    failed.__cause__ = cause()

    told = BusyDatabaseMiddleware(answer).process_exception(RequestFactory().post("/texts/"), failed)

    assert told is not None
    assert (told.status_code, told.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize("failed", [OperationalError("no such server"), ValueError("a fault of ours")])
def test_other_faults_rise(failed: Exception) -> None:
    assert BusyDatabaseMiddleware(answer).process_exception(RequestFactory().get("/"), failed) is None


def test_nobody_is_a_visitor_without_a_question_to_the_database() -> None:
    request = RequestFactory().get("/academy/some/")
    request.user = object()  # type: ignore[assignment]

    assert viewer_of(request) is VISITOR


@pytest.mark.django_db
def test_an_organisation_in_the_address_gives_its_roles(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person, organisation = PersonFactory(), OrganisationFactory()
    Position.objects.create(
        person=person, organisation=organisation, role=Role.MANAGER, from_date=date(2020, 1, 1)
    )
    Position.objects.create(
        person=person, organisation=OrganisationFactory(), role=Role.STAFF, from_date=date(2020, 1, 1)
    )

    with django_assert_num_queries(1):
        viewer = viewer_at(person, f"/o/{organisation.slug}/members/")

    assert viewer.organisation_id == organisation.pk
    assert viewer.organisation_roles == {Role.MANAGER}
    assert viewer.may("organisation.team")
    assert not viewer.may("programme.publish")


@pytest.mark.django_db
def test_an_edition_in_the_address_gives_its_roles_while_they_last(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person, edition = PersonFactory(), EditionFactory()
    EditionMember.objects.create(edition=edition, person=person, role=EditionRole.PROGRAMME, since=NOW)
    EditionMember.objects.create(
        edition=edition, person=person, role=EditionRole.DIRECTOR, since=NOW, until=NOW
    )

    with django_assert_num_queries(1):
        viewer = viewer_at(person, f"/academy/{edition.slug}/desk/")

    assert viewer.edition_id == edition.pk
    assert viewer.edition_roles == {EditionRole.PROGRAMME}
    assert viewer.may("programme.publish")
    assert not viewer.may("edition.edit")


@pytest.mark.django_db
def test_a_stranger_gets_no_role_from_an_address() -> None:
    person: Person = PersonFactory()
    organisation, edition = OrganisationFactory(), EditionFactory()

    for path in (f"/o/{organisation.slug}/", f"/academy/{edition.slug}/", "/"):
        assert viewer_at(person, path) == replace(VISITOR, person=person)
