"""Places after the draw: never more than there are, passed on in the published order, told and forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from filiera.accounts.actions.privacy import erase_person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.actions.participations import cancel_place
from filiera.files.models import StoredFile
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.meetings.actions import (
    visits_draw,
    visits_manifests,
    visits_places,
    visits_rounds,
    visits_wishes,
)
from filiera.meetings.models import (
    HostManifest,
    PlaceWay,
    VisitorDocument,
    VisitPlace,
    VisitRound,
    VisitSlot,
    VisitWishList,
)
from filiera.meetings.queries.visits import published_draw
from filiera.meetings.receivers.visits import visits_of
from tests.academy.factories import NOW, moment
from tests.admissions.factories import ParticipationFactory
from tests.meetings.visit_factories import (
    CLOSES,
    VisitFactory,
    VisitPlaceFactory,
    VisitRoundFactory,
    VisitSlotFactory,
)

pytestmark = pytest.mark.django_db
LATER = CLOSES + timedelta(minutes=1)
OVER = moment(17) + timedelta(hours=2)
NUMBER = "CA12345XY"


def own(participation):
    return Viewer(person=participation.person, edition_id=participation.edition_id)


def wish(round_, *slots, needs_step_free=False):
    participation = ParticipationFactory(edition=round_.edition)
    visits_wishes.save_visit_wishes(
        round_=round_, participation=participation, slots=slots, brings_identity=True,
        wears_closed_shoes=True, needs_step_free=needs_step_free, by=own(participation), at=NOW,
    )  # fmt: skip
    return participation


def drawn(round_):
    return visits_draw.draw_visits(round_=round_, by=SYSTEM, at=LATER)


def take(slot, participation, *, by=None, at=LATER):
    return visits_places.take_visit_place(
        slot=slot, participation=participation, brings_identity=True, wears_closed_shoes=True,
        needs_step_free=False, by=by or own(participation), at=at,
    )  # fmt: skip


def held(round_):
    standing = VisitPlace.objects.standing().filter(round=round_)
    return {place.participation_id: place.slot.code for place in standing.select_related("slot")}


def in_order(round_):
    lists = VisitWishList.objects.filter(round=round_).order_by("turn")
    return [
        row.participation for row in lists.select_related("participation__edition", "participation__person")
    ]


def test_a_place_given_back_goes_on_in_the_published_order():
    round_ = VisitRoundFactory()
    first, second = (VisitSlotFactory(visit__round=round_, places=2) for _ in range(2))
    for _ in range(6):
        wish(round_, first, second)
    round_ = drawn(round_)
    one, two, three, four, five, six = in_order(round_)
    assert held(round_) == {one.pk: "A", two.pk: "A", three.pk: "B", four.pk: "B"}

    place = VisitPlace.objects.get(participation=one)
    visits_places.give_back_visit_place(place=place, by=own(one), at=LATER)
    moved = visits_places.refill_visits(round_=round_, by=SYSTEM, at=LATER)

    # The third moves from second wish to first, and the fifth to what the third left; the sixth still waits.
    assert held(round_) == {two.pk: "A", three.pk: "A", four.pk: "B", five.pk: "B"}
    assert {place.participation_id for place in moved} == {three.pk, five.pk}
    assert {place.way for place in moved} == {PlaceWay.REFILL}
    mails = OutgoingMail.objects.filter(key__startswith="meetings.visit_moved_up")
    assert sorted(mails.values_list("to_address", flat=True)) == sorted([three.email, five.email])
    assert visits_places.wrong_visit_counters() == {}
    assert visits_places.refill_visits(round_=round_, by=SYSTEM, at=LATER) == []
    # What was published of the draw does not change.
    assert [line.got for line in published_draw(round_).lines] == ["A", "A", "B", "B", "", ""]
    standing = sum(fact.quantity for fact in Fact.objects.filter(kind="visit.place"))
    assert standing == 4
    assert six.pk not in held(round_)


def test_more_places_move_up_who_waits():
    round_ = VisitRoundFactory()
    slot = VisitSlotFactory(visit__round=round_, places=1)
    for _ in range(3):
        wish(round_, slot)
    round_ = drawn(round_)
    one, two, _three = in_order(round_)

    visits_rounds.change_visit_slot(
        slot=slot, starts_at=slot.during.lower, ends_at=slot.during.upper, places=2, by=SYSTEM, at=LATER
    )
    visits_places.refill_visits(round_=round_, by=SYSTEM, at=LATER)

    assert held(round_) == {one.pk: "A", two.pk: "A"}
    with pytest.raises(visits_rounds.FewerPlacesThanTaken):
        visits_rounds.change_visit_slot(
            slot=slot, starts_at=slot.during.lower, ends_at=slot.during.upper, places=1, by=SYSTEM, at=LATER
        )


def test_nobody_is_moved_from_a_place_they_chose():
    round_ = VisitRoundFactory()
    first, second = (VisitSlotFactory(visit__round=round_, places=1) for _ in range(2))
    for _ in range(2):
        wish(round_, first)
    round_ = drawn(round_)
    one, two = in_order(round_)
    take(second, two)

    visits_places.give_back_visit_place(
        place=VisitPlace.objects.get(participation=one), by=own(one), at=LATER
    )
    visits_places.refill_visits(round_=round_, by=SYSTEM, at=LATER)

    assert held(round_) == {two.pk: "B"}


def test_a_free_place_is_taken_and_one_that_others_wait_for_is_not():
    round_ = VisitRoundFactory()
    wanted, free = VisitSlotFactory(visit__round=round_, places=1), VisitSlotFactory(visit__round=round_)
    for _ in range(2):
        wish(round_, wanted)
    round_ = drawn(round_)
    one, _two = in_order(round_)
    late = ParticipationFactory(edition=round_.edition)

    with pytest.raises(visits_places.VisitIsFull):
        take(wanted, late, by=SYSTEM)
    visits_places.give_back_visit_place(
        place=VisitPlace.objects.get(participation=one), by=own(one), at=LATER
    )
    # Between giving back and passing on, nobody slips in.
    with pytest.raises(visits_places.SomebodyIsNext):
        take(wanted, late)
    place = take(free, late)

    assert (place.way, place.rank) == (PlaceWay.TAKEN, None)
    with pytest.raises(visits_places.HasPlaceAlready):
        take(free, late)


def test_places_are_not_taken_before_the_draw_nor_after_the_beginning():
    round_ = VisitRoundFactory()
    slot = VisitSlotFactory(visit__round=round_)
    participation = ParticipationFactory(edition=round_.edition)

    with pytest.raises(visits_places.NotDrawnYet):
        take(slot, participation)
    drawn(round_)
    with pytest.raises(visits_places.VisitHasBegun):
        take(slot, participation, at=moment(16))
    place = take(slot, participation)
    with pytest.raises(visits_places.VisitHasBegun):
        visits_places.give_back_visit_place(place=place, by=own(participation), at=moment(16))


def test_only_the_person_and_the_team_give_back(member):
    place = VisitPlaceFactory(slot__taken=1)

    with pytest.raises(PermissionDenied):
        visits_places.give_back_visit_place(place=place, by=member, at=LATER)


def test_a_place_in_the_edition_that_ends_frees_the_visit():
    round_ = VisitRoundFactory()
    slot = VisitSlotFactory(visit__round=round_, places=1)
    for _ in range(2):
        wish(round_, slot)
    round_ = drawn(round_)
    one, two = in_order(round_)

    cancel_place(participation=one, by=SYSTEM, at=LATER)
    visits_places.refill_visits(round_=round_, by=SYSTEM, at=LATER)

    assert held(round_) == {two.pk: "A"}


def test_the_database_refuses_more_than_there_are():
    slot = VisitSlotFactory(places=1, taken=1)

    with pytest.raises(IntegrityError, match="visit_places_not_exceeded"), transaction.atomic():
        VisitSlot.objects.filter(pk=slot.pk).update(taken=2)
    place = VisitPlaceFactory(slot=slot)
    with pytest.raises(IntegrityError, match="visit_place_once_in_round"), transaction.atomic():
        VisitPlaceFactory(slot=slot, participation=place.participation)


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ({"seed_digest": "no digest"}, "visit_round_commits_to_its_seed"),
        ({"opened_at": None}, "visit_round_commits_to_its_seed"),
        ({"drawn_at": CLOSES - timedelta(seconds=1)}, "visit_round_drawn_after_closing"),
        ({"closes_at": NOW}, "visit_round_closes_after_opening"),
    ],
)
def test_the_database_keeps_the_promise_of_a_draw(broken, name):
    round_ = VisitRoundFactory()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        VisitRound.objects.filter(pk=round_.pk).update(**broken)


def test_the_database_refuses_what_no_list_or_slot_can_be():
    round_ = VisitRoundFactory()
    slot = VisitSlotFactory(visit__round=round_)
    participation = wish(round_, slot)
    row = VisitWishList.objects.get(participation=participation)

    for change, name in (
        (lambda: VisitSlotFactory(visit=slot.visit, code="A"), "visit_slot_code_unique_in_round"),
        (lambda: VisitSlotFactory(visit=slot.visit, code="1"), "visit_slot_code_is_letters"),
        (lambda: row.wishes.create(slot=slot, rank=2), "visit_wish_slot_once"),
        (lambda: row.wishes.update(rank=0), "visit_wish_counted_from_one"),
        (
            lambda: VisitWishList.objects.create(round=round_, code=row.code, saved_at=NOW),
            "visit_wishes_code_unique_in_round",
        ),
        (
            lambda: VisitWishList.objects.create(
                round=round_, participation=participation, code="OTHER2", saved_at=NOW
            ),
            "visit_wishes_once_in_round",
        ),
        (lambda: VisitFactory(round=round_, position=slot.visit.position), "visit_position_unique_in_round"),
        (lambda: VisitSlot.objects.update(during=DateTimeTZRange(NOW, NOW)), "visit_slot_during_finite"),
        (
            lambda: [
                VisitWishList.objects.create(round=round_, code=code, saved_at=NOW, turn=1)
                for code in ("TURN22", "TURN33")
            ],
            "visit_wishes_turn_unique_in_round",
        ),
        (
            lambda: VisitorDocument.objects.create(
                place=VisitPlaceFactory(slot=slot), kind="passport", number="", given_at=NOW
            ),
            "visitor_document_has_number",
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_twenty_ask_at_once_for_three_places():
    round_ = VisitRoundFactory(drawn_at=CLOSES)
    slot = VisitSlotFactory(visit__round=round_, places=3, drawn_places=3)
    people = ParticipationFactory.create_batch(20, edition=round_.edition)
    start = Barrier(len(people))

    def one(participation):
        try:
            start.wait(30)
            take(slot, participation)
        except visits_places.VisitIsFull:
            return False
        finally:
            connections["default"].close()
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        got = list(pool.map(one, people))

    slot.refresh_from_db()
    assert (sum(got), slot.taken, VisitPlace.objects.standing().count()) == (3, 3, 3)
    assert visits_places.wrong_visit_counters() == {}


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_same_requests_oversell(monkeypatch):
    """The test above would notice: a guard that reads first and writes then gives too many places."""
    round_ = VisitRoundFactory(drawn_at=CLOSES)
    slot = VisitSlotFactory(visit__round=round_, places=3, drawn_places=3)
    people = ParticipationFactory.create_batch(20, edition=round_.edition)
    start, counted = Barrier(len(people)), Barrier(len(people))

    def read_then_write(slot_id):
        taken = VisitPlace.objects.standing().filter(slot=slot_id).count()
        counted.wait(30)
        return taken < 3

    monkeypatch.setattr(visits_places, "take_one", read_then_write)
    monkeypatch.setattr(visits_places, "VisitRound", _Unlocked)

    def one(participation):
        try:
            start.wait(30)
            take(slot, participation)
        except visits_places.VisitIsFull:
            return False
        finally:
            connections["default"].close()
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        got = list(pool.map(one, people))

    assert sum(got) > 3


class _Unlocked:
    """Rounds that are read without being locked."""

    class objects:  # noqa: N801 - stands for the manager
        @staticmethod
        def select_for_update(**_):
            return VisitRound.objects


def manifest_of(slot, by=SYSTEM, at=LATER):
    return visits_manifests.make_manifest(slot=slot, language="en", by=by, at=at)


def told_slot():
    """One visitor with a document and a need, and the list on paper."""
    round_ = VisitRoundFactory()
    slot = VisitSlotFactory(visit__round=round_, visit__identity="told")
    participation = wish(round_, slot, needs_step_free=True)
    drawn(round_)
    place = VisitPlace.objects.get(participation=participation)
    visits_places.tell_document(place=place, kind="passport", number=NUMBER, by=own(participation), at=LATER)
    return slot, participation, manifest_of(slot)


def test_what_the_host_knew_is_gone_after_the_visit(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = str(tmp_path)
    with django_capture_on_commit_callbacks(execute=True):
        slot, participation, manifest = told_slot()
    path = manifest.file.path
    assert default_storage.exists(path)

    with django_capture_on_commit_callbacks(execute=True):
        assert visits_manifests.forget_visitors(by=SYSTEM, at=OVER - timedelta(seconds=1)) == 0
    assert default_storage.exists(path)
    with django_capture_on_commit_callbacks(execute=True):
        assert visits_manifests.forget_visitors(by=SYSTEM, at=OVER) == 1

    assert not default_storage.exists(path)
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []
    assert not StoredFile.objects.filter(pk=manifest.file_id).exists()
    assert not HostManifest.objects.exists()
    assert not VisitorDocument.objects.exists()
    assert list(VisitPlace.objects.values_list("needs_step_free", flat=True)) == [False]
    assert list(VisitWishList.objects.values_list("needs_step_free", flat=True)) == [False]
    assert NUMBER not in everything_in_the_database()
    # That somebody was there stays counted.
    assert VisitPlace.objects.standing().filter(participation=participation).exists()
    with pytest.raises(visits_manifests.ManifestForgotten):
        manifest_of(slot, at=OVER)
    assert visits_manifests.forget_visitors(by=SYSTEM, at=OVER) == 0


def everything_in_the_database():
    tables = (
        "meetings_visitordocument",
        "meetings_visitplace",
        "meetings_visitwishlist",
        "mail_outgoingmail",
        "ledger_fact",
        "files_storedfile",
    )
    words = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT {table}::text FROM {table}")
            words += [row[0] for row in cursor.fetchall()]
    return "\n".join(words)


def test_a_change_of_visitors_takes_the_list_back():
    slot, participation, _manifest = told_slot()

    place = VisitPlace.objects.get(participation=participation)
    visits_places.give_back_visit_place(place=place, by=own(participation), at=LATER)

    assert not HostManifest.objects.exists()
    assert not VisitorDocument.objects.exists()
    with pytest.raises(visits_manifests.NobodyComes):
        manifest_of(slot)


def test_only_whom_it_concerns_tells_a_document_and_only_where_it_is_asked(director):
    asked, not_asked = VisitPlaceFactory(slot__visit__identity="told"), VisitPlaceFactory()

    with pytest.raises(PermissionDenied):
        visits_places.tell_document(place=asked, kind="passport", number=NUMBER, by=director, at=LATER)
    with pytest.raises(visits_places.NoDocumentAsked):
        visits_places.tell_document(
            place=not_asked, kind="passport", number=NUMBER, by=own(not_asked.participation), at=LATER
        )


def test_lists_for_the_host_are_for_the_team_and_the_host(member):
    slot, _participation, _manifest = told_slot()

    with pytest.raises(PermissionDenied):
        manifest_of(slot, by=member)
    with pytest.raises(PermissionDenied):
        visits_manifests.forget_visitors(by=member, at=OVER)


def test_a_person_sees_all_that_is_kept_and_takes_it_along():
    slot, participation, _manifest = told_slot()
    person = participation.person

    told = visits_of(person)
    erase_person(person=person, by=SYSTEM, at=LATER)

    assert [document["number"] for document in told["documents told to hosts"]] == [NUMBER]
    assert [wish["slot__code"] for wish in told["wishes"]] == [slot.code]
    assert visits_of(person) == {"wishes": [], "places": [], "documents told to hosts": []}
    # The published draw is whole: a code, and nobody behind it.
    row = VisitWishList.objects.get()
    assert (row.participation_id, row.drawn_slot_id, row.needs_step_free) == (None, slot.pk, False)
    assert NUMBER not in everything_in_the_database()
