"""What visitors, members and outsiders get at the public addresses of an edition."""

import gzip
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filiera.academy import day_parts
from filiera.academy.models import EditionState, Session
from filiera.academy.page_cache import kept, versions
from tests.academy.factories import (
    ContributionFactory,
    EditionFactory,
    MaterialFactory,
    PartFactory,
    SessionFactory,
    StarFactory,
    between,
    moment,
    publish,
)

pytestmark = pytest.mark.django_db

PAGES = ["edition", "schedule", "speakers", "changes"]


@pytest.fixture(autouse=True)
def _empty_cache():
    kept.clear()
    versions.clear()


def page(name: str, edition, *arguments: str) -> str:
    return reverse(f"academy:{name}", args=[edition.slug, *arguments])


def programme(edition, **session) -> Session:
    """One session with a speaker, published."""
    part = PartFactory(edition=edition)
    row = SessionFactory(part=part, scheduled=True, **session)
    ContributionFactory(session=row)
    publish(edition)
    return row


@pytest.mark.parametrize("name", PAGES)
def test_everybody_reads_a_public_edition(client, edition, name):
    programme(edition)

    assert client.get(page(name, edition)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_draft_does_not_exist_for_outsiders(client, outsider_client, edition, name):
    programme(edition)
    edition.state = EditionState.DRAFT
    edition.save()

    answers = [client.get(page(name, edition)), outsider_client.get(page(name, edition))]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("name", PAGES)
def test_a_draft_is_read_by_its_team(editor_client, edition, name):
    programme(edition)
    edition.state = EditionState.DRAFT
    edition.save()

    assert editor_client.get(page(name, edition)).status_code == 200


def test_a_page_kept_for_visitors_does_not_open_a_draft_again(client, edition):
    programme(edition)
    assert client.get(page("schedule", edition)).status_code == 200
    edition.state = EditionState.DRAFT
    edition.save()

    assert client.get(page("schedule", edition)).status_code == 404


def test_an_edition_without_a_programme_says_so(client, edition):
    PartFactory(edition=edition)

    assert client.get(page("edition", edition)).status_code == 200


@pytest.mark.parametrize("name", ["schedule", "speakers", "changes"])
def test_there_is_no_programme_before_the_first_publication(client, edition, name):
    assert client.get(page(name, edition)).status_code == 404


def test_the_list_shows_public_editions_and_ones_own(client, editor_client, edition):
    for other in (EditionFactory(), EditionFactory(unlisted=True)):
        PartFactory(edition=other)
    edition.state = EditionState.DRAFT
    edition.save()
    shown = EditionFactory(public=True)

    for reader, expected in ((client, {shown.pk}), (editor_client, {shown.pk, edition.pk})):
        editions = reader.get(reverse("academy:edition_list")).context["editions"]
        assert {each.pk for each in editions} == expected


@pytest.mark.parametrize("count", [1, 3])
def test_edition_list_query_count(client, django_assert_num_queries, count):
    for _ in range(count):
        PartFactory(edition=EditionFactory(public=True))

    with django_assert_num_queries(2):
        client.get(reverse("academy:edition_list"))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("schedule", 3), ("speakers", 3), ("edition", 10), ("changes", 3)]
)
def test_query_count_for_visitors(client, edition, django_assert_num_queries, name, queries, count):
    part = PartFactory(edition=edition)
    for _ in range(count):
        ContributionFactory(session=SessionFactory(part=part, scheduled=True))
    publish(edition)

    with django_assert_num_queries(queries):
        client.get(page(name, edition))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("schedule", 7), ("my", 14)])
def test_query_count_for_members(
    member, member_client, edition, django_assert_num_queries, name, queries, count, monkeypatch
):
    # What each room above adds to one's own page is counted where the room is.
    monkeypatch.setattr(day_parts, "_rooms", {})
    part = PartFactory(edition=edition)
    for _ in range(count):
        StarFactory(session=SessionFactory(part=part, scheduled=True), person=member.person)
    publish(edition)

    with django_assert_num_queries(queries):
        member_client.get(page(name, edition))


def test_a_kept_page_costs_one_question(client, edition, django_assert_num_queries):
    programme(edition)
    first = client.get(page("schedule", edition))

    with django_assert_num_queries(1):
        second = client.get(page("schedule", edition))

    assert second.content == first.content


def test_nothing_is_sent_to_whom_has_the_page(client, edition):
    programme(edition)
    etag = client.get(page("schedule", edition))["ETag"]

    again = client.get(page("schedule", edition), headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_a_new_version_is_a_new_page(client, edition):
    session = programme(edition, title={"en": "As it was"})
    old = client.get(page("schedule", edition))
    Session.objects.filter(pk=session.pk).update(title={"en": "As it is"})
    publish(edition)

    new = client.get(page("schedule", edition), headers={"If-None-Match": old["ETag"]})

    assert "As it is" in new.content.decode()
    assert "As it was" not in new.content.decode()


def test_pages_are_compressed_for_who_can_read_that(client, edition):
    programme(edition)
    plain = client.get(page("schedule", edition))

    packed = client.get(page("schedule", edition), headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


def test_a_kept_page_is_never_one_persons(client, member, member_client, edition):
    session = programme(edition)
    StarFactory(session=session, person=member.person)
    mine = member_client.get(page("schedule", edition))

    theirs = client.get(page("schedule", edition))

    assert 'aria-pressed="true"' in mine.content.decode()
    assert [
        secret for secret in ("aria-pressed", member.person.name) if secret in theirs.content.decode()
    ] == []
    assert "ETag" not in mine


def test_a_message_waiting_for_one_visitor_is_shown_to_no_other(client, edition):
    programme(edition)
    client.cookies["messages"] = "anything"
    client.get(page("schedule", edition))

    assert kept.held_bytes == 0 or all(key[0] != "academy/public/schedule.html" for key in kept._values)


def test_each_language_has_its_own_page(client, edition):
    programme(edition, title={"en": "Opening", "it": "Apertura"})

    english = client.get(page("schedule", edition), headers={"Accept-Language": "en"}).content.decode()
    italian = client.get(page("schedule", edition), headers={"Accept-Language": "it"}).content.decode()

    assert (">Opening</a>" in english, ">Apertura</a>" in english) == (True, False)
    assert (">Opening</a>" in italian, ">Apertura</a>" in italian) == (False, True)


def test_a_text_in_another_language_says_which(client, edition):
    programme(edition, title={"it": "Apertura"})

    shown = client.get(page("schedule", edition), headers={"Accept-Language": "en"}).content.decode()

    assert ' lang="it">Apertura</a>' in shown


def test_texts_are_shown_and_never_obeyed(client, edition):
    session = programme(
        edition,
        title={"en": "<script>alert(1)</script> <star> & ''"},
        abstract={"en": "<img src=x onerror=alert(1)> [x](javascript:alert(1))"},
    )

    for name, arguments in (("schedule", ()), ("session", (session.slug,)), ("changes", ())):
        shown = client.get(page(name, edition, *arguments)).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert 'href="javascript' not in shown


def test_what_was_not_prepared_is_rendered_when_read(client, edition):
    session = programme(edition, title={"en": "Opening"}, abstract={"en": "What for"})
    addresses = [page("schedule", edition), page("speakers", edition), page("session", edition, session.slug)]
    prepared = [client.get(address).content for address in addresses]
    edition.current_version.prepared_format = 0
    edition.current_version.save()
    edition.current_version.sessions.update(rows={}, bodies={})
    edition.current_version.speakers.update(rows={})
    kept.clear()
    versions.clear()

    shown = [client.get(address).content for address in addresses]

    assert shown == prepared
    assert [b"Opening" in each for each in shown] == [True, False, True]


def test_a_session_outside_the_version_does_not_exist(client, edition):
    programme(edition)
    waiting = SessionFactory(part__edition=edition, scheduled=True)

    assert client.get(page("session", edition, waiting.slug)).status_code == 404


def test_a_speaker_outside_the_version_does_not_exist(client, edition):
    programme(edition)

    assert client.get(page("speaker", edition, "nobody")).status_code == 404


def test_a_speaker_has_a_page(client, edition):
    session = programme(edition)
    speaker = session.contributions.get().speaker

    shown = client.get(page("speaker", edition, speaker.slug)).context["speaker"]

    assert (shown["name"], [part["slug"] for part in shown["sessions"]]) == (speaker.name, [session.slug])


@pytest.mark.parametrize("count", [0, 3])
def test_session_query_count(client, edition, django_assert_num_queries, count):
    session = programme(edition)
    MaterialFactory.create_batch(count, session=session, public=True)

    with django_assert_num_queries(5 if count else 4):
        client.get(page("session", edition, session.slug))


def materials(client: Client, edition, session) -> list[int]:
    shown = client.get(page("session", edition, session.slug))
    return [] if shown.context is None else [material.pk for material in shown.context["materials"]]


def test_materials_are_given_by_audience(client, member_client, editor_client, outsider_client, edition):
    session = programme(edition)
    public = MaterialFactory(session=session, public=True).pk
    participants = MaterialFactory(session=session).pk
    team = MaterialFactory(session=session, for_team=True).pk

    seen = [
        materials(each, edition, session) for each in (client, outsider_client, member_client, editor_client)
    ]

    assert seen == [[public], [public], [public, participants], [public, participants, team]]


def test_materials_for_afterwards_wait_for_the_end(client, edition):
    started = timezone.now() - timedelta(minutes=30)
    session = programme(edition, during=between(started, 60))
    MaterialFactory(session=session, public=True, afterwards=True)
    assert materials(client, edition, session) == []

    Session.objects.filter(pk=session.pk).update(during=between(started, 20))

    assert len(materials(client, edition, session)) == 1


LINK = "https://video.example.org/room"


@pytest.mark.parametrize(
    ("minutes_to_start", "is_shown"), [(16, False), (14, True), (-30, True), (-61, False)]
)
def test_members_get_the_link_from_a_quarter_of_an_hour_before_until_the_end(
    member_client, edition, minutes_to_start, is_shown
):
    start = timezone.now() + timedelta(minutes=minutes_to_start)
    session = programme_online(edition, between(start, 60))

    assert (LINK in member_client.get(page("session", edition, session.slug)).content.decode()) == is_shown


def test_others_never_get_the_link(client, outsider_client, edition):
    session = programme_online(edition, between(timezone.now(), 60))

    for reader in (client, outsider_client):
        assert LINK not in reader.get(page("session", edition, session.slug)).content.decode()


def test_a_cancelled_session_opens_no_doors(member_client, edition):
    session = programme_online(edition, between(timezone.now(), 60))
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    publish(edition)

    assert LINK not in member_client.get(page("session", edition, session.slug)).content.decode()


def programme_online(edition, during) -> Session:
    session = SessionFactory(part=PartFactory(edition=edition, online=True), scheduled=True, during=during)
    publish(edition)
    return session


def test_a_demonstration_can_be_seen_at_another_time(client):
    edition = EditionFactory(public=True, demonstration=True)
    programme(edition, during=between(moment(9)))

    shown = client.get(f"{page('schedule', edition)}?as_of=day-1")
    afterwards = client.get(page("schedule", edition))

    assert " is-now" in shown.content.decode()
    assert " is-now" in afterwards.content.decode()
    assert Client().get(page("schedule", edition)).content.decode().count(" is-over") == 1


def test_a_demonstration_has_a_clock_of_its_own_until_the_visitor_chooses(client):
    edition = EditionFactory(public=True, demonstration=True, clock_at=moment(9, 30))
    programme(edition, during=between(moment(9)))
    address = page("schedule", edition)

    marks = [
        [mark in client.get(f"{address}{query}").content.decode() for mark in (" is-now", " is-over")]
        for query in ("", "?as_of=now", "", "?as_of=own")
    ]

    assert marks == [[True, False], [False, True], [False, True], [True, False]]


def test_a_real_edition_has_no_other_clock(client, edition):
    programme(edition, during=between(moment(9)))

    shown = client.get(f"{page('schedule', edition)}?as_of=day-1")

    assert " is-now" not in shown.content.decode()
    assert [name for name in shown.cookies if name.startswith("filiera_clock")] == []


@pytest.mark.parametrize("query", ["", "?view=grid", "?zone=Asia/Tokyo", "?q=anything"])
def test_a_programme_without_sessions_is_a_page(client, edition, query):
    publish(edition)

    shown = client.get(f"{page('schedule', edition)}{query}")

    assert (shown.status_code, shown.context["total"]) == (200, 0)


def test_only_sources_on_the_web_are_linked(client, edition):
    web = {"url": "https://example.org/a", "note": "read"}
    edition.sources = [web, {"url": "javascript:alert(1)", "note": "x"}]
    edition.save()
    session = programme(edition, sources=edition.sources)

    pages = [page("edition", edition), page("schedule", edition), page("session", edition, session.slug)]

    assert ["javascript:" in client.get(each).content.decode() for each in pages] == [False, False, False]
    assert edition.current_version.sessions.get().data["sources"] == [web]


@pytest.mark.parametrize(("state", "told"), [("unlisted", "noindex"), ("public", None)])
def test_search_engines_are_kept_from_what_is_not_listed(client, state, told):
    edition = EditionFactory(state=state)
    SessionFactory(part__edition=edition, scheduled=True)
    publish(edition)

    answer = client.get(f"/academy/{edition.slug}/schedule/")

    assert (answer.status_code, answer.headers.get("X-Robots-Tag")) == (200, told)
