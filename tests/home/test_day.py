"""The desk of the running day: what it shows, what it says to whom, the folder and the screens."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from filiera.academy import day_parts
from filiera.academy.day_parts import DeskLine, DeskPanel, Sheet
from filiera.academy.models import Broadcast, BroadcastAudience, Countdown, EditionRole
from filiera.admissions.models import AttendanceMode
from filiera.workshops.models import Group, GroupRound, GroupSeries, Seat
from tests.academy.factories import (
    NOW,
    ContributionFactory,
    EditionFactory,
    EditionMemberFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    between,
    moment,
    publish,
)
from tests.academy.viewers import client_of
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import DayAttendanceFactory, ParticipationFactory


@pytest.fixture
def edition(db):
    """Ten past two on the first day: work in the hall, a talk later in the garden."""
    edition = EditionFactory(public=True, demonstration=True, clock_at=moment(14, 10), name={"en": "Academy"})
    part = PartFactory(edition=edition)
    hall = RoomFactory(edition=edition, slug="hall", name={"en": "Great hall"}, position=1)
    garden = RoomFactory(edition=edition, slug="garden", name={"en": "Garden"}, position=2)
    SessionFactory(
        part=part, slug="work", title={"en": "Group work"}, during=between(moment(14), 90), room=hall
    )
    SessionFactory(part=part, slug="talk", title={"en": "A talk"}, during=between(moment(16)), room=garden)
    publish(edition)
    return edition


@pytest.fixture
def leader(edition):
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR).person)


@pytest.fixture
def rooms(monkeypatch):
    monkeypatch.setattr(day_parts, "_rooms", {})


def path(name, edition, *keys):
    return reverse(f"home:{name}", args=[edition.slug, *keys])


def somebody_in(edition):
    person = PersonFactory()
    EditionMemberFactory(edition=edition, person=person, participant=True)
    return ParticipationFactory(edition=edition, person=person, state="confirmed", confirmed_at=NOW)


def group_of(edition, *participations, published=True):
    series = GroupSeries.objects.create(
        edition=edition,
        title={"en": "Circles"},
        created_at=NOW,
        changed_at=NOW,
        published_at=NOW if published else None,
    )
    group = Group.objects.create(round=GroupRound.objects.create(series=series, number=1), number=3)
    for participation in participations:
        Seat.objects.create(group=group, round=group.round, participation=participation)
    return group


def test_the_desk_shows_each_room_with_now_and_next(edition, leader, rooms):
    desk = leader.get(path("desk_day", edition)).context["desk"]

    assert [
        (line.room.slug, line.now and line.now.slug, line.next and line.next.slug) for line in desk.rooms
    ] == [("hall", "work", None), ("garden", None, "talk")]
    assert [screen.label for screen in desk.screens] == ["All rooms", "Great hall", "Garden"]


def test_rooms_put_their_lines_on_the_desk(edition, leader, rooms):
    panel = DeskPanel(key="groups", title="Groups", lines=(DeskLine(text="Group 3", place="Garden"),))
    day_parts.register("workshops", desk_panels=lambda viewer, edition, at: [panel])

    page = leader.get(path("desk_day", edition)).content.decode()

    assert "Group 3" in page


def test_after_the_last_day_the_desk_says_so(edition, leader, rooms):
    edition.clock_at = moment(12) + timedelta(days=30)
    edition.save()

    assert "The last day is over" in leader.get(path("desk_day", edition)).content.decode()


def test_where_no_session_has_its_hour_no_day_is_over(edition, leader, rooms):
    edition.sessions.update(during=None)

    for name in ("home:desk_day", "academy:desk_late"):
        page = leader.get(reverse(name, args=[edition.slug])).content.decode()
        assert "No day is planned yet" in page
        assert "is over" not in page


def test_a_message_goes_to_a_group_and_nobody_else(edition, leader):
    inside, outside = somebody_in(edition), somebody_in(edition)
    group = group_of(edition, inside)

    answer = leader.post(
        path("broadcast_create", edition),
        {"to": f"group-{group.pk}", "text": "Meet outside.", "minutes": "30"},
    )

    assert answer.status_code == 302
    broadcast = Broadcast.objects.get()
    assert (broadcast.audience, broadcast.for_whom) == (
        BroadcastAudience.NAMED,
        "Circles, round 1, group 3",
    )
    own = {
        each: client_of(each.person).get(reverse("academy:my", args=[edition.slug]))
        for each in (inside, outside)
    }
    assert ["Meet outside." in page.content.decode() for page in own.values()] == [True, False]


def test_a_message_goes_to_those_who_are_online(edition, leader):
    online, present = somebody_in(edition), somebody_in(edition)
    day = edition.parts.get().days.get(date=moment(12).date())
    DayAttendanceFactory(participation=online, day=day, mode=AttendanceMode.ONLINE)
    DayAttendanceFactory(participation=present, day=day, mode=AttendanceMode.IN_PERSON)

    leader.post(path("broadcast_create", edition), {"to": "mode-online", "text": "Unmute.", "minutes": "5"})

    recipients = Broadcast.objects.get().recipients.values_list("person", flat=True)
    assert list(recipients) == [online.person_id]


def test_groups_that_are_not_published_are_no_circle(edition, leader):
    group = group_of(edition, somebody_in(edition), published=False)

    answer = leader.post(
        path("broadcast_create", edition), {"to": f"group-{group.pk}", "text": "x", "minutes": "5"}
    )

    assert (answer.status_code, Broadcast.objects.count()) == (422, 0)


def test_what_was_typed_stays_when_a_message_is_refused(edition, leader):
    group = group_of(edition)

    answer = leader.post(
        path("broadcast_create", edition), {"to": f"group-{group.pk}", "text": "Hello there", "minutes": "5"}
    )

    assert answer.status_code == 422
    assert "Hello there" in answer.content.decode()
    assert "Nobody of these has an account here" in answer.content.decode()


def test_a_message_is_taken_off_the_pages(edition, leader):
    leader.post(path("broadcast_create", edition), {"to": "everybody", "text": "Soup.", "minutes": "30"})
    broadcast = Broadcast.objects.get()

    leader.post(path("broadcast_end", edition, broadcast.pk))

    assert "Soup." not in leader.get(path("stage_day", edition)).content.decode()


def test_a_clock_is_started_extended_and_stopped(edition, leader):
    leader.post(path("countdown_create", edition), {"minutes": "20", "label": "Ideas", "room": ""})
    countdown = Countdown.objects.get()
    ends_at = countdown.ends_at

    leader.post(path("countdown_extend", edition, countdown.pk), {"minutes": "5"})
    countdown.refresh_from_db()
    assert countdown.ends_at == ends_at + timedelta(minutes=5)
    assert "Ideas" in leader.get(path("stage_room", edition, "hall")).content.decode()
    leader.post(path("countdown_end", edition, countdown.pk))
    assert "Ideas" not in leader.get(path("stage_room", edition, "hall")).content.decode()


def test_a_clock_of_one_room_is_on_its_screen_alone(edition, leader):
    hall = edition.rooms.get(slug="hall")
    leader.post(path("countdown_create", edition), {"minutes": "20", "label": "Ideas", "room": hall.pk})

    shown = [
        "Ideas" in leader.get(path("stage_room", edition, slug)).content.decode()
        for slug in ("hall", "garden")
    ]

    assert shown == [True, False]


def test_the_hour_of_a_demonstration_is_set(edition, leader):
    leader.post(path("hour_change", edition), {"hour": "15:45"})

    edition.refresh_from_db()
    assert edition.clock_at == moment(15, 45)


def test_real_editions_have_no_hour_to_set(edition, leader):
    edition.is_demonstration, edition.clock_at = False, None
    edition.save()

    assert leader.post(path("hour_change", edition), {"hour": "15:45"}).status_code == 404


def test_screens_show_what_is_on_to_whoever_may_see_the_programme(edition, client):
    SessionFactory(
        part=edition.parts.get(), slug="secret", title={"en": "In the draft"}, during=between(moment(14))
    )

    everything = client.get(path("stage_day", edition)).content.decode()
    hall = client.get(path("stage_room", edition, "hall")).content.decode()

    assert ["Group work" in everything, "A talk" in everything, "In the draft" in everything] == [
        True,
        True,
        False,
    ]
    assert ["Group work" in hall, "A talk" in hall] == [True, False]
    assert client.get(path("stage_room", edition, "nowhere")).status_code == 404


def test_screens_show_nothing_that_is_for_some(edition, leader, client):
    member = somebody_in(edition)
    group = group_of(edition, member)
    leader.post(
        path("broadcast_create", edition),
        {"to": f"group-{group.pk}", "text": "Only group 3.", "minutes": "30"},
    )
    leader.post(path("broadcast_create", edition), {"to": "team", "text": "Only the team.", "minutes": "30"})

    page = client.get(path("stage_day", edition)).content.decode()

    assert ["Only group 3." in page, "Only the team." in page] == [False, False]


def test_the_folder_holds_the_run_sheet_and_what_rooms_add(edition, leader, rooms):
    ContributionFactory(session=edition.sessions.get(slug="work"), speaker__name="Ada Long")
    sheet = Sheet(key="groups", title="Groups", columns=("Group", "Who"), rows=(("3", "=Ada"),))
    day_parts.register("workshops", sheets=lambda viewer, edition, day: [sheet])

    answer = leader.get(path("day_folder_zip", edition))

    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        run_sheet = archive.read("01-run-sheet.csv").decode("utf-8-sig").splitlines()
        groups = archive.read(names[-1]).decode("utf-8-sig").splitlines()
        assert archive.read("2023-09-21.pdf").startswith(b"%PDF")
    assert names[0] == "2023-09-21.pdf"
    assert names[-1].endswith("-groups.csv")
    assert run_sheet[1] == "14:00–15:30,Group work,Great hall,Ada Long (Speaker),Lesson"
    # Nothing in a table is taken for a formula.
    assert "=Ada" not in groups[1].split(",")


def test_diets_and_telephones_are_for_who_may_see_them(edition):
    facilitator = client_of(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR).person)

    with zipfile.ZipFile(io.BytesIO(facilitator.get(path("day_folder_zip", edition)).content)) as archive:
        names = [name.partition("-")[2] for name in archive.namelist()[1:]]

    assert "telephones.csv" not in names


def test_there_is_no_folder_of_a_day_without_sessions(edition, leader):
    assert leader.get(path("day_folder_pdf", edition), {"day": "2031-01-01"}).status_code == 404


@pytest.mark.parametrize("name", ["desk_day", "day_folder_pdf", "day_folder_zip"])
def test_the_desk_is_for_who_runs_the_day(edition, client, name):
    participant = client_of(somebody_in(edition).person)
    host = client_of(EditionMemberFactory(edition=edition, role=EditionRole.HOST).person)
    of_another = client_of(EditionMemberFactory(role=EditionRole.DIRECTOR).person)
    address = path(name, edition)

    assert [each.get(address).status_code for each in (participant, host, of_another)] == [403, 403, 403]
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("broadcast_create", ()),
        ("broadcast_end", (1,)),
        ("countdown_create", ()),
        ("countdown_extend", (1,)),
        ("countdown_end", (1,)),
        ("hour_change", ()),
    ],
)
def test_participants_change_nothing_at_the_desk(edition, name, keys):
    participant = client_of(somebody_in(edition).person)

    assert participant.post(path(name, edition, *keys)).status_code == 403


def test_messages_and_clocks_of_another_edition_are_out_of_reach(edition, leader):
    theirs = EditionFactory(public=True)
    countdown = Countdown.objects.create(edition=theirs, started_at=NOW, ends_at=NOW + timedelta(hours=1))
    broadcast = Broadcast.objects.create(
        edition=theirs,
        text={"en": "x"},
        audience="everybody",
        sent_at=NOW,
        shown_until=NOW + timedelta(hours=1),
    )

    assert leader.post(path("countdown_end", edition, countdown.pk)).status_code == 404
    assert leader.post(path("broadcast_end", edition, broadcast.pk)).status_code == 404


@pytest.mark.parametrize("row_count", [1, 5])
def test_the_desk_asks_as_often_for_a_long_day(edition, leader, row_count, django_assert_num_queries, rooms):
    for number in range(row_count):
        SessionFactory(
            part=edition.parts.get(), during=between(moment(17 + number)), room=RoomFactory(edition=edition)
        )
        group_of(edition, somebody_in(edition))
    leader.get(path("desk_day", edition))

    with django_assert_num_queries(14):
        leader.get(path("desk_day", edition))
