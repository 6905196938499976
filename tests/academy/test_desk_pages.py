"""The desk's pages: open for the team, closed for others, as many queries for one row as for three."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from filiera.academy import models
from filiera.academy.actions import checklist, overlaps
from filiera.accounts.viewer import SYSTEM
from tests.academy.factories import (
    NOW,
    ContributionFactory,
    EditionFactory,
    MaterialFactory,
    ObjectiveFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    VenueFactory,
    between,
    moment,
)

PAGES = [
    "desk",
    "desk_programme",
    "desk_sessions",
    "desk_session_new",
    "desk_speakers",
    "desk_speaker_new",
    "desk_team",
    "desk_checklist",
    "desk_task_new",
    "desk_parts",
    "desk_part_new",
    "desk_rooms",
    "desk_room_new",
    "desk_venue_new",
    "desk_versions",
]


@pytest.fixture
def part(edition):
    return PartFactory(edition=edition)


def fill(edition, count):
    """`count` of everything that the lists of the desk show."""
    part = PartFactory(edition=edition, venue=VenueFactory(edition=edition))
    for number in range(count):
        room = RoomFactory(edition=edition, venue=part.venue, capacity=10)
        session = SessionFactory(part=part, room=room, during=between(moment(9 + number)), capacity=50)
        SessionFactory(part=part)
        ObjectiveFactory(edition=edition).sessions.add(session)
        ContributionFactory(session=session)
        MaterialFactory(session=session)
        room.closures.create(during=between(moment(20)))
        VenueFactory(edition=edition)
        overlaps.allow_overlap(
            first=session, second=SessionFactory(part=part), speaker=None, reason="Turns", by=SYSTEM, at=NOW
        )
    checklist.add_usual_tasks(edition=edition, by=SYSTEM, at=NOW)


def address(name, edition, *arguments):
    return reverse(f"academy:{name}", args=[edition.slug, *arguments])


@pytest.mark.parametrize("page", [*PAGES, "desk_publish"])
def test_the_programme_team_opens_every_page(edition, editor_client, page):
    fill(edition, 2)

    answer = editor_client.get(address(page, edition))

    assert answer.status_code == 200


@pytest.mark.parametrize("page", ["desk_edition"])
def test_the_director_opens_the_edition_itself(edition, director_client, page):
    answer = director_client.get(address(page, edition))

    assert answer.status_code == 200


@pytest.mark.parametrize("page", ["desk", "desk_programme", "desk_sessions", "desk_speakers", "desk_publish"])
def test_an_empty_edition_says_how_to_begin(edition, editor_client, page):
    answer = editor_client.get(address(page, edition))

    assert answer.status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "desk_publish", "desk_edition"])
@pytest.mark.parametrize("who", ["member_client", "outsider_client"])
def test_others_are_refused(edition, page, who, request):
    answer = request.getfixturevalue(who).get(address(page, edition))

    assert answer.status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_is_asked_to_sign_in(edition, client, page):
    answer = client.get(address(page, edition))

    expected = f"{reverse('account_login')}?{urlencode({'next': address(page, edition)}, safe='/')}"
    assert (answer.status_code, answer.headers["Location"]) == (302, expected)


@pytest.mark.parametrize("page", PAGES)
def test_the_desk_of_a_draft_edition_is_unknown_to_others(page, outsider_client):
    other = EditionFactory()

    answer = outsider_client.get(address(page, other))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("desk", None),
        ("desk_programme", None),
        ("desk_sessions", None),
        ("desk_speakers", None),
        ("desk_team", None),
        ("desk_checklist", None),
        ("desk_parts", None),
        ("desk_rooms", None),
        ("desk_versions", None),
    ],
)
def test_desk_query_counts(edition, editor_client, page, queries, django_assert_max_num_queries):
    counts = []
    fill(edition, 1)
    for _round in range(2):
        with django_assert_max_num_queries(60) as captured:
            editor_client.get(address(page, edition))
        counts.append(len(captured))
        for _ in range(3):
            room = RoomFactory(edition=edition)
            session = SessionFactory(
                part=models.Part.objects.filter(edition=edition).first(),
                room=room,
                during=between(moment(15)),
            )
            ContributionFactory(session=session)
            room.closures.create(during=between(moment(20)))

    assert counts[0] == counts[1]
