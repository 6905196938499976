"""What the filters, views and clocks of the schedule leave and show."""

import re

import pytest
from django.urls import reverse

from filiera.academy.models import SessionKind
from filiera.academy.page_cache import kept, versions
from tests.academy.factories import (
    SECOND_DAY,
    ContributionFactory,
    ObjectiveFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    StarFactory,
    between,
    moment,
    publish,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache():
    kept.clear()
    versions.clear()


@pytest.fixture
def edition(edition):
    """Three sessions on two days, which differ in all that one can filter by."""
    part = PartFactory(edition=edition)
    hall, lab = RoomFactory(edition=edition, slug="hall"), RoomFactory(edition=edition, slug="lab")
    opening = SessionFactory(
        part=part, slug="opening", kind=SessionKind.WELCOME, title={"en": "Opening", "it": "Apertura"},
        room=hall, during=between(moment(9), 20), languages=["en"],
    )  # fmt: skip
    visit = SessionFactory(
        part=part, slug="visit", kind=SessionKind.LABORATORY_VISIT, title={"en": "Hydrogen"},
        room=lab, during=between(moment(9), 90), languages=["it"], abstract={"en": "**Città** by night"},
    )  # fmt: skip
    SessionFactory(
        part=part, slug="plan", kind=SessionKind.GROUP_WORK, title={"en": "Plans"},
        room=hall, during=between(moment(14, day=SECOND_DAY), 75), languages=["en"],
    )  # fmt: skip
    visit.objectives.add(ObjectiveFactory(edition=edition, number=4))
    ContributionFactory(
        session=opening, speaker=SpeakerFactory(edition=edition, slug="ada", name="Ada Łuksza")
    )
    publish(edition)
    return edition


def shown(client, edition, query: str = "") -> list[str]:
    page = client.get(f"{reverse('academy:schedule', args=[edition.slug])}{query}").content.decode()
    return re.findall(r'<article class="session[^>]* id="s-([a-z]+)"', page)


def text(client, edition, query: str = "") -> str:
    return client.get(f"{reverse('academy:schedule', args=[edition.slug])}{query}").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["opening", "visit", "plan"]),
        ("?day=2023-09-22", ["plan"]),
        ("?kind=welcome", ["opening"]),
        ("?room=lab", ["visit"]),
        ("?speaker=ada", ["opening"]),
        ("?objective=4", ["visit"]),
        ("?language=en", ["opening", "plan"]),
        ("?language=en&room=hall&day=2023-09-21", ["opening"]),
        ("?q=apertura", ["opening"]),
        ("?q=LUKSZA", ["opening"]),
        ("?q=citta+night", ["visit"]),
        ("?q=nothing+like+it", []),
        ("?kind=unknown&room=../../etc&zone=Mars/Crater", ["opening", "visit", "plan"]),
        ("?view=list", ["opening", "visit", "plan"]),
        ("?view=grid", ["opening", "visit", "plan"]),
        ("?view=spiral", ["opening", "visit", "plan"]),
    ],
)
def test_filters_leave_what_fits(client, edition, query, expected):
    assert shown(client, edition, query) == expected


def test_what_an_address_asks_in_vain_is_named(client, edition):
    page = client.get(f"{reverse('academy:schedule', args=[edition.slug])}?kind=unknown&zone=Mars/Crater")

    assert set(page.context["form"].errors) == {"kind", "zone"}


def test_times_are_those_of_the_venue_and_say_so(client, edition):
    page = text(client, edition)

    assert re.findall(r"<time datetime=\"[^\"]+\">([\d:]+)</time>", page) == ["09:00", "14:00"]
    assert "Europe/Rome (CEST, UTC+2)" in page


def test_another_zone_moves_hours_and_days(client, edition):
    page = text(client, edition, "?zone=Asia/Tokyo&day=2023-09-21")
    late = text(client, edition, "?zone=Australia/Sydney")

    assert re.findall(r"<time datetime=\"[^\"]+\">([\d:]+)</time>", page) == ["16:00"]
    assert "Asia/Tokyo (JST, UTC+9)" in page
    assert re.findall(r'<section class="day" id="day-([\d-]+)"', late) == ["2023-09-21", "2023-09-22"]


def test_sessions_that_start_together_stand_side_by_side_with_their_own_hours(client, edition):
    page = text(client, edition)

    assert page.count('<div class="slot" data-slot>') == 2
    assert re.findall(r'<small class="hours">([^<]+)</small>', page) == ["09:00–09:20", "09:00–10:30"]
    assert re.findall(r"</time><small>([^<]+)</small>", page) == ["75 min"]


def test_the_grid_places_sessions_by_room_and_hour(client, edition):
    page = text(client, edition, "?view=grid")

    assert re.findall(r' (t-\d+ d-\d+ c-\d+)[ "]', page) == ["t-0 d-4 c-1", "t-0 d-18 c-2", "t-0 d-15 c-1"]


def test_allowed_overlaps_get_a_column_each(client, edition):
    part = edition.parts.get()
    first = SessionFactory(
        part=part, slug="one", room=RoomFactory(edition=edition), during=between(moment(11))
    )
    SessionFactory(part=part, slug="two", room=first.room, during=first.during, overlap_key=first.overlap_key)
    publish(edition)

    page = text(client, edition, f"?view=grid&room={first.room.slug}")

    assert re.findall(r' (t-\d+ d-\d+ c-\d+)[ "]', page) == ["t-0 d-12 c-1", "t-0 d-12 c-2"]


def test_members_can_see_only_what_they_starred(member, member_client, edition):
    StarFactory(person=member.person, session=edition.sessions.get(slug="visit"))

    assert shown(member_client, edition, "?mine=1") == ["visit"]


def test_a_session_with_its_sources_and_what_is_made_up(client, edition):
    SessionFactory(
        part=edition.parts.get(),
        slug="sourced",
        during=between(moment(18)),
        sources=[{"url": "https://www.example.org/article", "note": "the hour is ours"}],
        demonstration_fields=["hour"],
    )
    publish(edition)

    page = text(client, edition, "?q=sourced")

    assert '<a class="source" href="https://www.example.org/article">Source: example.org</a>' in page
    assert '<span class="demonstration">hour: demonstration</span>' in page


def test_what_has_no_room_stands_across_all_while_nothing_else_is_on(client, edition):
    SessionFactory(part=edition.parts.get(), slug="lunch", during=between(moment(12), 60))
    SessionFactory(part=edition.parts.get(), slug="call", during=between(moment(9, 30), 30))
    publish(edition)

    page = text(client, edition, "?view=grid&day=2023-09-21")

    assert re.findall(r' (t-\d+ d-\d+ [a-z]+-\w+)[ "]', page) == [
        "t-0 d-4 c-1",
        "t-0 d-18 c-2",
        "t-6 d-6 c-3",
        "t-36 d-12 spans-rooms",
    ]
