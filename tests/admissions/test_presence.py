"""Who was there: once, whoever scans how often; hours follow, and follow back."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Sum

from filiera.academy.models import EditionRole, SessionKind
from filiera.accounts.viewer import VISITOR
from filiera.admissions.actions import presence as actions
from filiera.admissions.models import (
    ClockNote,
    ParticipationState,
    Presence,
    PresenceMode,
    PresenceSource,
    RepeatedScan,
)
from filiera.ledger.models import Fact
from tests.academy.factories import NOW, EditionMemberFactory, PartFactory, SessionFactory, between, moment
from tests.academy.viewers import viewer_in
from tests.admissions.factories import ParticipationFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(edition):
    return SessionFactory(part=PartFactory(edition=edition), during=between(moment(9), 90))


@pytest.fixture
def place(edition):
    return ParticipationFactory(edition=edition)


@pytest.fixture
def doorkeeper(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.CHECK_IN))


def scan(place, by, **said):
    told = {
        "mode": PresenceMode.IN_PERSON,
        "source": PresenceSource.SCAN,
        "scan_id": uuid4(),
        "checked_in_at": moment(9),
        "at": moment(9, 1),
        **said,
    }
    return actions.record_presence(participation=place, by=by, **told)


def hours(kind="attendance.in_person"):
    return Fact.objects.filter(kind=kind).aggregate(total=Sum("quantity"))["total"]


def test_a_scan_at_a_session_counts_its_length(place, session, doorkeeper):
    recorded = scan(place, doorkeeper, session=session)

    fact = Fact.objects.get(kind="attendance.in_person")
    assert recorded.is_new
    assert (recorded.presence.minutes, recorded.presence.recorded_by) == (90, doorkeeper.person)
    assert (fact.quantity, fact.organisation, fact.counterpart) == (
        Decimal("1.5"),
        place.organisation,
        place.edition.organiser,
    )


def test_a_day_implies_no_session_and_no_hours(place, session, doorkeeper):
    recorded = scan(place, doorkeeper, day=session.part.days.get(date=moment(9).date()))

    assert (recorded.presence.minutes, Presence.objects.count(), Fact.objects.count()) == (None, 1, 0)


def test_a_break_counts_no_hours(place, session, doorkeeper):
    session.kind = SessionKind.BREAK

    scan(place, doorkeeper, session=session)

    assert not Fact.objects.exists()


def test_an_imported_presence_counts_its_own_minutes(place, session, doorkeeper):
    scan(
        place,
        doorkeeper,
        session=session,
        mode=PresenceMode.ONLINE,
        source=PresenceSource.IMPORT,
        minutes=45,
    )

    assert hours("attendance.online") == Decimal("0.75")


@pytest.mark.parametrize("minutes", [None, 0, 961])
def test_an_import_says_how_long(place, session, doorkeeper, minutes):
    with pytest.raises(actions.MinutesNeeded):
        scan(place, doorkeeper, session=session, source=PresenceSource.IMPORT, minutes=minutes)


def test_the_same_scan_again_changes_nothing(place, session, doorkeeper):
    scan_id = uuid4()
    first = scan(place, doorkeeper, session=session, scan_id=scan_id)

    again = scan(place, doorkeeper, session=session, scan_id=scan_id, at=moment(12))

    assert (again.presence, again.is_new, again.is_replay) == (first.presence, False, True)
    assert (Presence.objects.count(), RepeatedScan.objects.count(), hours()) == (1, 0, Decimal("1.5"))


def test_a_second_scan_is_kept_beside_the_first(place, session, doorkeeper):
    first = scan(place, doorkeeper, session=session)

    second = scan(place, doorkeeper, session=session, checked_in_at=moment(9, 20), at=moment(9, 20))

    repeat = RepeatedScan.objects.get()
    assert (second.presence, second.is_new, second.is_replay) == (first.presence, False, False)
    assert (second.presence.checked_in_at, repeat.checked_in_at) == (moment(9), moment(9, 20))


def test_the_earlier_of_two_scans_is_the_presence_whichever_arrives_first(place, session, doorkeeper):
    online, away = StationFactory(edition=place.edition), StationFactory(edition=place.edition)
    scan(place, doorkeeper, session=session, station=online, checked_in_at=moment(9, 5), at=moment(9, 5))

    scan(place, doorkeeper, session=session, station=away, checked_in_at=moment(8, 58), at=moment(10))

    presence, repeat = Presence.objects.get(), RepeatedScan.objects.get()
    assert (presence.checked_in_at, presence.station) == (moment(8, 58), away)
    assert (repeat.checked_in_at, repeat.station) == (moment(9, 5), online)


def test_what_is_undone_is_reversed_and_leaves_room(place, session, doorkeeper):
    scan_id = uuid4()
    first = scan(place, doorkeeper, session=session, scan_id=scan_id).presence

    undone = actions.undo_presence(presence=first, by=doorkeeper, at=moment(10))
    replayed = scan(place, doorkeeper, session=session, scan_id=scan_id)
    assert (undone.undone_by, hours(), replayed.presence.undone_at) == (doorkeeper.person, 0, moment(10))

    again = scan(place, doorkeeper, session=session, at=moment(10, 5))
    assert (again.is_new, hours()) == (True, Decimal("1.5"))


def test_undoing_twice_is_refused(place, session, doorkeeper):
    presence = scan(place, doorkeeper, session=session).presence
    actions.undo_presence(presence=presence, by=doorkeeper, at=moment(10))

    with pytest.raises(actions.PresenceAlreadyUndone):
        actions.undo_presence(presence=presence, by=doorkeeper, at=moment(10))


def test_a_time_in_the_future_becomes_now_with_a_note(place, session, doorkeeper):
    presence = scan(place, doorkeeper, session=session, checked_in_at=moment(23), at=moment(9)).presence

    assert (presence.checked_in_at, presence.clock_note) == (moment(9), ClockNote.AHEAD)


def test_a_clock_a_little_ahead_needs_no_note(place, session, doorkeeper):
    told = moment(9) + timedelta(seconds=30)

    presence = scan(place, doorkeeper, session=session, checked_in_at=told, at=moment(9)).presence

    assert (presence.checked_in_at, presence.clock_note) == (moment(9), ClockNote.NONE)


def test_a_place_not_confirmed_is_refused(session, doorkeeper, edition):
    with pytest.raises(actions.PlaceNotConfirmed):
        scan(ParticipationFactory(edition=edition, offered=True), doorkeeper, session=session)


def test_a_place_given_back_is_refused(session, doorkeeper, edition):
    gone = ParticipationFactory(edition=edition, state=ParticipationState.CANCELLED, ended_at=NOW)

    with pytest.raises(actions.PlaceGivenBack):
        scan(gone, doorkeeper, session=session)


def test_a_place_of_another_edition_is_refused(session, place, doorkeeper):
    elsewhere = SessionFactory(scheduled=True)

    with pytest.raises(actions.PlaceOfAnotherEdition):
        scan(place, doorkeeper, session=elsewhere)


def test_a_cancelled_session_is_refused(place, session, doorkeeper):
    session.state = "cancelled"

    with pytest.raises(actions.SessionIsCancelled):
        scan(place, doorkeeper, session=session)


def test_a_scan_of_somebody_else_is_refused(place, session, doorkeeper, edition):
    scan_id = uuid4()
    scan(place, doorkeeper, session=session, scan_id=scan_id)

    with pytest.raises(actions.ScanOfSomebodyElse):
        scan(ParticipationFactory(edition=edition), doorkeeper, session=session, scan_id=scan_id)


def test_neither_member_nor_outsider_nor_visitor_records(place, session, member, outsider):
    for viewer in (member, outsider, VISITOR):
        with pytest.raises(PermissionDenied):
            scan(place, viewer, session=session)

    assert not Presence.objects.exists()


def test_only_those_who_check_in_take_back(place, session, doorkeeper, member):
    presence = scan(place, doorkeeper, session=session).presence

    with pytest.raises(PermissionDenied):
        actions.undo_presence(presence=presence, by=member, at=moment(10))
