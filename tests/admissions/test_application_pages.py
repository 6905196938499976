"""Applying through the pages: the way of an applicant, and the refusals beside it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filiera.admissions.models import Application, ApplicationState, CallKind
from filiera.reference.models import Country, Language
from tests.academy.viewers import client_of
from tests.accounts.factories import PASSWORD, PersonFactory
from tests.admissions.factories import AccessCodeFactory, ApplicationFactory, CallFactory
from tests.organisations.factories import OrganisationFactory, PositionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(edition):
    now = timezone.now()
    return CallFactory(
        edition=edition, opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10, hours=1)
    )


@pytest.fixture
def applicant(db):
    return PersonFactory(name="Ana Silva", email="ana@example.org", password=PASSWORD)


@pytest.fixture
def applicant_client(applicant):
    return client_of(applicant)


@pytest.fixture
def reference(db):
    Country.objects.get_or_create(code="IT", defaults={"alpha3": "ITA", "names": {"en": "Italy"}})
    Language.objects.get_or_create(
        code="it", defaults={"names": {"en": "Italian"}, "native_name": "Italiano"}
    )


@pytest.fixture
def draft(call, applicant):
    """An untouched draft of the applicant."""
    begun = timezone.now() - timedelta(hours=1)
    return ApplicationFactory(
        call=call, draft=True, filed_by=applicant, candidate_name="", candidate_email="", created_at=begun,
        changed_at=begun, challenge_title="",
    )  # fmt: skip


def address(name, application_or_edition, *keys):
    if isinstance(application_or_edition, Application):
        keys = (application_or_edition.call.edition.slug, application_or_edition.pk, *keys)
    else:
        keys = (application_or_edition.slug, *keys)
    return reverse(f"admissions:{name}", args=keys)


def seen_in(page):
    return re.search(r'name="seen" id="seen" value="(\w+)"', page.content.decode())[1]


def post_step(client, application, step, **values):
    place = address("application_step", application, step)
    return client.post(place, {"seen": seen_in(client.get(place)), **values})


def test_the_call_says_that_it_is_open_and_for_how_long(client, call):
    page = client.get(address("apply", call.edition))

    assert b"The call is open for 10 more days" in page.content
    assert b"(Europe/Rome)" in page.content


def test_an_applicant_goes_all_the_way(applicant_client, applicant, call, reference):
    own = PositionFactory(person=applicant, organisation__name="Agrocluster").organisation

    begun = applicant_client.post(address("application_new", call.edition), {"organisation": str(own.pk)})
    application = Application.objects.get()
    assert begun.url == address("application_step", application, "candidate")
    answers = [
        post_step(applicant_client, application, "candidate", who="me", candidate_name="Ana Silva"),
        post_step(
            applicant_client, application, "profile",
            country="IT", languages=["it"], maturity="mature", is_returning="no",
        ),
        post_step(
            applicant_client, application, "challenge", challenge_title="Silent members", challenge="So."
        ),
        applicant_client.post(address("application_step", application, "sending")),
    ]  # fmt: skip

    application.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 302, 302, 302]
    assert (application.state, application.organisation, application.candidate) == (
        "submitted",
        own,
        applicant,
    )
    page = applicant_client.get(address("application", application))
    assert b"Application 1 is sent" in page.content


def test_what_a_visitor_chose_waits_until_they_have_signed_in(client, applicant, call):
    organisation = OrganisationFactory(name="Agrocluster")
    begin = address("application_new", call.edition)

    sent_away = client.post(begin, {"organisation": str(organisation.pk), "find": "Agro"})
    client.post(sent_away.url, {"login": applicant.email, "password": PASSWORD})
    back = client.get(begin)

    assert f"next={begin}" in sent_away.url
    assert re.search(rf'value="{organisation.pk}" checked', back.content.decode())
    assert b"your choice is still here" in back.content


def test_what_was_typed_after_the_session_ended_waits_too(applicant, draft):
    client = Client()
    place = address("application_step", draft, "challenge")

    sent_away = client.post(place, {"seen": "x", "challenge_title": "Typed for an hour"})
    client.post(sent_away.url, {"login": applicant.email, "password": PASSWORD})
    back = client.get(place)

    assert b"Typed for an hour" in back.content
    draft.refresh_from_db()
    assert draft.challenge_title == ""


def test_a_draft_is_kept_while_typing_and_the_page_says_when(applicant_client, draft):
    page = applicant_client.get(address("application_step", draft, "challenge"))
    keeping = address("application_draft", draft, "challenge")

    first = applicant_client.post(keeping, {"seen": seen_in(page), "challenge_title": "Sil"})
    second = applicant_client.post(keeping, {"seen": seen_in(first), "challenge_title": "Silent"})

    draft.refresh_from_db()
    assert draft.challenge_title == "Silent"
    assert re.search(r"Saved at \d\d:\d\d", second.content.decode())


def test_a_second_window_is_told_and_overwrites_only_when_it_says_so(applicant_client, draft):
    place = address("application_step", draft, "challenge")
    mark = seen_in(applicant_client.get(place))
    post_step(applicant_client, draft, "challenge", challenge_title="First", challenge="x")

    kept = applicant_client.post(
        address("application_draft", draft, "challenge"), {"seen": mark, "challenge_title": "Second"}
    )
    refused = applicant_client.post(place, {"seen": mark, "challenge_title": "Second", "challenge": "y"})
    again = applicant_client.post(
        place, {"seen": seen_in(refused), "challenge_title": "Second", "challenge": "y"}
    )

    draft.refresh_from_db()
    assert b"changed in another window" in kept.content
    assert (refused.status_code, b"Second" in refused.content, again.status_code) == (422, True, 302)
    assert draft.challenge_title == "Second"


def test_the_closing_passes_while_somebody_types(applicant_client, draft):
    place = address("application_step", draft, "challenge")
    mark = seen_in(applicant_client.get(place))
    draft.call.closes_at = timezone.now() - timedelta(hours=1)
    draft.call.save()

    refused = applicant_client.post(
        place, {"seen": mark, "challenge_title": "Typed", "challenge": "Words that must not be lost"}
    )

    assert refused.status_code == 422
    assert b"The call closed on" in refused.content
    assert b"Words that must not be lost" in refused.content


def test_without_a_script_a_half_filled_step_is_saved_by_its_button(applicant_client, draft):
    answer = post_step(applicant_client, draft, "challenge", challenge_title="Half", draft="1")

    draft.refresh_from_db()
    assert (answer.status_code, draft.challenge_title) == (302, "Half")


def test_a_step_that_is_wrong_keeps_what_was_typed(applicant_client, draft):
    answer = post_step(
        applicant_client, draft, "candidate", who="other", candidate_name="Bruno", candidate_email="bruno@"
    )

    assert answer.status_code == 422
    assert b"Bruno" in answer.content


def test_searching_finds_in_the_directory_with_and_without_script(client, call):
    OrganisationFactory(name="Agrocluster Bio", search_key="agrocluster bio")
    OrganisationFactory(name="Steel", search_key="steel")

    by_script = client.get(address("organisation_search", call.edition), {"find": "agro"})
    by_button = client.post(address("application_new", call.edition), {"find": "agro", "search": "1"})

    for page in (by_script, by_button):
        assert (b"Agrocluster Bio" in page.content, b"Steel" in page.content) == (True, False)
    assert by_button.status_code == 200


def test_a_new_name_is_taken_when_nothing_is_like_it(applicant_client, call):
    values = {"organisation": "new", "organisation_name": "Cluster X", "organisation_kind": "cluster"}
    applicant_client.post(address("application_new", call.edition), values)

    assert Application.objects.get().organisation_name == "Cluster X"


def test_a_name_like_one_of_the_directory_is_asked_about(applicant_client, call):
    OrganisationFactory(name="Agrocluster Bio")
    values = {"organisation": "new", "organisation_name": "Agrocluster Bio", "organisation_kind": "cluster"}
    new = address("application_new", call.edition)

    asked = applicant_client.post(new, values)
    applicant_client.post(new, {**values, "is_another": "on"})

    assert asked.status_code == 422
    assert b"The directory has a similar name" in asked.content
    assert Application.objects.count() == 1


def test_a_code_in_the_address_lets_in_after_the_closing(applicant_client, edition):
    call = CallFactory(edition=edition)
    code = AccessCodeFactory(call=call, valid_until=timezone.now() + timedelta(days=1))
    organisation = OrganisationFactory()
    new = address("application_new", edition)
    refused = applicant_client.post(new, {"organisation": str(organisation.pk)})

    applicant_client.get(address("apply", edition), {"code": code.code.lower()})
    taken = applicant_client.post(new, {"organisation": str(organisation.pk)})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert Application.objects.get().access_code == code


def test_a_wrong_code_is_refused_in_words(client, edition):
    CallFactory(edition=edition)

    answer = client.post(address("code_enter", edition), {"code": "ABCD-EFGH-JKLM"})

    assert answer.status_code == 422
    assert b"This code opens nothing" in answer.content


PAGES = [
    ("application", ()),
    ("application_step", ("challenge",)),
    ("application_step", ("sending",)),
]


@pytest.mark.parametrize(("name", "keys"), PAGES)
def test_others_do_not_see_an_application(
    name, keys, draft, client, outsider_client, member_client, director_client
):
    statuses = [
        other.get(address(name, draft, *keys)).status_code
        for other in (client, outsider_client, member_client, director_client)
    ]

    # A draft is nobody's business but the applicant's: the team does not see it either.
    assert statuses == [302, 404, 404, 404]


def test_the_team_reads_a_sent_application_and_does_not_write_it(director_client, call):
    application = ApplicationFactory(call=call)

    assert director_client.get(address("application", application)).status_code == 200
    assert director_client.get(address("application_step", application, "challenge")).status_code == 403


def test_a_step_that_the_call_does_not_have_is_not_there(applicant_client, draft):
    for step in ("venue", "questions-1", "nonsense"):
        assert applicant_client.get(address("application_step", draft, step)).status_code == 404


def test_withdrawing_and_discarding_by_button(applicant_client, applicant, call, draft):
    sent = ApplicationFactory(call=call, filed_by=applicant)

    applicant_client.post(address("application_withdrawal", sent))
    applicant_client.post(address("application_deletion", draft))

    sent.refresh_from_db()
    assert sent.state == ApplicationState.WITHDRAWN
    assert list(Application.objects.all()) == [sent]


def test_an_offer_to_host_goes_its_own_way(applicant_client, edition, reference):
    now = timezone.now()
    CallFactory(
        edition=edition, hosts=True, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9)
    )
    organisation = OrganisationFactory()

    applicant_client.post(address("offer_new", edition), {"organisation": str(organisation.pk)})
    offer = Application.objects.get()
    post_step(applicant_client, offer, "contact", candidate_name="A", candidate_email="a@b.org", country="IT")
    post_step(applicant_client, offer, "venue", venue_name="Hall", city="Torino", rooms="One", seats="80")
    post_step(applicant_client, offer, "dates", first_day="2027-05-03", last_day="2027-05-05")
    post_step(applicant_client, offer, "offer", offer="Two laboratories")
    applicant_client.post(address("application_step", offer, "sending"))

    offer.refresh_from_db()
    assert (offer.call.kind, offer.state, offer.host_offer.city) == (CallKind.HOSTS, "submitted", "Torino")


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_of_a_call_asks_as_many_questions_whatever_one_filed(
    applicant_client, applicant, call, django_assert_num_queries, count
):
    for _ in range(count):
        ApplicationFactory(call=call, filed_by=applicant)

    with django_assert_num_queries(10):
        applicant_client.get(address("apply", call.edition))
