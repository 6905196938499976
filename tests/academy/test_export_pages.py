"""The files of a programme, asked for as a program would."""

import csv
import io
import json

import pytest
from django.urls import reverse
from icalendar import Calendar
from openpyxl import load_workbook

from filiera.academy.models import CalendarFeed
from tests.academy.factories import NOW, EditionFactory, PartFactory, SessionFactory, StarFactory, publish

FILES = (
    "schedule_ics",
    "schedule_json",
    "schedule_xml",
    "schedule_csv",
    "schedule_xlsx",
    "programme_pdf",
    "changes_atom",
)


def published(session_count=1, **part):
    part = PartFactory(edition__public=True, **part)
    for number in range(session_count):
        SessionFactory(part=part, scheduled=True, slug=f"talk-{number}")
    publish(part.edition)
    return part.edition


def address(name, edition):
    return reverse(f"academy:{name}", args=[edition.slug])


@pytest.mark.parametrize("name", FILES)
def test_a_visitor_gets_every_file_of_a_published_programme(client, db, name):
    assert client.get(address(name, published())).status_code == 200


@pytest.mark.parametrize("name", FILES)
def test_a_draft_edition_has_no_files_for_visitors(client, db, name):
    assert client.get(address(name, EditionFactory())).status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_an_edition_without_a_version_has_no_files(client, db, name):
    assert client.get(address(name, EditionFactory(public=True))).status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_did_not_change_is_not_sent_again(client, db, name):
    path = address(name, published())
    etag = client.get(path)["ETag"]

    assert client.get(path, headers={"if-none-match": etag}).status_code == 304


@pytest.mark.parametrize("session_count", [1, 3])
@pytest.mark.parametrize("name", FILES)
def test_file_query_count(client, db, django_assert_num_queries, name, session_count):
    path = address(name, published(session_count))

    with django_assert_num_queries(2):
        client.get(path)


def test_the_draft_is_in_no_file(client, db):
    edition = published()
    SessionFactory(part=edition.parts.get(), slug="secret", title={"en": "Secret draft"})
    edition.sessions.filter(slug="talk-0").update(title={"en": "Secret title"})

    found = [name for name in FILES[:4] if b"Secret" in client.get(address(name, edition)).content]

    assert found == []


def test_the_table_can_be_imported_again(client, db):
    text = client.get(address("schedule_csv", published())).content.decode("utf-8-sig")

    [row] = csv.DictReader(io.StringIO(text))
    assert (row["date"], row["start"], row["end"], row["title_en"], row["kind"]) == (
        "2023-09-21",
        "09:00",
        "10:00",
        "Title of talk-0",
        "lesson",
    )


def test_the_workbook_has_a_row_for_each_session(client, db):
    content = client.get(address("schedule_xlsx", published(3))).content

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [row[13] for row in sheet.iter_rows(values_only=True)] == ["slug", "talk-0", "talk-1", "talk-2"]


def test_titles_come_in_the_language_asked_for(client, db):
    part = PartFactory(edition__public=True)
    SessionFactory(part=part, scheduled=True, title={"en": "Opening", "it": "Apertura"})
    publish(part.edition)

    schedule = json.loads(client.get(address("schedule_json", part.edition), {"lang": "it"}).content)

    [events] = schedule["schedule"]["conference"]["days"][0]["rooms"].values()
    assert [event["title"] for event in events] == ["Apertura"]


def feed_of(star, **state):
    return CalendarFeed.objects.create(
        person=star.person, edition=star.session.edition, token="secret-token", created_at=NOW, **state
    )


def test_a_personal_feed_has_the_starred_sessions_only(client, db):
    star = StarFactory(session__slug="mine")
    SessionFactory(part=star.session.part, scheduled=True, slug="other")
    publish(star.session.edition)
    feed_of(star)

    answer = client.get(reverse("academy:my_feed", args=[star.session.edition.slug, "secret-token"]))

    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["Title of mine"]


def test_a_revoked_feed_is_gone(client, db):
    star = StarFactory()
    publish(star.session.edition)
    feed_of(star, revoked_at=NOW)

    answer = client.get(reverse("academy:my_feed", args=[star.session.edition.slug, "secret-token"]))

    assert answer.status_code == 404


def test_the_feed_of_changes_has_an_entry_for_each_version(client, db):
    edition = published()
    SessionFactory(part=edition.parts.get(), scheduled=True, slug="new", title={"en": "A new talk"})
    publish(edition)

    feed = client.get(address("changes_atom", edition)).content.decode()

    assert (feed.count("<entry"), "“A new talk” is new in the programme." in feed) == (2, True)
