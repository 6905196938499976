"""My academy: now and next, what rooms keep for somebody, their messages and their calendar."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from filiera.academy import day_parts
from filiera.academy.actions.broadcasts import send_broadcast
from filiera.academy.actions.countdowns import start_countdown
from filiera.academy.actions.feeds import create_feed
from filiera.academy.day_parts import OwnKind, OwnPart
from filiera.academy.models import BroadcastAudience, EditionRole
from filiera.academy.queries.own_page import own_page
from filiera.academy.queries.published import edition_mark, programme_of
from tests.academy.factories import (
    NOW,
    EditionMemberFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    StarFactory,
    between,
    moment,
    publish,
)
from tests.academy.viewers import client_of, viewer_in

HX = {"HX-Request": "true"}


@pytest.fixture
def day(edition):
    """A lesson for everybody, then two at one time, then lunch."""
    part = PartFactory(edition=edition, online_url="https://video.example.org/all")
    hall = RoomFactory(edition=edition, name={"en": "Great hall"})
    made = {
        "lesson": SessionFactory(part=part, slug="lesson", during=between(moment(9)), room=hall),
        "left": SessionFactory(part=part, slug="left", during=between(moment(10)), room=hall),
        "right": SessionFactory(
            part=part, slug="right", during=between(moment(10)), room=RoomFactory(edition=edition)
        ),
        "lunch": SessionFactory(part=part, slug="lunch", during=between(moment(12, 30)), room=hall),
    }
    publish(edition)
    return made


@pytest.fixture
def address(edition):
    return reverse("academy:my", args=[edition.slug])


@pytest.fixture
def rooms(monkeypatch):
    monkeypatch.setattr(day_parts, "_rooms", {})


def page_at(edition, viewer, at, *starred):
    stars = frozenset(session.pk for session in starred)
    programme = programme_of(edition_mark(viewer, edition.slug))
    return own_page(viewer, edition, programme, stars, at)


def slugs(entries):
    return [entry.address.rstrip("/").rpartition("/")[2] for entry in entries]


def test_the_day_holds_what_is_for_everybody_and_what_one_starred(edition, member, day, rooms):
    page = page_at(edition, member, moment(9, 15), day["left"])

    assert slugs(page.entries) == ["lesson", "left", "lunch"]
    assert slugs(page.now) == ["lesson"]
    assert slugs(page.next) == ["left"]
    assert page.now[0].place == "Great hall"
    assert page.now[0].online_url == "https://video.example.org/all"
    assert page.turns_at == moment(10)


def test_before_and_after_everything(edition, member, day, rooms):
    before, after = page_at(edition, member, moment(7)), page_at(edition, member, moment(20))

    assert (before.now, slugs(before.next)) == ([], ["lesson"])
    assert (after.now, after.next, after.turns_at) == ([], [], None)


def test_the_link_to_take_part_is_for_members(edition, outsider, day, rooms):
    assert page_at(edition, outsider, moment(9, 15)).now[0].online_url == ""


def test_what_rooms_keep_stands_in_the_day_and_under_its_heading(edition, member, day, rooms):
    visit = OwnPart(
        key="visit-1",
        kind=OwnKind.VISIT,
        title="Hydrogen laboratory",
        starts_at=moment(11),
        ends_at=moment(12),
        details=("Bring an identity card.",),
    )
    task = OwnPart(key="task-1", kind=OwnKind.TASK, title="Read the paper")
    day_parts.register("rooms", own_parts=lambda viewer, edition, at: [visit, task])

    page = page_at(edition, member, moment(10, 30))

    assert [entry.title for entry in page.next] == ["Hydrogen laboratory"]
    assert [(str(heading), list(parts)) for heading, parts in page.sections] == [
        ("My visit", [visit]),
        ("To do", [task]),
    ]


def test_rooms_are_not_asked_for_who_does_not_belong(edition, outsider, day, rooms):
    asked = []
    day_parts.register("rooms", own_parts=lambda viewer, edition, at: asked.append(viewer) or [])

    page_at(edition, outsider, moment(10))

    assert asked == []


def test_the_page_says_whose_it_is_and_until_when(address, member_client, day):
    answer = member_client.get(address)

    page = answer.content.decode()
    assert f'data-reader="{answer["X-Own-Page"]}"' in page
    assert len(answer["X-Own-Page"]) == 16
    assert int(answer["X-Own-Until"]) > 0
    assert "private" in answer["Cache-Control"]


def test_two_people_have_two_marks(edition, address, member_client, editor_client, day):
    marks = {client.get(address)["X-Own-Page"] for client in (member_client, editor_client)}

    assert len(marks) == 2


def test_a_telephone_asks_for_the_day_alone(address, member_client, day):
    page = member_client.get(address, headers=HX).content.decode()

    assert page.startswith('<div id="my-day"')
    assert "X-Own-Page" not in member_client.get(address, headers=HX)


def test_messages_and_clocks_are_on_the_page(edition, address, member, member_client, day):
    leader = viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))
    other = EditionMemberFactory(edition=edition, participant=True)
    at = timezone.now()
    for audience, text, people in (
        (BroadcastAudience.EVERYBODY, "Soup is ready.", []),
        (BroadcastAudience.NAMED, "Your group meets outside.", [member.person_id]),
        (BroadcastAudience.NAMED, "Only for the other.", [other.person_id]),
        (BroadcastAudience.TEAM, "Only for the team.", []),
    ):
        send_broadcast(edition=edition, text={"en": text}, audience=audience, people=people, by=leader, at=at)
    start_countdown(edition=edition, room=None, minutes=20, label="Group work", by=leader, at=at)

    page = member_client.get(address).content.decode()

    assert [
        text in page
        for text in (
            "Soup is ready.",
            "Your group meets outside.",
            "Group work",
            "Only for the other.",
            "Only for the team.",
        )
    ] == [True, True, True, False, False]


def test_every_page_of_the_edition_says_what_is_said(edition, member, member_client, client, day):
    leader = viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))
    for audience, text, people in (
        (BroadcastAudience.EVERYBODY, "Soup is ready.", []),
        (BroadcastAudience.NAMED, "Your group meets outside.", [member.person_id]),
    ):
        send_broadcast(
            edition=edition,
            text={"en": text},
            audience=audience,
            people=people,
            by=leader,
            at=timezone.now(),
        )
    address = reverse("academy:told", args=[edition.slug])

    pages = [each.get(address).content.decode() for each in (member_client, client)]

    assert ["Soup is ready." in page for page in pages] == [True, True]
    assert ["Your group meets outside." in page for page in pages] == [True, False]
    schedule = reverse("academy:schedule", args=[edition.slug])
    assert [address in each.get(schedule).content.decode() for each in (member_client, client)] == [
        True,
        False,
    ]


def test_who_leads_reads_on_their_own_page_only_what_is_for_them(edition, day):
    leader = viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))
    member = EditionMemberFactory(edition=edition, participant=True)
    send_broadcast(
        edition=edition,
        text={"en": "For one alone."},
        audience=BroadcastAudience.NAMED,
        people=[member.person_id],
        by=leader,
        at=timezone.now(),
    )

    page = client_of(leader.person).get(reverse("academy:my", args=[edition.slug])).content.decode()

    assert "For one alone." not in page


def test_the_calendar_holds_what_rooms_keep(edition, member, client, day, rooms):
    StarFactory(person=member.person, session=day["left"])
    feed = create_feed(edition=edition, by=member, at=NOW)
    asked = []

    def own_parts(viewer, edition, at):
        asked.append((viewer.person_id, viewer.edition_id, viewer.edition_roles))
        return [
            OwnPart(
                key="meeting-7",
                kind=OwnKind.MEETING,
                title="Meeting with Ada",
                starts_at=moment(11),
                ends_at=moment(11, 20),
                place="Table 4",
            ),
            OwnPart(key="task-1", kind=OwnKind.TASK, title="Without an hour"),
        ]

    day_parts.register("meetings", own_parts=own_parts)

    text = client.get(reverse("academy:my_feed", args=[edition.slug, feed.token])).content.decode()

    assert asked == [(member.person_id, edition.pk, member.edition_roles)]
    assert text.count("BEGIN:VEVENT") == 2
    assert f"UID:meeting-7@{edition.slug}." in text
    assert "LOCATION:Table 4" in text
    assert "DTSTART;TZID=Europe/Rome:20230921T110000" in text
    assert "Without an hour" not in text


def test_the_calendar_of_who_left_holds_nothing_of_the_rooms(edition, member, client, day, rooms):
    feed = create_feed(edition=edition, by=member, at=NOW)
    member.person.edition_roles.update(until=NOW + timedelta(days=1))
    day_parts.register("meetings", own_parts=lambda viewer, edition, at: pytest.fail("asked"))

    text = client.get(reverse("academy:my_feed", args=[edition.slug, feed.token])).content.decode()

    assert "BEGIN:VEVENT" not in text


def test_the_worker_serves_its_own_page_only(edition, client):
    answer = client.get(reverse("academy:my_worker", args=[edition.slug]))

    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Service-Worker-Allowed" not in answer


@pytest.mark.parametrize("row_count", [1, 5])
def test_the_page_asks_as_often_for_a_long_programme(
    edition, address, member_client, day, row_count, django_assert_num_queries, rooms
):
    for number in range(row_count):
        SessionFactory(part=day["left"].part, during=between(moment(14 + number), 30))
    publish(edition, at=NOW + timedelta(hours=1))
    member_client.get(address)

    with django_assert_num_queries(12):
        member_client.get(address)
