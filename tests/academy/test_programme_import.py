from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import Workbook

from filiera.academy.actions.programme_import import EditionHasNoParts, ImportRefused, import_programme
from filiera.academy.actions.undo import undo_last_step
from filiera.academy.imports.frab import UnreadableSchedule
from filiera.academy.models import Contribution, Room, RoomClosure, Session, Speaker
from filiera.shared.tables import RowProblem
from tests.academy.factories import NOW, PartFactory, RoomFactory, SessionFactory, between, moment

HEAD = "date,start,end,title,titolo,kind,room,speakers,languages,capacity\n"
GOOD = HEAD + (
    "2023-09-21,09:00,10:30,Opening,Apertura,welcome,Main hall,Ada Rossi (Polo); Jan Novák,en,80\n"
    "22/09/2023,14.00,15.00,Q and A,,questions,,,,\n"
    "2023-09-22,,,Later,,lesson,,,,\n"
)
FRAB = """<schedule><version>1</version><conference><title>T</title></conference><day><room name="Hall">
<event id="1"><title>Talk</title><type>talk</type><date>2023-09-21T09:00:00+02:00</date>
<duration>00:45</duration><room>Hall</room><abstract>About</abstract><language>it</language>
<persons><person>Ada Rossi</person></persons></event></room></day></schedule>"""


def take_over(edition, viewer, content, name="programme.csv", *, dry_run=False):
    if isinstance(content, str):
        content = content.encode()
    return import_programme(edition=edition, content=content, name=name, dry_run=dry_run, by=viewer, at=NOW)


def problems_of(edition, viewer, content, name="programme.csv"):
    with pytest.raises(ImportRefused) as refusal:
        take_over(edition, viewer, content, name)
    return list(refusal.value.problems)


def test_a_table_becomes_sessions_rooms_and_speakers(edition, editor):
    PartFactory(edition=edition)

    take_over(edition, editor, GOOD)

    assert [
        (
            row.slug,
            row.kind,
            row.title,
            row.during and row.during.lower,
            row.minutes,
            row.room and row.room.name,
        )
        for row in Session.objects.order_by("during", "pk")
    ] == [
        (
            "opening",
            "welcome",
            {"en": "Opening", "it": "Apertura"},
            datetime(2023, 9, 21, 7, 0, tzinfo=UTC),
            90,
            {"en": "Main hall"},
        ),
        ("q-and-a", "questions", {"en": "Q and A"}, datetime(2023, 9, 22, 12, 0, tzinfo=UTC), 60, None),
        ("later", "lesson", {"en": "Later"}, None, 60, None),
    ]
    assert sorted(Contribution.objects.values_list("session__slug", "speaker__name")) == [
        ("opening", "Ada Rossi"),
        ("opening", "Jan Novák"),
    ]


def test_rooms_and_speakers_that_are_there_are_used(edition, editor):
    PartFactory(edition=edition)
    room = RoomFactory(edition=edition, name={"en": "Main Hall"})
    Speaker.objects.create(edition=edition, slug="ada", name="Ada Rossi")

    take_over(edition, editor, GOOD)

    assert (list(Room.objects.all()), Speaker.objects.filter(name="Ada Rossi").count()) == ([room], 1)


def test_a_workbook_is_read_like_a_table(edition, editor):
    PartFactory(edition=edition)
    workbook = Workbook()
    workbook.active.append(["Data", "Inizio", "Fine", "Titolo", "Tipo"])
    workbook.active.append([datetime(2023, 9, 21), "09:00", "10:00", "Pranzo", "break"])
    file = BytesIO()
    workbook.save(file)

    take_over(edition, editor, file.getvalue(), "programma.xlsx")

    assert list(Session.objects.values_list("slug", "title")) == [("pranzo", {"it": "Pranzo"})]


def test_another_tool_s_schedule_becomes_sessions(edition, editor):
    PartFactory(edition=edition)

    take_over(edition, editor, FRAB, "schedule.xml")

    assert list(
        Session.objects.values_list("slug", "kind", "minutes", "title", "abstract", "room__slug")
    ) == [("talk", "lesson", 45, {"it": "Talk"}, {"it": "About"}, "hall")]


def test_a_dry_run_tells_and_changes_nothing(edition, editor):
    PartFactory(edition=edition)

    report = take_over(edition, editor, GOOD, dry_run=True)

    assert (len(report.sessions), report.new_rooms, report.new_speakers) == (
        3,
        ("Main hall",),
        ("Ada Rossi", "Jan Novák"),
    )
    assert (Session.objects.count(), Room.objects.count(), Speaker.objects.count()) == (0, 0, 0)


def test_an_import_is_taken_back_in_one_step(edition, editor):
    PartFactory(edition=edition)
    take_over(edition, editor, GOOD)

    undo_last_step(edition=edition, by=editor, at=NOW)

    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "column", "value", "expected"),
    [
        ("2023-13-01,09:00,10:00,T,,lesson,,,,", "date", "2023-13-01", "a date such as 2023-09-21"),
        (
            "2023-10-01,09:00,10:00,T,,lesson,,,,",
            "date",
            "2023-10-01",
            "a date inside a part: 2023-09-21 – 2023-09-22",
        ),
        ("2023-09-21,9h,10:00,T,,lesson,,,,", "start", "9h", "a time such as 09:30"),
        ("2023-09-21,10:00,09:00,T,,lesson,,,,", "end", "09:00", "a time after the start, 10:00"),
        ("2023-09-21,10:00,,T,,lesson,,,,", "end", "", "both a start and an end, or neither"),
        ("2023-09-21,09:00,10:00,,,lesson,,,,", "title", "", "a title"),
        (
            "2023-09-21,09:00,10:00,T,,lesson,,,english,",
            "languages",
            "english",
            "language codes such as en, it",
        ),
        ("2023-09-21,09:00,10:00,T,,lesson,,,,-3", "capacity", "-3", "a whole number of places above 0"),
    ],
)
def test_one_wrong_row_changes_nothing_and_says_what_was_expected(
    edition, editor, row, column, value, expected
):
    PartFactory(edition=edition)

    problems = problems_of(edition, editor, GOOD + row + "\n")

    assert (problems, Session.objects.count()) == ([RowProblem(5, column, value, expected)], 0)


def test_a_kind_that_does_not_exist_is_answered_with_the_list(edition, editor):
    PartFactory(edition=edition)

    [problem] = problems_of(edition, editor, HEAD + "2023-09-21,09:00,10:00,T,,party,,,,\n")

    assert (problem.row, problem.column, problem.value) == (2, "kind", "party")
    assert problem.expected.startswith("one of: welcome, plenary")


def test_a_session_that_is_there_already_is_refused(edition, editor):
    part = PartFactory(edition=edition)
    SessionFactory(part=part, slug="opening")

    [problem] = problems_of(edition, editor, GOOD)

    assert problem == RowProblem(2, "slug", "opening", "a session that the programme does not have yet")


def test_a_double_booking_names_the_row_and_the_other_session(edition, editor):
    part = PartFactory(edition=edition)
    room = RoomFactory(edition=edition, name={"en": "Main hall"})
    SessionFactory(part=part, room=room, during=between(moment(10)), title={"en": "Before"})

    [problem] = problems_of(edition, editor, GOOD)

    assert (problem.row, problem.column, problem.value, "Before" in problem.expected) == (
        2,
        "room",
        "Main hall",
        True,
    )


def test_a_closed_room_is_refused(edition, editor):
    PartFactory(edition=edition)
    room = RoomFactory(edition=edition, name={"en": "Main hall"})
    RoomClosure.objects.create(room=room, during=between(moment(9)))

    [problem] = problems_of(edition, editor, GOOD)

    assert (problem.row, problem.column, problem.value) == (2, "room", "Main hall")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("<title>Talk</title>", "<title></title>"), "title"),
        (("+02:00", ""), "date"),
        (("00:45", "soon"), "duration"),
        (("2023-09-21T", "2024-09-21T"), "date"),
    ],
)
def test_a_wrong_event_names_its_number_and_element(edition, editor, change, column):
    PartFactory(edition=edition)

    [problem] = problems_of(edition, editor, FRAB.replace(*change), "schedule.xml")

    assert (problem.row, problem.column) == (1, column)


@pytest.mark.parametrize(
    "content",
    [
        "not xml",
        "<other/>",
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><schedule>&b;</schedule>',
    ],
)
def test_what_is_no_schedule_is_refused(edition, editor, content):
    PartFactory(edition=edition)

    with pytest.raises(UnreadableSchedule):
        take_over(edition, editor, content, "schedule.xml")


def test_an_edition_without_parts_takes_no_import(edition, editor):
    with pytest.raises(EditionHasNoParts):
        take_over(edition, editor, GOOD)


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_only_the_programme_team_imports(edition, who, request):
    PartFactory(edition=edition)

    with pytest.raises(PermissionDenied):
        take_over(edition, request.getfixturevalue(who), GOOD)
