"""Places in sessions: never more than there are, and whoever waits moves up in order."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions import session_places as actions
from filiera.admissions.actions.participations import cancel_place
from filiera.admissions.models import SessionPlace, SessionSignUp
from filiera.admissions.queries.place_links import token_of, viewer_by_link
from filiera.admissions.queries.session_places import own_session_places
from filiera.mail.models import OutgoingMail
from tests.academy.factories import (
    FIRST_DAY,
    NOW,
    DayFactory,
    EditionMemberFactory,
    PartFactory,
    SessionFactory,
    publish,
)
from tests.academy.viewers import client_of
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory
from tests.admissions.session_factories import SessionPlaceFactory, SignUpFactory


@pytest.fixture
def session(edition):
    return SessionFactory(part=PartFactory(edition=edition), scheduled=True)


@pytest.fixture
def sign_up(session):
    return SignUpFactory(session=session)


def people(edition, count):
    return ParticipationFactory.create_batch(count, edition=edition, linked=True)


def take(sign_up, place, *, at=NOW, by=None):
    return actions.take_session_place(
        sign_up=sign_up, participation=place, by=by or viewer_by_link(place), at=at
    )


def standing(sign_up):
    return [
        (place.participation.name, place.state)
        for place in SessionPlace.objects.filter(sign_up=sign_up).order_by("number")
    ]


def test_places_are_taken_and_then_people_wait_in_the_order_of_asking(edition, sign_up):
    everybody = people(edition, 4)

    for place in everybody:
        take(sign_up, place)

    names = [place.name for place in everybody]
    states = ["taken", "taken", "waiting", "waiting"]
    assert standing(sign_up) == list(zip(names, states, strict=True))
    assert actions.wrong_counters() == {}


def test_asking_twice_is_one_place(edition, sign_up):
    [place] = people(edition, 1)
    take(sign_up, place)

    take(sign_up, place)

    sign_up.refresh_from_db()
    assert (len(standing(sign_up)), sign_up.taken) == (1, 1)


def test_a_place_given_back_goes_to_the_first_who_waits_and_they_are_told(edition, sign_up):
    first, second, third, fourth = people(edition, 4)
    held = [take(sign_up, place) for place in (first, second, third, fourth)]

    actions.give_back_session_place(place=held[0], by=viewer_by_link(first), at=NOW)

    assert standing(sign_up) == [
        (second.name, "taken"),
        (third.name, "taken"),
        (fourth.name, "waiting"),
    ]
    assert [mail.to_address for mail in OutgoingMail.objects.all()] == [third.email]
    assert actions.wrong_counters() == {}


def test_leaving_the_waiting_list_frees_no_place(edition, sign_up):
    places = people(edition, 3)
    held = [take(sign_up, place) for place in places]

    actions.give_back_session_place(place=held[2], by=viewer_by_link(places[2]), at=NOW)

    sign_up.refresh_from_db()
    assert (len(standing(sign_up)), sign_up.taken) == (2, 2)


def test_more_places_move_up_as_many(edition, session, sign_up, desk):
    for place in people(edition, 6):
        take(sign_up, place)

    actions.write_sign_up(session=session, capacity=5, opens_at=None, closes_at=None, by=desk, at=NOW)

    assert [state for _name, state in standing(sign_up)] == ["taken"] * 5 + ["waiting"]
    assert OutgoingMail.objects.count() == 3


def test_places_cannot_become_fewer_than_are_taken(edition, session, sign_up, desk):
    for place in people(edition, 2):
        take(sign_up, place)

    with pytest.raises(actions.PlacesInUse):
        actions.write_sign_up(session=session, capacity=1, opens_at=None, closes_at=None, by=desk, at=NOW)


def test_somebody_who_leaves_the_edition_leaves_its_sessions(edition, sign_up):
    first, second, third = people(edition, 3)
    for place in (first, second, third):
        take(sign_up, place)

    cancel_place(participation=first, by=SYSTEM, at=NOW)

    assert standing(sign_up) == [(second.name, "taken"), (third.name, "taken")]


@pytest.mark.parametrize(
    ("opens", "closes", "is_open"),
    [(None, None, True), (1, None, False), (-1, None, True), (None, -1, False), (-2, 1, True)],
)
def test_sign_up_is_open_between_its_times(edition, sign_up, opens, closes, is_open):
    [place] = people(edition, 1)
    sign_up.opens_at = NOW + timedelta(hours=opens) if opens else None
    sign_up.closes_at = NOW + timedelta(hours=closes) if closes else None
    sign_up.save()

    if is_open:
        assert take(sign_up, place).state == "taken"
    else:
        with pytest.raises(actions.SignUpNotOpen):
            take(sign_up, place)


def test_without_a_closing_it_ends_when_the_session_begins(edition, session, sign_up):
    [place] = people(edition, 1)

    with pytest.raises(actions.SignUpNotOpen):
        take(sign_up, place, at=session.during.lower)


def test_a_cancelled_session_gives_no_places(edition, session, sign_up):
    [place] = people(edition, 1)
    session.state = "cancelled"
    session.save()

    with pytest.raises(actions.SessionIsCancelled):
        take(sign_up, place)


def test_only_confirmed_people_of_the_edition_take_places(edition, sign_up):
    offered = ParticipationFactory(edition=edition, offered=True, linked=True)
    stranger = ParticipationFactory(linked=True)

    for place in (offered, stranger):
        with pytest.raises(actions.NoParticipant):
            take(sign_up, place)


def test_nobody_takes_a_place_for_somebody_else(edition, sign_up):
    mine, other = people(edition, 2)

    with pytest.raises(PermissionDenied):
        take(sign_up, other, by=viewer_by_link(mine))


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("sign_up_places_not_exceeded", lambda: SignUpFactory(capacity=1, taken=2)),
        ("sign_up_closes_after_opening", lambda: SignUpFactory(opens_at=NOW, closes_at=NOW)),
        ("session_place_taken_at_matches_state", lambda: SessionPlaceFactory(taken_at=None)),
    ],
)
def test_the_database_refuses_what_cannot_be(db, name, broken):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        broken()


def test_the_database_keeps_one_place_and_one_number(db):
    first = SessionPlaceFactory()

    with pytest.raises(IntegrityError, match="session_place_once"), transaction.atomic():
        SessionPlaceFactory(sign_up=first.sign_up, participation=first.participation)
    with pytest.raises(IntegrityError, match="session_place_number_once"), transaction.atomic():
        SessionPlaceFactory(sign_up=first.sign_up, number=first.number)


def test_the_nightly_check_fails_where_a_counter_and_its_rows_differ(edition, sign_up):
    actions.check_counters_nightly(int(NOW.timestamp()))
    SessionSignUp.objects.update(taken=1)

    with pytest.raises(actions.CountersDiffer):
        actions.check_counters_nightly(int(NOW.timestamp()))


def test_the_own_page_tells_places_left_and_ones_turn(edition, session, sign_up):
    publish(edition)
    edition.refresh_from_db()
    *others, last = people(edition, 4)
    for place in others:
        take(sign_up, place)
    take(sign_up, last)
    last.edition = edition

    [own] = own_session_places(last, at=NOW)

    assert (own.state, own.turn, own.left, own.is_open) == ("waiting", 2, 0, True)


def test_what_is_not_published_is_not_offered(edition, sign_up):
    [place] = people(edition, 1)

    assert own_session_places(place, at=NOW) == []


def test_a_place_is_taken_and_given_back_on_the_page(client, edition, sign_up):
    edition.is_demonstration, edition.clock_at = True, NOW
    edition.save()
    [place] = people(edition, 1)
    address = reverse("place:session", args=[token_of(place), sign_up.pk])

    client.post(address, {"take": "1"})
    taken = standing(sign_up)
    client.post(address, {"take": "0"})

    assert (taken, standing(sign_up)) == ([(place.name, "taken")], [])


def test_the_page_of_a_place_shows_its_sessions(client, edition, session, sign_up):
    edition.is_demonstration, edition.clock_at = True, NOW
    edition.save()
    publish(edition)
    first, second, third = people(edition, 3)
    address = reverse("place:place", args=[token_of(third)])

    pages = [client.get(address).content.decode()]
    take(sign_up, first)
    pages.append(client.get(address).content.decode())
    take(sign_up, second)
    pages.append(client.get(address).content.decode())
    take(sign_up, third)
    pages.append(client.get(address).content.decode())

    told = [
        "2 of 2 places left",
        "1 of 2 places left",
        "all places are taken",
        "number 1 on the waiting list",
    ]
    assert [words in page for words, page in zip(told, pages, strict=True)] == [True] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_place_page_query_count(client, edition, count, django_assert_num_queries):
    part = PartFactory(edition=edition, days=False)
    for number in range(count):
        DayFactory(part=part, date=FIRST_DAY + timedelta(days=number))
        SignUpFactory(session=SessionFactory(part=part, scheduled=True))
    publish(edition)
    [place] = people(edition, 1)
    address = reverse("place:place", args=[token_of(place)])
    client.get(address)

    with django_assert_num_queries(8):
        client.get(address)


def test_the_page_of_a_session_offers_its_places_to_participants_alone(client, edition, session, sign_up):
    publish(edition)
    [place] = people(edition, 1)
    place.person = PersonFactory()
    place.save()
    EditionMemberFactory(edition=edition, person=place.person, participant=True)
    address = reverse("academy:session", args=[edition.slug, session.slug])

    theirs = client_of(place.person).get(address).content.decode()
    visitors = client.get(address).content.decode()

    assert "2 of 2 places left" in theirs
    assert "places left" not in visitors


def test_a_session_of_another_edition_is_not_there(client, edition):
    [place] = people(edition, 1)

    answer = client.post(reverse("place:session", args=[token_of(place), SignUpFactory().pk]), {"take": "1"})

    assert answer.status_code == 404


def desk_address(edition, name, *keys):
    return reverse(f"admissions:{name}", args=[edition.slug, *keys])


def test_the_desk_limits_a_session_and_gives_places(edition, session, desk_client):
    [place] = people(edition, 1)
    made = desk_client.post(desk_address(edition, "desk_sign_ups"), {"session": session.pk, "capacity": 1})
    sign_up = SessionSignUp.objects.get()

    desk_client.post(desk_address(edition, "desk_sign_up_person", sign_up.pk), {"participation": place.pk})
    page = desk_client.get(made["Location"])

    assert standing(sign_up) == [(place.name, "taken")]
    assert place.name in page.content.decode()


def test_fewer_places_than_people_are_refused_at_the_field(edition, sign_up, desk_client):
    for place in people(edition, 2):
        take(sign_up, place)

    answer = desk_client.post(desk_address(edition, "desk_sign_up", sign_up.pk), {"capacity": 1})

    assert answer.status_code == 422
    assert "More people have a place already" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [(EditionRole.PROGRAMME, 200), (EditionRole.VIEWER, 200), (EditionRole.PARTICIPANT, 403)],
)
def test_who_opens_the_desk_page(edition, sign_up, in_role, role, status):
    client = client_of(in_role(role).person)

    statuses = {
        client.get(desk_address(edition, "desk_sign_ups")).status_code,
        client.get(desk_address(edition, "desk_sign_up", sign_up.pk)).status_code,
    }

    assert statuses == {status}


def test_a_reader_limits_nothing(edition, session, in_role):
    client = client_of(in_role(EditionRole.VIEWER).person)

    with pytest.raises(PermissionDenied):
        actions.write_sign_up(
            session=session, capacity=1, opens_at=None, closes_at=None, by=in_role(EditionRole.VIEWER), at=NOW
        )
    answer = client.post(desk_address(edition, "desk_sign_ups"), {"session": session.pk, "capacity": 1})
    assert answer.status_code == 403


@pytest.mark.parametrize("sessions", [1, 3])
def test_sign_up_list_query_count(edition, desk_client, sessions, django_assert_num_queries):
    part = PartFactory(edition=edition)
    for _ in range(sessions):
        SignUpFactory(session=SessionFactory(part=part, scheduled=True))
    path = desk_address(edition, "desk_sign_ups")
    desk_client.get(path)

    with django_assert_num_queries(6):
        desk_client.get(path)
