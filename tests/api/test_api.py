"""The API: the same rows as the pages, the same rules, its own words for refusals."""

from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from filiera.academy.models import EditionState
from filiera.accounts.actions.access import make_token, revoke_token
from filiera.accounts.viewer import Viewer
from filiera.api.schema_file import FILE, current
from filiera.config.wsgi import application
from filiera.indicators.actions import sets
from filiera.indicators.models import IndicatorVersion, SetAudience
from tests.academy.factories import (
    ContributionFactory,
    EditionFactory,
    EditionMemberFactory,
    PartFactory,
    SessionFactory,
    SpeakerFactory,
    publish,
)
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory
from tests.indicators.factories import NOW
from tests.indicators.set_factories import CODES, NAME, drafted, published, redefined, sharing
from tests.organisations.factories import OrganisationFactory
from tests.reference.factories import EcosystemFactory, S3PriorityFactory


def token_of(person):
    return make_token(
        name="test",
        scopes_wanted=["read"],
        lasts=timedelta(days=1),
        by=Viewer(person=person),
        at=timezone.now(),
    )


def bearer(secret):
    return {"authorization": f"Bearer {secret}"}


def published_edition(session_count=3):
    part = PartFactory()
    for number in range(session_count):
        SessionFactory(part=part, scheduled=True, slug=f"talk-{number}")
    publish(part.edition)
    return part.edition


def slugs(answer):
    return [item["slug"] for item in answer.json()["items"]]


def test_people_are_counted_point_by_point(client, db):
    edition = published_edition()
    ParticipationFactory(edition=edition, offered=True)
    ParticipationFactory(edition=edition, registered_at=timezone.now())

    answer = client.get(f"/api/v1/editions/{edition.slug}/people")

    assert answer.json() == {"selected": 2, "offered": 1, "confirmed": 1, "registered": 1, "attended": 0}


def test_people_of_a_draft_are_not_counted_for_strangers(client, db):
    draft = EditionFactory()

    assert client.get(f"/api/v1/editions/{draft.slug}/people").status_code == 404


def test_the_description_of_the_api_is_the_committed_one():
    assert current() == FILE.read_text(encoding="utf-8")


def test_a_visitor_sees_listed_editions_only(client, db):
    EditionFactory(slug="shown", public=True)
    EditionFactory(slug="unlisted", unlisted=True)
    EditionFactory(slug="draft")

    assert slugs(client.get("/api/v1/editions")) == ["shown"]


def test_a_token_adds_the_editions_of_its_person(client, db):
    membership = EditionMemberFactory(edition__slug="own-draft")
    EditionFactory(slug="other-draft")
    _token, secret = token_of(membership.person)

    assert slugs(client.get("/api/v1/editions", headers=bearer(secret))) == ["own-draft"]


def test_a_draft_does_not_exist_for_others(client, db):
    EditionFactory(slug="draft")

    answer = client.get("/api/v1/editions/draft")

    assert (answer.status_code, answer.json()) == (
        404,
        {"code": "not_found", "message": "There is nothing at this address that you may see."},
    )


def test_sessions_come_in_pages_by_time(client, db):
    edition = published_edition(3)
    address = f"/api/v1/editions/{edition.slug}/sessions"

    first = client.get(address, {"limit": 2})
    second = client.get(address, {"limit": 2, "after": first.json()["next"]})

    assert (slugs(first), slugs(second), second.json()["next"]) == (["talk-0", "talk-1"], ["talk-2"], None)


def test_a_session_says_what_was_published_and_not_the_draft(client, db):
    edition = published_edition(1)
    session = edition.sessions.get()
    session.title = {"en": "Changed since"}
    session.save()

    answer = client.get(f"/api/v1/editions/{edition.slug}/sessions/talk-0")

    assert (answer.status_code, answer.json()["title"]) == (200, {"en": "Title of talk-0"})


def test_a_biography_needs_consent(client, db):
    session = SessionFactory(scheduled=True)
    texts = {"en": "Born to cluster."}
    for name, consents in (("Ada", True), ("Ben", False)):
        speaker = SpeakerFactory(edition=session.edition, name=name, biography=texts, consenting=consents)
        ContributionFactory(session=session, speaker=speaker)
    publish(session.edition)

    answer = client.get(f"/api/v1/editions/{session.edition.slug}/speakers")

    assert [(item["name"], item["biography"]) for item in answer.json()["items"]] == [
        ("Ada", texts),
        ("Ben", {}),
    ]


def test_organisations_are_filtered_and_paged(client, db):
    for name in ("Beta", "Alfa", "Gamma"):
        OrganisationFactory(name=name, slug=name.lower(), sort_key=name.lower(), kind="cluster")
    OrganisationFactory(name="Firm", kind="company")

    first = client.get("/api/v1/organisations", {"kind": "cluster", "limit": 2})
    second = client.get("/api/v1/organisations", {"kind": "cluster", "after": first.json()["next"]})

    assert (slugs(first), slugs(second)) == (["alfa", "beta"], ["gamma"])


def test_an_unlisted_organisation_does_not_exist_for_a_visitor(client, db):
    OrganisationFactory(slug="hidden", is_listed=False)

    assert client.get("/api/v1/organisations/hidden").status_code == 404


@pytest.fixture
def made(db):
    return sharing(0)


def test_a_shared_set_has_every_version_by_the_definitions_it_means(client, made):
    first = published(made, CODES[:2], audience=SetAudience.EVERYBODY)
    indicator_set, (item, _other) = first.indicator_set, first.items.in_order()
    redefined("members_total")
    sets.begin_next_version(indicator_set=indicator_set, by=made.officer, at=NOW)
    draft = indicator_set.versions.get(published_at__isnull=True)
    kept = draft.items.get(code=item.code)
    note = {"en": "On 31 December."}
    sets.change_item(item=kept, definition=kept.definition, note=note, by=made.officer, at=NOW)
    sets.publish_set(indicator_set=indicator_set, by=made.officer, at=NOW)
    sets.begin_next_version(indicator_set=indicator_set, by=made.officer, at=NOW)

    [listed] = client.get("/api/v1/sets").json()["items"]
    told = client.get(f"/api/v1/sets/{listed['id']}").json()

    assert (listed["organisation"], listed["name"], listed["version"]) == ("network", NAME, 2)
    assert {key: told[key] for key in listed} == listed
    assert [version["number"] for version in told["versions"]] == [2, 1]
    meant = [(each.code, each.definition.version) for each in first.items.in_order()]
    assert [(item["code"], item["definition_version"]) for item in told["versions"][1]["items"]] == meant
    assert IndicatorVersion.objects.current().get(code=item.code).version > item.definition.version
    assert told["versions"][0]["items"][0]["note"] == {"en": "On 31 December."}
    assert told["versions"][0]["items"][0]["name"]["en"]


def test_what_is_no_set_for_everybody_does_not_exist_in_the_api(client, made):
    shown = published(made, audience=SetAudience.EVERYBODY).indicator_set
    hidden = [published(made).indicator_set, drafted(made, audience=SetAudience.EVERYBODY)]
    _token, secret = token_of(made.officer.person)

    # A token speaks for a person and for no workspace: it adds nothing to what everybody reads.
    for headers in ({}, bearer(secret)):
        listed = client.get("/api/v1/sets", headers=headers).json()["items"]
        assert [item["id"] for item in listed] == [shown.pk]
        for indicator_set in hidden:
            assert client.get(f"/api/v1/sets/{indicator_set.pk}", headers=headers).status_code == 404
    made.maker.is_listed = False
    made.maker.save()
    assert client.get(f"/api/v1/sets/{shown.pk}").status_code == 404


@pytest.mark.parametrize("set_count", [1, 3])
def test_set_query_counts(client, made, django_assert_num_queries, set_count):
    for _number in range(set_count):
        version = published(made, CODES[:set_count], audience=SetAudience.EVERYBODY)
    first = client.get("/api/v1/sets", {"limit": 2}).json()
    second = client.get("/api/v1/sets", {"after": first["next"]} if first["next"] else {}).json()
    assert len({item["id"] for page in (first, second) for item in page["items"]}) == set_count

    with django_assert_num_queries(2):
        client.get("/api/v1/sets")
    with django_assert_num_queries(3):
        client.get(f"/api/v1/sets/{version.indicator_set_id}")


@pytest.mark.parametrize("secret", ["fil_unknown", "x", "\u00e9"])
def test_a_wrong_token_is_refused(client, db, secret):
    answer = client.get("/api/v1/editions", headers=bearer(secret))

    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")


def test_a_revoked_token_is_refused(client, db):
    person = PersonFactory()
    token, secret = token_of(person)
    revoke_token(token=token, by=Viewer(person=person), at=timezone.now())

    assert client.get("/api/v1/editions", headers=bearer(secret)).status_code == 401


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "0"}, "not_valid"),
        ({"limit": "many"}, "not_valid"),
        ({"after": "???"}, "invalid_cursor"),
        ({"after": "WzFd"}, "invalid_cursor"),
    ],
)
def test_a_wrong_question_says_what_is_wrong(client, db, query, code):
    answer = client.get("/api/v1/editions", query)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("session_count", [1, 3])
def test_session_list_query_count(client, db, django_assert_num_queries, session_count):
    edition = published_edition(session_count)

    with django_assert_num_queries(2):
        client.get(f"/api/v1/editions/{edition.slug}/sessions")


@pytest.mark.parametrize("edition_count", [1, 3])
def test_edition_list_query_count(client, db, django_assert_num_queries, edition_count):
    for _number in range(edition_count):
        PartFactory(edition__state=EditionState.PUBLIC)

    with django_assert_num_queries(2):
        client.get("/api/v1/editions")


@pytest.mark.parametrize("organisation_count", [1, 3])
def test_organisation_list_query_count(client, db, django_assert_num_queries, organisation_count):
    OrganisationFactory.create_batch(organisation_count)

    with django_assert_num_queries(3):
        client.get("/api/v1/organisations")


def test_an_organisation_tells_its_ecosystems_and_priorities(client, db):
    organisation = OrganisationFactory(slug="north")
    organisation.ecosystems.add(EcosystemFactory(code="AGRI"))
    organisation.s3_priorities.set([S3PriorityFactory(code="green"), S3PriorityFactory(code="food")])

    told = client.get("/api/v1/organisations/north").json()

    assert (told["ecosystems"], told["s3_priorities"]) == (["AGRI"], ["food", "green"])


def test_the_documentation_names_every_operation(client, db):
    page = client.get("/api/docs").content.decode()

    assert [
        path in page for path in ("/api/v1/editions/{slug}/sessions", "/api/v1/organisations/{slug}")
    ] == [
        True,
        True,
    ]


@pytest.fixture
def one_connection(db):
    """The server's habit of closing connections after a request would end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_question_breaks_the_api(case, one_connection):
    # `after` is opaque: that a made-up value of the right form is refused is no fault.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
