"""The pages of meetings: for their people, for the desk, and for nobody else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from filiera.academy.models import Edition, EditionRole
from filiera.meetings.actions.wishes import block_attendee
from filiera.meetings.models import (
    Attendee,
    Block,
    Meeting,
    MeetingPlan,
    MeetingRound,
    MeetingWish,
    SlotPresence,
)
from filiera.shared.tables import read_table
from tests.academy.factories import NOW, EditionMemberFactory
from tests.accounts.factories import PersonFactory
from tests.meetings.meeting_factories import (
    AttendeeFactory,
    MeetingFactory,
    RoundFactory,
    SlotFactory,
    WishFactory,
    room,
    wisher,
)

pytestmark = pytest.mark.django_db

OWN_PAGES = ("round", "profile", "times", "people", "schedule_pdf", "schedule_ics")
DESK_PAGES = (
    "desk_round",
    "desk_round_rules",
    "desk_setup",
    "desk_people",
    "desk_wishes",
    "desk_schedule",
    "desk_meeting_new",
    "desk_meeting_statistics",
    "desk_meetings_xlsx",
)


def dated_room(**rules):
    """A round in an edition whose pages show the moment of these tests."""
    round_, people = room(**rules)
    Edition.objects.filter(pk=round_.edition_id).update(is_demonstration=True, clock_at=NOW)
    round_.refresh_from_db()
    return round_, people


def url(name, round_, *more):
    return reverse(f"meetings:{name}", args=[round_.edition.slug, round_.pk, *more])


def as_member(client, edition, role, person=None):
    member = EditionMemberFactory(edition=edition, person=person or PersonFactory(), role=role)
    client.force_login(member.person)
    return member.person


def as_attendee(client, attendee):
    as_member(client, attendee.round.edition, EditionRole.PARTICIPANT, attendee.person)


@pytest.fixture
def held():
    """A published round with one meeting."""
    round_, people = dated_room(published=True)
    WishFactory(wisher=people[0], wanted=people[2], why="Valves")
    meeting = MeetingFactory(round=round_, first=people[0], second=people[1], slot=round_.slots.first())
    return round_, people, meeting


@pytest.mark.parametrize("name", OWN_PAGES)
def test_who_joined_reads_their_own_pages(client, held, name):
    round_, people, _meeting = held
    as_attendee(client, people[0])

    assert client.get(url(name, round_)).status_code == 200


@pytest.mark.parametrize("name", DESK_PAGES)
def test_who_plans_reads_the_desk(client, held, name):
    round_, _people, _meeting = held
    as_member(client, round_.edition, EditionRole.DIRECTOR)

    assert client.get(url(name, round_)).status_code == 200


@pytest.mark.parametrize("name", DESK_PAGES)
def test_the_desk_is_closed_to_participants_others_and_visitors(client, held, name):
    round_, people, _meeting = held
    address = url(name, round_)
    assert client.get(address).status_code == 302
    as_attendee(client, people[0])
    assert client.get(address).status_code == 403
    as_member(client, RoundFactory().edition, EditionRole.DIRECTOR)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("name", OWN_PAGES)
def test_people_of_another_edition_and_visitors_read_nothing(client, held, name):
    round_, _people, _meeting = held
    address = url(name, round_)
    assert client.get(address).status_code == 302
    as_member(client, RoundFactory().edition, EditionRole.PARTICIPANT)

    assert client.get(address).status_code == 403


def test_a_meeting_is_read_by_its_two_and_by_nobody_else(client, held):
    round_, people, meeting = held
    address = url("meeting", round_, meeting.pk)
    for index, status in ((0, 200), (1, 200), (2, 404)):
        as_attendee(client, people[index])
        assert client.get(address).status_code == status
    # Not even by the organiser: notes stand there. The desk has a page of its own.
    as_member(client, round_.edition, EditionRole.DIRECTOR)
    assert client.get(address).status_code == 404
    assert client.get(url("desk_meeting", round_, meeting.pk)).status_code == 200


def test_an_unpublished_meeting_shows_nowhere_to_its_people(client):
    round_, people = room()
    meeting = MeetingFactory(round=round_, first=people[0], second=people[1], slot=round_.slots.first())
    as_attendee(client, people[0])

    assert people[1].name.encode() not in client.get(url("round", round_)).content
    assert client.get(url("meeting", round_, meeting.pk)).status_code == 404
    assert b"BEGIN:VEVENT" not in client.get(url("schedule_ics", round_)).content


def test_whoever_has_not_joined_sees_nobody(client, held):
    round_, people, _meeting = held
    as_member(client, round_.edition, EditionRole.PARTICIPANT)

    page = client.get(url("round", round_))

    assert page.status_code == 200
    assert not any(attendee.name.encode() in page.content for attendee in people)
    assert client.get(url("people", round_)).status_code == 302
    assert client.get(url("person", round_, people[0].pk)).status_code == 404


def test_a_round_that_is_not_open_is_not_there_for_its_people(client):
    round_ = RoundFactory(opened_at=None)
    as_member(client, round_.edition, EditionRole.PARTICIPANT)

    assert client.get(url("round", round_)).status_code == 404


def test_joining_wishing_and_taking_back(client):
    round_, people = room()
    person = as_member(client, round_.edition, EditionRole.PARTICIPANT)

    wrong = client.post(url("profile", round_), {"offers": "", "needs": "A partner"})
    joined = client.post(url("profile", round_), {"offers": "A laboratory", "needs": "A partner"})
    wished = client.post(url("wish_create", round_, people[0].pk), {"priority": "3", "why": "Valves"})

    assert (wrong.status_code, joined.status_code, wished.status_code) == (422, 302, 302)
    assert b"A partner" in wrong.content
    wish = MeetingWish.objects.get(wisher__person=person)
    assert (wish.priority, wish.why, wish.wanted) == (3, "Valves", people[0])
    client.post(url("wish_withdraw", round_, wish.pk))
    wish.refresh_from_db()
    assert wish.state == "withdrawn"


def test_somebody_elses_wish_is_not_found(client, held):
    round_, people, _meeting = held
    wish = MeetingWish.objects.get()
    as_attendee(client, people[1])

    for name in ("wish_withdraw", "wish_answer"):
        assert client.post(url(name, round_, wish.pk), {"accept": "1"}).status_code == 404


def test_the_blocked_reads_the_same_page_before_and_after(client):
    round_, people = room(who_accepts="both")
    blocker, blocked = people[0], people[1]
    WishFactory(wisher=blocked, wanted=blocker)
    as_attendee(client, blocked)
    addresses = [url("round", round_), url("people", round_), url("person", round_, blocker.pk)]

    def read():
        return [client.get(address).content.split(b"<main")[1].split(b"csrf")[0] for address in addresses]

    before = read()
    block_attendee(blocker=blocker, blocked=blocked, by=wisher(blocker), at=NOW)

    assert read() == before
    assert client.post(url("block_end", round_, Block.objects.get().pk)).status_code == 404


def test_times_are_kept_slot_by_slot(client):
    round_, people = dated_room(slots=2)
    as_attendee(client, people[0])
    first, second = round_.slots.order_by("starts_at")

    client.post(url("times", round_), {f"slot-{first.pk}": "away", f"slot-{second.pk}": "link"})
    wrong = client.post(url("times", round_), {f"slot-{first.pk}": "never", f"slot-{second.pk}": "link"})

    said = SlotPresence.objects.filter(attendee=people[0]).order_by("slot__starts_at")
    assert list(said.values_list("presence", flat=True)) == ["away", "link"]
    assert wrong.status_code == 422


def test_two_who_agreed_take_a_slot_on_the_page(client):
    round_, people = dated_room(by_people=True, slots=2)
    one, other = people[:2]
    WishFactory(wisher=other, wanted=one)
    as_attendee(client, one)

    client.post(url("wish_answer", round_, MeetingWish.objects.get().pk), {"accept": "1"})
    slot = round_.slots.order_by("starts_at")[1]
    page = client.get(url("round", round_))
    wrong = client.post(url("meeting_create", round_, other.pk), {f"{other.pk}-slot": "0"})
    taken = client.post(url("meeting_create", round_, other.pk), {f"{other.pk}-slot": str(slot.pk)})

    assert f'name="{other.pk}-slot"'.encode() in page.content
    assert (wrong.status_code, taken.status_code) == (302, 302)
    meeting = Meeting.objects.get()
    assert meeting.slot == slot
    earlier = round_.slots.order_by("starts_at")[0]
    client.post(url("meeting_move", round_, meeting.pk), {"slot": str(earlier.pk)})
    meeting.refresh_from_db()
    assert meeting.slot == earlier
    client.post(url("meeting_cancel", round_, meeting.pk))
    meeting.refresh_from_db()
    assert meeting.state == "cancelled"


def test_the_desk_begins_a_round_gives_it_slots_and_tables_and_opens_it(client):
    edition = RoundFactory().edition
    MeetingRound.objects.all().delete()
    as_member(client, edition, EditionRole.DIRECTOR)
    rules = {
        "title-0": "Meetings",
        "title_en": "Meetings",
        "scope": "edition",
        "who_accepts": "organiser",
        "who_schedules": "solver",
        "most_meetings": "5",
    }
    page = client.get(reverse("meetings:desk_round_new", args=[edition.slug]))
    name = next(part for part in page.content.decode().split('"') if part.startswith("title"))
    client.post(reverse("meetings:desk_round_new", args=[edition.slug]), {**rules, name: "Meetings"})
    round_ = MeetingRound.objects.get()
    day = (NOW + timedelta(days=9)).date().isoformat()
    times = {"day": day, "begins": "14:00", "until": "15:00", "minutes": "20", "pause_minutes": "0"}

    assert client.post(url("desk_round_open", round_)).status_code == 302
    assert MeetingRound.objects.get().opened_at is None
    assert client.post(url("desk_slots_new", round_), times).status_code == 302
    assert client.post(url("desk_slots_new", round_), times).status_code == 422
    assert (
        client.post(url("desk_tables", round_), {"tables": "4", "room": "", "links": "ftp://x"}).status_code
        == 422
    )
    links = {"tables": "4", "room": "", "links": "https://meet.example.org/1"}
    assert client.post(url("desk_tables", round_), links).status_code == 302
    client.post(url("desk_round_open", round_))
    round_.refresh_from_db()
    assert (round_.opened_at is not None, round_.slots.count(), round_.tables.count()) == (True, 3, 5)


def test_a_plan_is_asked_for_shown_and_stopped_at_the_desk(client, held):
    round_, _people, _meeting = held
    as_member(client, round_.edition, EditionRole.DIRECTOR)

    client.post(url("desk_plan_new", round_), {"keeps": "1"})
    plan = MeetingPlan.objects.get()
    page = client.get(url("desk_round", round_))
    client.post(url("desk_plan_stop", round_, plan.pk))
    plan.refresh_from_db()

    assert b"<progress" in page.content
    assert plan.cancel_asked_at is not None
    assert client.post(url("desk_plan_take", round_, plan.pk)).status_code == 302
    assert plan.taken_at is None


def test_the_table_of_meetings_holds_what_the_grid_shows(client, held):
    round_, people, _meeting = held
    as_member(client, round_.edition, EditionRole.DIRECTOR)

    rows = read_table(client.get(url("desk_meetings_xlsx", round_)).content, "meetings.xlsx")

    assert [(row["first"], row["second"], row["state"]) for row in rows] == [
        (people[0].name, people[1].name, "Planned")
    ]


def people_with_wishes(count):
    round_, people = room(people=1, slots=2, tables=1, published=True)
    for _number in range(count):
        other = AttendeeFactory(round=round_)
        WishFactory(wisher=people[0], wanted=other)
        WishFactory(wisher=other, wanted=people[0])
        slot = SlotFactory(round=round_)
        MeetingFactory(round=round_, first=people[0], second=other, slot=slot)
    return round_, people[0]


@pytest.mark.parametrize(
    "name", ["round", "people", "desk_round", "desk_people", "desk_wishes", "desk_schedule"]
)
def test_pages_ask_a_fixed_number_of_queries(client, name, django_assert_max_num_queries):
    counts = []
    for count in (1, 4):
        round_, attendee = people_with_wishes(count)
        as_member(client, round_.edition, EditionRole.DIRECTOR, attendee.person)
        address = url(name, round_)
        client.get(address)
        with django_assert_max_num_queries(60) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert Attendee.objects.exists()
