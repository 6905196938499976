"""Attendance files of video tools: read, matched, reviewed, recorded all or none, corrected by a second."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.admissions import attendance_files as files
from filiera.admissions.actions import presence_imports as actions
from filiera.admissions.actions.presence import undo_presence
from filiera.admissions.models import Presence, PresenceImport, PresenceSource
from filiera.admissions.queries.presence_matching import matching_of, plain_name
from filiera.ledger.models import Fact
from filiera.shared.tables import TableTooLarge, UnreadableTable
from tests.academy.factories import EditionMemberFactory, PartFactory, SessionFactory, between, moment
from tests.academy.viewers import client_of, viewer_in
from tests.admissions.factories import ParticipationFactory, PresenceFactory

HELD_ON = date(2023, 9, 21)
ZOOM = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
81234567890,Keynote,09/21/2023 08:55:00 AM,09/21/2023 10:05:00 AM,host@example.org,70,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent
Anna Rossi,anna@example.org,09/21/2023 08:58:00 AM,09/21/2023 09:30:00 AM,32,Yes,
Anna Rossi,anna@example.org,09/21/2023 09:40:00 AM,09/21/2023 10:10:00 AM,30,Yes,
"Żak, Łucja (PL)",,09/21/2023 09:00:00 AM,09/21/2023 09:45:00 AM,45,Yes,
iPhone di Marco,,09/21/2023 09:00:00 AM,09/21/2023 10:00:00 AM,60,Yes,
"""
TEAMS = (
    "1. Summary\nMeeting title\tKeynote\nAttended participants\t2\n\n2. Participants\n"
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    "Anna Rossi\t9/21/23, 8:59:00 AM\t9/21/23, 10:01:10 AM\t51m 2s\tanna@example.org\t\tPresenter\n"
    "Marco Bianchi (Guest)\t9/21/23, 9:00:00 AM\t9/21/23, 9:30:00 AM\t30m 0s\t\t\tAttendee\n\n"
    "3. In-Meeting Activities\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
    "Anna Rossi\t9/21/23, 8:59:00 AM\t9/21/23, 10:01:10 AM\t51m 2s\tanna@example.org\tPresenter\n"
)
WEBEX = (
    '"Name"\t"Attendee Email"\t"Join Time"\t"Leave Time"\t"Attendance Duration"\n'
    '"Anna Rossi"\t"anna@example.org"\t"2023-09-21 09:00:00"\t"2023-09-21 09:56:00"\t"56 mins"\n'
)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("57", 57),
        ("56 mins", 56),
        ("1h 2m 30s", 62.5),
        ("1:02:30", 62.5),
        ("0:56", 56),
        ("", None),
        ("—", None),
        ("1,5", 1.5),
        ("2 ore 5 min", 125),
    ],
)
def test_durations_are_read_as_tools_write_them(text, minutes):
    assert files.parse_minutes(text) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "09/21/2023 09:01:22 AM",
        "9/21/23, 9:01:22 AM",
        "21/09/2023 09:01:22",
        "21.09.2023 09:01:22",
        "2023-09-21 09:01:22",
        "2023-09-21T09:01:22Z",
        "09:01:22",
        "9:01:22\u202fAM",
    ],
)
def test_times_are_read_as_tools_write_them(text):
    assert files.parse_moment(text, HELD_ON) == datetime(2023, 9, 21, 9, 1, 22)


def test_of_two_readings_the_one_of_the_session_counts():
    assert files.parse_moment("06/07/2023 09:00", date(2023, 7, 6)) == datetime(2023, 7, 6, 9, 0)
    assert files.parse_moment("06/07/2023 09:00", date(2023, 6, 7)) == datetime(2023, 6, 7, 9, 0)


def test_what_is_no_time_is_none():
    assert files.parse_moment("yesterday", HELD_ON) is None


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (ZOOM.encode(), ["Anna Rossi", "Anna Rossi", "Żak, Łucja (PL)", "iPhone di Marco"]),
        (b"\xef\xbb\xbf" + ZOOM.encode(), None),
        (TEAMS.encode("utf-16"), ["Anna Rossi", "Marco Bianchi (Guest)"]),
        (WEBEX.encode("utf-16"), ["Anna Rossi"]),
        ("Nome;Minuti\nGiosuè Carducci;12\n".encode("cp1252"), ["Giosuè Carducci"]),
    ],
)
def test_the_list_is_found_in_the_files_of_the_tools(content, names):
    table = files.read_attendance(content, "report.csv")

    assert table.is_recognised
    if names is not None:
        assert [row[table.mapping["name"]] for row in table.rows] == names


def test_a_file_of_no_known_tool_waits_for_its_columns():
    table = files.read_attendance(b"Wer,Wie lange\nAnna,12\n", "x.csv")

    assert (table.is_recognised, table.headings, table.rows) == (
        False,
        ["Wer", "Wie lange"],
        [["Anna", "12"]],
    )


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", files.NoAttendees),
        (b"\n\n\n", files.NoAttendees),
        (b"PK\x03\x04broken", UnreadableTable),
        (b"a,b\x00c\n1,2\n", UnreadableTable),
        (b"Name,Duration\n" + b"A,1\n" * 5001, TableTooLarge),
        (b"Name,Duration\n", files.NoAttendees),
    ],
)
def test_what_is_no_list_is_refused(content, error):
    with pytest.raises((error, UnreadableTable)):
        files.read_attendance(content, "x.csv")


@pytest.mark.parametrize(
    "name", ["Łucja Żak", "Żak, Łucja (PL)", "ZAK LUCJA", "Łucja Żak - Mazovia ICT", "Łucja Żak | Filiera"]
)
def test_names_are_compared_without_what_is_around_them(name):
    assert plain_name(name) == "lucja zak"


pytestmark = pytest.mark.django_db


@pytest.fixture
def session(edition):
    return SessionFactory(part=PartFactory(edition=edition), during=between(moment(9), 60))


@pytest.fixture
def desk(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.DESK))


@pytest.fixture
def anna(edition):
    return ParticipationFactory(edition=edition, name="Anna Rossi", email="Anna@example.org")


@pytest.fixture
def lucja(edition):
    return ParticipationFactory(edition=edition, name="Łucja Żak", email="lucja@example.org")


@pytest.fixture
def marco(edition):
    return ParticipationFactory(edition=edition, name="Marco Bianchi", email="marco@example.org")


def upload(session, by, text=ZOOM, name="zoom.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return actions.upload_attendance(session=session, content=content, file_name=name, by=by, at=moment(12))


def decide(made, by, **decisions):
    keys = {attendee.name: attendee.key for attendee in matching_of(made).attendees}
    told = {keys[name.replace("_", " ")]: chosen for name, chosen in decisions.items()}
    return actions.decide_names(presence_import=made, decisions=told, by=by, at=moment(12))


def record(made, by):
    return actions.record_import(presence_import=made, by=by, at=moment(12))


def presences(session):
    return dict(
        Presence.objects.standing().filter(session=session).values_list("participation__name", "minutes")
    )


def test_names_are_matched_by_address_then_by_name_and_the_rest_waits(session, desk, anna, lucja, marco):
    found = {
        attendee.name: (attendee.how, attendee.participation, attendee.minutes)
        for attendee in matching_of(upload(session, desk)).attendees
    }

    assert found == {
        # Joined before the beginning and left after the end: what is within counts.
        "Anna Rossi": ("email", anna.pk, 50),
        "Żak, Łucja (PL)": ("name", lucja.pk, 45),
        "iPhone di Marco": ("doubtful", None, 60),
    }


def test_a_tools_own_duration_counts_where_somebody_left_in_between(session, desk, anna, marco):
    matching = matching_of(upload(session, desk, TEAMS.encode("utf-16")))

    assert {planned.name: planned.minutes for planned in matching.planned} == {
        "Anna Rossi": 52,
        "Marco Bianchi": 30,
    }


def test_doubtful_names_stop_everything(session, desk, anna, lucja, marco):
    made = upload(session, desk)

    with pytest.raises(actions.NamesUndecided):
        record(made, desk)
    assert presences(session) == {}


def test_what_was_decided_is_recorded_all_at_once(session, desk, anna, lucja, marco):
    made = decide(upload(session, desk), desk, iPhone_di_Marco=marco.pk)

    recorded = record(made, desk)

    assert recorded.recorded == 3
    assert presences(session) == {"Anna Rossi": 50, "Łucja Żak": 45, "Marco Bianchi": 60}
    assert Fact.objects.filter(kind="attendance.online").count() == 3
    assert (recorded.rows, recorded.decisions) == ([], {})


def test_somebody_who_is_nobody_of_ours_is_left_out(session, desk, anna, lucja, marco):
    record(decide(upload(session, desk), desk, iPhone_di_Marco=0), desk)

    assert set(presences(session)) == {"Anna Rossi", "Łucja Żak"}


def test_two_devices_of_one_person_count_no_minute_twice(session, desk, anna, marco):
    made = decide(upload(session, desk), desk, iPhone_di_Marco=anna.pk)

    assert {planned.name: planned.minutes for planned in matching_of(made).planned}["Anna Rossi"] == 60


def test_a_second_file_corrects_and_doubles_nothing(session, desk, anna):
    first = "Name,User Email,Duration (Minutes)\nAnna Rossi,anna@example.org,{}\n"
    record(upload(session, desk, first.format(40)), desk)
    record(upload(session, desk, first.format(40)), desk)
    record(upload(session, desk, first.format(55)), desk)

    assert presences(session) == {"Anna Rossi": 55}
    quantities = Fact.objects.filter(kind="attendance.online").values_list("quantity", flat=True)
    assert round(float(sum(quantities)), 3) == round(55 / 60, 3)


def test_who_was_seen_at_the_door_stays_so(session, desk, anna):
    PresenceFactory(participation=anna, session=session, day=None, minutes=60, source=PresenceSource.SCAN)

    closed = record(upload(session, desk, WEBEX.encode("utf-16")), desk)

    assert (closed.recorded, presences(session)) == (0, {"Anna Rossi": 60})


def test_what_was_taken_back_can_be_imported_again(session, desk, anna):
    record(upload(session, desk, WEBEX), desk)
    undo_presence(presence=Presence.objects.get(), by=desk, at=moment(12))

    record(upload(session, desk, WEBEX), desk)

    assert presences(session) == {"Anna Rossi": 56}


def test_columns_are_named_where_no_tool_is_known(session, desk, anna):
    made = upload(session, desk, "Wer,Mail,Wie lange\nAnna,anna@example.org,30\n")
    with pytest.raises(actions.ColumnsMissing):
        actions.map_columns(presence_import=made, mapping={"name": 0}, by=desk, at=moment(12))

    mapping = {"name": 0, "email": 1, "minutes": 2}
    made = actions.map_columns(presence_import=made, mapping=mapping, by=desk, at=moment(12))
    record(made, desk)

    assert presences(session) == {"Anna Rossi": 30}


def test_a_file_is_recorded_once(session, desk, anna):
    made = record(upload(session, desk, WEBEX), desk)

    for again in (
        record,
        lambda *of: actions.set_import_aside(presence_import=of[0], by=of[1], at=moment(12)),
    ):
        with pytest.raises(actions.ImportIsClosed):
            again(made, desk)


def test_a_session_without_time_takes_no_file(edition, desk):
    with pytest.raises(actions.SessionHasNoTime):
        upload(SessionFactory(part=PartFactory(edition=edition)), desk)


def test_rows_leave_when_set_aside_and_after_a_week(session, desk):
    aside = actions.set_import_aside(presence_import=upload(session, desk), by=desk, at=moment(12))
    waiting = upload(session, desk)

    assert actions.forget_old_imports(at=moment(12) + timedelta(days=8)) == 1
    waiting.refresh_from_db()
    assert (aside.rows, waiting.rows, aside.recorded, waiting.recorded) == ([], [], None, None)


def test_the_database_keeps_no_rows_of_closed_files(session, desk):
    made = upload(session, desk)

    with pytest.raises(IntegrityError, match="presence_import_rows_leave"):
        PresenceImport.objects.filter(pk=made.pk).update(closed_at=moment(12))


def test_only_who_sees_participants_and_checks_in_imports(session, edition, desk, member):
    door = viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.CHECK_IN))

    for viewer in (member, door):
        with pytest.raises(PermissionDenied):
            upload(session, viewer)
    made = upload(session, desk, WEBEX)
    with pytest.raises(PermissionDenied):
        record(made, member)


# Pages


@pytest.fixture
def desk_client(desk):
    return client_of(desk.person)


def address(name, edition, key):
    return reverse(f"admissions:{name}", args=[edition.slug, key])


def test_from_the_file_to_the_presences(desk_client, edition, session, anna, lucja, marco):
    file = SimpleUploadedFile("zoom.csv", ZOOM.encode())
    uploaded = desk_client.post(address("desk_presence_import", edition, session.pk), {"file": file})
    review = desk_client.get(uploaded["Location"])
    refused = desk_client.post(uploaded["Location"], {"do": "record"})
    names = [attendee.name for attendee in review.context["form"].attendees]
    said = {f"name-{names.index('iPhone di Marco')}": str(marco.pk)}
    kept = desk_client.post(uploaded["Location"], {"do": "keep", **said})
    done = desk_client.post(uploaded["Location"], {"do": "record"})

    assert [answer.status_code for answer in (uploaded, review, refused, kept, done)] == [
        302,
        200,
        422,
        302,
        302,
    ]
    assert len(presences(session)) == 3
    assert desk_client.get(uploaded["Location"]).status_code == 200


def test_an_unknown_file_asks_for_its_columns(desk_client, edition, session, anna):
    file = SimpleUploadedFile("x.csv", b"Wer,Mail,Zeit\nAnna,anna@example.org,30\n")
    uploaded = desk_client.post(address("desk_presence_import", edition, session.pk), {"file": file})
    made = PresenceImport.objects.get()
    shown = desk_client.get(uploaded["Location"])
    wrong = desk_client.post(address("desk_presence_columns", edition, made.pk), {"name": "0"})
    named = desk_client.post(
        address("desk_presence_columns", edition, made.pk), {"name": "0", "email": "1", "minutes": "2"}
    )

    assert [answer.status_code for answer in (shown, wrong, named)] == [200, 422, 302]


def test_what_is_no_table_is_told_at_the_field(desk_client, edition, session):
    file = SimpleUploadedFile("x.csv", b"PK\x03\x04broken")

    answer = desk_client.post(address("desk_presence_import", edition, session.pk), {"file": file})

    assert answer.status_code == 422


def test_files_are_for_those_who_import(edition, session, desk, member_client, outsider_client):
    made = upload(session, desk)
    door = client_of(EditionMemberFactory(edition=edition, role=EditionRole.CHECK_IN).person)
    paths = [
        address("desk_presence_import", edition, session.pk),
        address("desk_presence_review", edition, made.pk),
    ]

    for client, status in ((member_client, 403), (outsider_client, 403), (door, 403), (Client(), 302)):
        assert {client.get(path).status_code for path in paths} == {status}


def test_a_file_of_another_edition_is_not_found(desk_client, edition):
    elsewhere = SessionFactory(scheduled=True)
    other = viewer_in(EditionMemberFactory(edition=elsewhere.edition, role=EditionRole.DESK))
    made = upload(elsewhere, other)

    assert desk_client.get(address("desk_presence_review", edition, made.pk)).status_code == 404


@pytest.mark.parametrize("people", [1, 4])
def test_the_review_takes_as_many_queries_for_many(
    desk_client, desk, edition, session, people, django_assert_num_queries
):
    ParticipationFactory.create_batch(people, edition=edition)
    made = upload(session, desk)

    with django_assert_num_queries(7):
        desk_client.get(address("desk_presence_review", edition, made.pk))
