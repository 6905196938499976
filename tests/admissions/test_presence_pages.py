"""Check-in at the desk: who sees it, one click for each person, files, stations made and ended."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from filiera.academy.models import EditionRole
from filiera.admissions.models import DayAttendance, Presence, PresenceMode, PresenceSource, Station
from tests.academy.factories import EditionMemberFactory, PartFactory, SessionFactory, between, moment
from tests.academy.viewers import client_of
from tests.admissions.factories import ParticipationFactory, PresenceFactory, StationFactory

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}


@pytest.fixture
def session(edition):
    return SessionFactory(part=PartFactory(edition=edition), during=between(moment(9), 90))


@pytest.fixture
def day(session):
    return session.part.days.order_by("date").first()


@pytest.fixture
def place(edition):
    return ParticipationFactory(edition=edition)


@pytest.fixture
def desk_client(edition):
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.DESK).person)


@pytest.fixture
def door_client(edition):
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.CHECK_IN).person)


def address(name, edition, *arguments):
    return reverse(f"admissions:{name}", args=[edition.slug, *arguments])


def addresses_of(edition, session, day):
    station = StationFactory(edition=edition)
    return [
        address("desk_presence", edition),
        address("desk_presence_day", edition, day.pk),
        address("desk_presence_session", edition, session.pk),
        address("desk_presence_csv", edition),
        address("desk_presence_xlsx", edition),
        address("desk_stations", edition),
        address("desk_station", edition, station.pk),
    ]


def test_the_desk_opens_every_page(desk_client, edition, session, day, place):
    PresenceFactory(participation=place, day=day)

    answers = [desk_client.get(path).status_code for path in addresses_of(edition, session, day)]

    assert answers == [200] * 7


def test_who_checks_in_sees_lists_and_no_more(door_client, edition, session, day):
    answers = [door_client.get(path).status_code for path in addresses_of(edition, session, day)]

    assert answers == [200, 200, 200, 403, 403, 403, 403]


def test_members_and_outsiders_are_refused(member_client, outsider_client, edition, session, day):
    for client in (member_client, outsider_client):
        answers = {client.get(path).status_code for path in addresses_of(edition, session, day)}
        assert answers == {403}


def test_a_visitor_is_sent_to_sign_in(edition, session, day):
    answers = {Client().get(path).status_code for path in addresses_of(edition, session, day)}

    assert answers == {302}


def test_who_checks_in_elsewhere_is_refused(edition, session, day):
    stranger = client_of(EditionMemberFactory(role=EditionRole.DESK).person)

    answers = {stranger.get(path).status_code for path in addresses_of(edition, session, day)}

    assert answers == {403}


def test_rows_of_another_edition_are_not_found(desk_client, edition):
    elsewhere = SessionFactory(scheduled=True)
    day = PartFactory().days.first()

    for path in (
        address("desk_presence_session", edition, elsewhere.pk),
        address("desk_presence_day", edition, day.pk),
        address("desk_station", edition, StationFactory().pk),
    ):
        assert desk_client.get(path).status_code == 404


def test_one_click_records_somebody(door_client, edition, session, place):
    path = address("desk_presence_session", edition, session.pk)

    answer = door_client.post(path, {"participation": place.pk, "mode": "online"})

    presence = Presence.objects.get()
    assert answer.status_code == 302
    assert (presence.participation, presence.mode, presence.source, presence.minutes) == (
        place,
        PresenceMode.ONLINE,
        PresenceSource.LIST,
        90,
    )


def test_a_click_beside_the_list_asks_the_page_to_fetch(door_client, edition, day, place):
    path = address("desk_presence_day", edition, day.pk)

    answer = door_client.post(path, {"participation": place.pk, "mode": "in_person"}, headers=HX)

    assert (answer.status_code, answer["HX-Trigger"]) == (200, "filiera:draft")
    assert place.name in door_client.get(path, headers=HX).content.decode()


@pytest.mark.parametrize("said", [{}, {"participation": "x", "mode": "online"}, {"participation": 2**70}])
def test_what_no_page_offers_is_not_found(door_client, edition, day, said):
    assert door_client.post(address("desk_presence_day", edition, day.pk), said).status_code == 404


def test_somebody_of_another_edition_is_not_recorded(door_client, edition, day):
    said = {"participation": ParticipationFactory().pk, "mode": "online"}

    assert door_client.post(address("desk_presence_day", edition, day.pk), said).status_code == 404


def test_a_presence_is_taken_back(door_client, edition, day, place):
    presence = PresenceFactory(participation=place, day=day)

    door_client.post(address("desk_presence_undo", edition, presence.pk))

    assert not Presence.objects.standing().exists()


def test_everybody_who_is_in_is_recorded_at_a_session(door_client, edition, session, day):
    there = ParticipationFactory.create_batch(2, edition=edition)
    for place in there:
        PresenceFactory(participation=place, day=day)
    ParticipationFactory(edition=edition)

    for _ in range(2):
        door_client.post(address("desk_presence_like", edition, session.pk), {"like": f"day-{day.pk}"})

    recorded = Presence.objects.filter(session=session)
    assert set(recorded.values_list("participation", "minutes")) == {(place.pk, 90) for place in there}


def test_a_list_that_is_not_offered_is_not_found(door_client, edition, session):
    path = address("desk_presence_like", edition, session.pk)

    assert door_client.post(path, {"like": "day-1"}).status_code == 404


def test_filters_show_who_is_in_and_who_is_not(desk_client, edition, day):
    there, missing = ParticipationFactory.create_batch(2, edition=edition)
    PresenceFactory(participation=there, day=day)
    path = address("desk_presence_day", edition, day.pk)

    shown = {
        show: [line.key for line in desk_client.get(path, {"show": show}).context["lines"]]
        for show in ("in", "missing")
    }

    assert shown == {"in": [there.pk], "missing": [missing.pk]}


def test_the_overview_counts_without_the_absent(desk_client, edition, day):
    places = ParticipationFactory.create_batch(3, edition=edition)
    PresenceFactory(participation=places[0], day=day)
    PresenceFactory(participation=places[1], day=day, undone_at=moment(10))
    DayAttendance.objects.create(participation=places[2], day=day, mode="absent", changed_at=moment(8))

    counted = desk_client.get(address("desk_presence", edition)).context["days"][0]

    assert (counted.present, counted.expected) == (1, 2)


def test_whoever_was_at_a_session_was_there_that_day_once(desk_client, edition, session, day):
    places = ParticipationFactory.create_batch(3, edition=edition)
    PresenceFactory(participation=places[0], day=day)
    PresenceFactory(participation=places[0], day=None, session=session, minutes=60)
    PresenceFactory(participation=places[1], day=None, session=session, minutes=60)

    counted = desk_client.get(address("desk_presence", edition)).context["days"][0]

    assert (counted.present, [here for _session, here in counted.sessions]) == (2, [2])


def test_the_files_hold_what_stands(desk_client, edition, session, place):
    PresenceFactory(participation=place, day=None, session=session, minutes=90)
    PresenceFactory(undone_at=moment(9), participation=place)
    PresenceFactory()

    text = desk_client.get(address("desk_presence_csv", edition)).content.decode("utf-8-sig")
    workbook = load_workbook(BytesIO(desk_client.get(address("desk_presence_xlsx", edition)).content))

    assert len(text.strip().splitlines()) == 2
    assert place.email in text
    assert workbook.active.max_row == 2


def test_a_station_is_made_shown_and_ended(desk_client, edition, day):
    until = timezone.now() + timedelta(hours=5)
    made = desk_client.post(
        address("desk_stations", edition),
        {
            "name": "Main door",
            "where": f"day-{day.pk}",
            "until_date": f"{until:%Y-%m-%d}",
            "until_time": f"{until:%H:%M}",
        },
    )
    station = Station.objects.get()
    shown = desk_client.get(made["Location"])
    ended = desk_client.post(address("desk_station_end", edition, station.pk))

    station.refresh_from_db()
    assert (station.name, station.day, station.session) == ("Main door", day, None)
    assert "/station/" in shown.context["address"]
    assert (ended.status_code, station.revoked_at is not None) == (302, True)


def test_a_station_that_would_end_yesterday_is_refused(desk_client, edition):
    yesterday = timezone.now() - timedelta(days=1)
    said = {"name": "Door", "where": "edition", "until_date": f"{yesterday:%Y-%m-%d}", "until_time": "10:00"}

    answer = desk_client.post(address("desk_stations", edition), said)

    assert (answer.status_code, answer.context["form"]["name"].value()) == (422, "Door")


@pytest.mark.parametrize("people", [1, 4])
def test_the_list_takes_as_many_queries_for_many(
    desk_client, edition, session, day, people, django_assert_num_queries
):
    for place in ParticipationFactory.create_batch(people, edition=edition):
        PresenceFactory(participation=place, day=day)

    with django_assert_num_queries(10):
        desk_client.get(address("desk_presence_day", edition, day.pk))


@pytest.mark.parametrize("sessions", [1, 4])
def test_the_overview_takes_as_many_queries_for_many(
    desk_client, edition, sessions, django_assert_num_queries
):
    part = PartFactory(edition=edition)
    for hour in range(sessions):
        SessionFactory(part=part, during=between(moment(9 + hour)))

    with django_assert_num_queries(11):
        desk_client.get(address("desk_presence", edition))
