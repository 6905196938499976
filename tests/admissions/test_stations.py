"""Stations: an expiring link, its list, and scans that come now, late, twice or forged."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import VISITOR
from filiera.admissions.actions import stations as actions
from filiera.admissions.actions.entry_codes import renew_entry_code
from filiera.admissions.models import ClockNote, ParticipationState, Presence, PresenceSource, RepeatedScan
from filiera.admissions.queries import stations as queries
from tests.academy.factories import NOW, EditionMemberFactory, PartFactory, moment
from tests.academy.viewers import viewer_in
from tests.admissions.factories import ParticipationFactory, StationFactory

pytestmark = pytest.mark.django_db

NINE = moment(9)


@pytest.fixture
def day(edition):
    return PartFactory(edition=edition).days.order_by("date").first()


@pytest.fixture
def station(edition, day):
    return StationFactory(edition=edition, day=day, name="Main door")


@pytest.fixture
def place(edition):
    return ParticipationFactory(edition=edition)


@pytest.fixture
def desk(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.DESK))


@pytest.fixture(autouse=True)
def _fresh_counters(db):
    cache.clear()


def take(station, *scans, at=NINE, device_now=None):
    return actions.take_scans(
        station=station, scans=scans, device_now=device_now, by=queries.viewer_at(station), at=at
    )


def scan(**said):
    return actions.Scan(**{"id": uuid4(), "device_at": moment(9), **said})


def one(station, at=NINE, **said):
    return take(station, scan(**said), at=at)[0]


def outcome(answer):
    return answer.outcome, answer.code


def test_a_code_lets_its_holder_in(station, place):
    answer = one(station, code=place.entry_code)

    presence = Presence.objects.get()
    assert (answer.outcome, answer.presence) == ("in", presence)
    assert (presence.participation, presence.day, presence.station, presence.source) == (
        place,
        station.day,
        station,
        PresenceSource.SCAN,
    )


@pytest.mark.parametrize("written", ["FILIERA:{}", " {} ", "filiera:{}\n"])
def test_a_code_is_read_however_a_scanner_sends_it(station, place, written):
    assert one(station, code=written.format(place.entry_code)).outcome == "in"


def test_a_code_is_read_in_groups_and_small_letters(station, place):
    code = place.entry_code.lower()

    assert one(station, code=f"{code[:4]}-{code[4:8]} {code[8:]}").outcome == "in"


def test_somebody_is_ticked_in_the_list(station, place):
    answer = one(station, person=place.pk)

    assert (answer.outcome, answer.presence.source) == ("in", PresenceSource.LIST)


def test_a_second_scan_says_when_and_where(station, place):
    one(station, code=place.entry_code)
    other = StationFactory(edition=station.edition, day=station.day, name="Garden")

    answer = one(other, at=moment(9, 30), code=place.entry_code, device_at=moment(9, 30))

    assert (answer.outcome, answer.presence.station.name, answer.presence.checked_in_at) == (
        "again",
        "Main door",
        moment(9),
    )


def test_a_batch_sent_twice_gets_the_same_answers(station, place):
    scans = [scan(code=place.entry_code), scan(code=place.entry_code, device_at=moment(9, 1))]
    first = take(station, *scans, at=moment(9, 2))

    again = take(station, *reversed(scans), at=moment(9, 3))

    assert [answer.outcome for answer in first] == ["in", "again"]
    assert [answer.outcome for answer in again] == ["again", "in"]
    assert (Presence.objects.count(), RepeatedScan.objects.count()) == (1, 1)


def test_a_refused_scan_stops_no_other(station, place):
    answers = take(station, scan(code="FORGED"), scan(code=place.entry_code))

    assert [answer.outcome for answer in answers] == ["refused", "in"]


def test_a_forged_code_is_unknown(station):
    assert outcome(one(station, code="ABCDEFGHJKMN")) == ("refused", "unknown_code")


def test_a_code_of_another_edition_says_so(station):
    assert outcome(one(station, code=ParticipationFactory().entry_code)) == (
        "refused",
        "code_of_another_edition",
    )


def test_a_place_given_back_says_so(station, edition):
    gone = ParticipationFactory(edition=edition, state=ParticipationState.CANCELLED, ended_at=NOW)

    assert outcome(one(station, code=gone.entry_code)) == ("refused", "place_given_back")


def test_a_replaced_code_says_so(station, place, desk):
    old = place.entry_code
    renewed = renew_entry_code(participation=place, by=desk, at=NOW)

    assert outcome(one(station, code=old)) == ("refused", "code_revoked")
    assert one(station, code=renewed.entry_code).outcome == "in"


def test_only_the_desk_renews_a_code(place, member):
    with pytest.raises(PermissionDenied):
        renew_entry_code(participation=place, by=member, at=NOW)


def test_somebody_of_another_edition_is_not_on_the_list(station):
    assert outcome(one(station, person=ParticipationFactory().pk)) == ("refused", "not_on_the_list")


def test_codes_are_not_guessed(station, place):
    for _ in range(actions.WRONG_CODES_A_MINUTE):
        one(station, code="ABCDEFGHJKMN")

    assert outcome(one(station, code=place.entry_code)) == ("wait", "too_many_wrong_codes")
    assert one(station, person=place.pk).outcome == "in"
    assert one(station, at=moment(9, 1), code=place.entry_code).outcome == "again"


def test_a_device_an_hour_behind_is_put_right(station, place):
    answer = one(
        station, code=place.entry_code, device_at=moment(8), offset=timedelta(hours=1), at=moment(9, 1)
    )

    presence = answer.presence
    assert (presence.checked_in_at, presence.device_at, presence.clock_note) == (moment(9), moment(8), "")


def test_a_clock_that_was_set_in_between_is_put_right_by_the_present_one(station, place):
    asked = scan(code=place.entry_code, device_at=moment(15), offset=timedelta())

    presence = take(station, asked, at=moment(9, 10), device_now=moment(15, 5))[0].presence

    assert (presence.checked_in_at, presence.clock_note) == (moment(9, 5), ClockNote.AHEAD)


@pytest.mark.parametrize(
    ("device_at", "note"),
    [(moment(9) + timedelta(days=400), ClockNote.AHEAD), (moment(9) - timedelta(days=400), ClockNote.BEHIND)],
)
def test_a_time_that_cannot_be_becomes_now_with_a_note(station, place, device_at, note):
    presence = one(station, code=place.entry_code, device_at=device_at).presence

    assert (presence.checked_in_at, presence.device_at, presence.clock_note) == (moment(9), device_at, note)


def test_a_station_without_network_for_an_hour_sends_later(station, place):
    presence = one(station, at=moment(10, 5), code=place.entry_code, device_at=moment(9, 5)).presence

    assert (presence.checked_in_at, presence.recorded_at) == (moment(9, 5), moment(10, 5))


def test_what_was_scanned_in_time_arrives_after_the_end(station, place):
    late = moment(23) + timedelta(hours=2)

    assert one(station, at=late, code=place.entry_code, device_at=moment(22)).outcome == "in"


def test_what_was_scanned_after_the_end_is_refused(station, place):
    late = moment(23) + timedelta(hours=2)
    after = moment(23, 30)

    assert outcome(one(station, at=late, code=place.entry_code, device_at=after)) == (
        "refused",
        "station_has_ended",
    )


def test_what_arrives_a_fortnight_late_is_refused(station, place):
    late = moment(23) + timedelta(days=14)

    assert outcome(one(station, at=late, code=place.entry_code)) == ("refused", "station_has_ended")


def test_a_revoked_station_records_nothing_more(station, place, desk):
    actions.revoke_station(station=station, by=desk, at=moment(9, 30))
    station.refresh_from_db()

    assert one(station, at=moment(10), code=place.entry_code).outcome == "in"
    assert outcome(one(station, at=moment(10), person=place.pk, device_at=moment(9, 45))) == (
        "refused",
        "station_has_ended",
    )


def test_a_helper_takes_the_own_scan_back(station, place):
    asked = scan(code=place.entry_code)
    take(station, asked)
    undo = actions.Scan(id=asked.id, device_at=moment(9, 1), is_undo=True)

    answers = take(station, undo, undo, at=moment(9, 1))

    assert [answer.outcome for answer in answers] == ["undone", "undone"]
    assert not Presence.objects.standing().exists()


def test_a_helper_does_not_take_back_what_another_station_saw(station, place):
    other = StationFactory(edition=station.edition, day=station.day)
    seen = scan(code=place.entry_code)
    take(other, seen)

    assert outcome(take(station, actions.Scan(id=seen.id, device_at=moment(9), is_undo=True))[0]) == (
        "refused",
        "unknown_scan",
    )


def test_a_station_of_the_edition_finds_the_day(edition, day, place):
    station = StationFactory(edition=edition)

    assert one(station, code=place.entry_code).presence.day == day
    at = moment(9) + timedelta(days=30)
    station.expires_at = at + timedelta(hours=1)
    assert outcome(one(station, at=at, device_at=at, person=place.pk)) == (
        "refused",
        "no_day_of_the_edition",
    )


def test_only_who_holds_the_link_sends_scans(station, member):
    for viewer in (member, VISITOR, queries.viewer_at(StationFactory())):
        with pytest.raises(PermissionDenied):
            actions.take_scans(station=station, scans=[], device_now=None, by=viewer, at=NOW)


def test_a_link_lasts_a_fortnight_at_most(edition, desk):
    for end in (NOW, NOW + timedelta(days=15)):
        with pytest.raises(actions.StationEndsTooLate):
            actions.make_station(edition=edition, name="Door", expires_at=end, by=desk, at=NOW)


def test_only_the_desk_makes_and_ends_stations(station, edition, member):
    end = NOW + timedelta(hours=1)
    with pytest.raises(PermissionDenied):
        actions.make_station(edition=edition, name="Door", expires_at=end, by=member, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.revoke_station(station=station, by=member, at=NOW)


# Pages


@pytest.fixture
def open_station(station):
    station.made_at, station.expires_at = timezone.now(), timezone.now() + timedelta(hours=4)
    station.save()
    return station


def page(station, name="station"):
    return reverse(f"station:{name}", args=[queries.token_of(station)])


def send(station, *scans, now=None):
    body = {"now": now or milliseconds(timezone.now()), "scans": list(scans)}
    return Client(enforce_csrf_checks=True).post(
        page(station, "scans"), json.dumps(body), content_type="application/json"
    )


def milliseconds(moment_):
    return int(moment_.timestamp() * 1000)


def test_the_list_holds_names_and_marks_and_nothing_else(open_station, edition):
    place = ParticipationFactory(edition=edition, name="Łucja Żak", email="secret@example.org")
    ParticipationFactory(edition=edition, offered=True, name="Not yet")
    gone = ParticipationFactory(
        edition=edition, state=ParticipationState.CANCELLED, ended_at=NOW, name="Gone"
    )
    elsewhere = ParticipationFactory(name="Elsewhere")

    answer = Client().get(page(open_station, "people"))

    token = queries.token_of(open_station)
    told = answer.json()
    assert told["people"] == [
        {
            "key": place.pk,
            "name": "Łucja Żak",
            "organisation": place.organisation.name,
            "mark": queries.mark_of(token, place.entry_code),
        }
    ]
    assert (told["given_back"], told["revoked"], told["present"]) == (
        [queries.mark_of(token, gone.entry_code)],
        [],
        [],
    )
    text = answer.content.decode()
    for secret in ("secret@example.org", place.entry_code, elsewhere.name, "Not yet"):
        assert secret not in text


def test_the_page_itself_names_nobody(open_station, place):
    answer = Client().get(page(open_station))

    assert answer.status_code == 200
    assert place.name not in answer.content.decode()


def test_scans_are_sent_without_account_and_cookie(open_station, place):
    sent = {"id": str(uuid4()), "at": milliseconds(timezone.now()), "code": place.entry_code}

    answer = send(open_station, sent)

    told = answer.json()
    assert (answer.status_code, told["answers"][0]["outcome"], told["answers"][0]["name"]) == (
        200,
        "in",
        place.name,
    )
    assert [row[0] for row in told["present"]] == [place.pk]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"scans": 1}',
        b'{"scans": [{"id": "x", "at": 1}]}',
        b'{"scans": [{"id": "00000000-0000-4000-8000-000000000000"}]}',
        b'{"scans": [{"id": "00000000-0000-4000-8000-000000000000", "at": 1e300}]}',
        b'{"scans": [{"id": "00000000-0000-4000-8000-000000000000", "at": 1, "offset": 1e300}]}',
        b'{"scans": [{"id": "00000000-0000-4000-8000-000000000000", "at": 1, "offset": null}]}',
    ],
)
def test_scans_that_cannot_be_read_are_told(open_station, body):
    answer = Client().post(page(open_station, "scans"), body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable_scans")


def test_a_form_without_script_gets_the_same_answers(open_station, place):
    client = Client()
    first = client.post(page(open_station), {"code": place.entry_code})
    again = client.post(page(open_station), {"person": place.pk})
    wrong = client.post(page(open_station), {"code": "nonsense"})
    empty = client.post(page(open_station), {})

    assert [answer.status_code for answer in (first, again, wrong, empty)] == [200, 200, 422, 422]
    assert [answer.context["answer"]["outcome"] for answer in (first, again, wrong)] == [
        "in",
        "again",
        "refused",
    ]


def test_a_form_sent_twice_is_one_scan(open_station, place):
    said = {"code": place.entry_code, "scan": str(uuid4())}

    answers = [Client().post(page(open_station), said) for _ in range(2)]

    assert [answer.context["answer"]["outcome"] for answer in answers] == ["in", "in"]
    assert not RepeatedScan.objects.exists()


def test_search_without_script_finds_by_word(open_station, edition):
    ParticipationFactory(edition=edition, name="Łucja Żak")
    ParticipationFactory(edition=edition, name="Anna Rossi")

    answer = Client().get(page(open_station), {"q": "zak luc"})

    assert [found["name"] for found in answer.context["found"]] == ["Łucja Żak"]


@pytest.mark.parametrize("name", ["station", "people"])
def test_a_link_that_has_ended_says_so(open_station, name):
    address = page(open_station, name)
    open_station.revoked_at = timezone.now()
    open_station.save()

    assert Client().get(address).status_code == 410


@pytest.mark.parametrize("name", ["station", "people"])
def test_a_forged_link_is_not_known(open_station, name):
    token = queries.token_of(open_station)

    for forged in (f"{token[:-1]}x", f"{open_station.pk}-", "1", "x", "9" * 30):
        assert Client().get(reverse(f"station:{name}", args=[forged])).status_code == 404


def test_the_worker_serves_stations_only():
    answer = Client().get("/station/worker.js")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")


@pytest.mark.parametrize("people", [1, 4])
def test_the_list_takes_as_many_queries_for_many(open_station, edition, people, django_assert_num_queries):
    ParticipationFactory.create_batch(people, edition=edition)

    with django_assert_num_queries(6):
        Client().get(page(open_station, "people"))
