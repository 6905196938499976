"""What places, presence and tasks say on somebody's own page, on the desk and in the day folder."""

from datetime import timedelta

import pytest

from filiera.academy.day_parts import OwnKind
from filiera.academy.models import EditionRole
from filiera.admissions.day_parts import desk_panels, own_parts, sheets
from filiera.admissions.models import AttendanceMode, HandIn, Task
from tests.academy.factories import (
    FIRST_DAY,
    NOW,
    EditionFactory,
    EditionMemberFactory,
    PartFactory,
    moment,
)
from tests.academy.viewers import viewer_in
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import DayAttendanceFactory, ParticipationFactory, PresenceFactory


@pytest.fixture
def edition(db):
    return PartFactory(edition=EditionFactory(public=True)).edition


@pytest.fixture
def day(edition):
    return edition.parts.get().days.get(date=FIRST_DAY)


def viewer(edition, role):
    return viewer_in(EditionMemberFactory(edition=edition, role=role))


def somebody_in(edition, **more):
    person = PersonFactory()
    seen = viewer_in(EditionMemberFactory(edition=edition, person=person, participant=True))
    return seen, ParticipationFactory(
        edition=edition, person=person, state="confirmed", confirmed_at=NOW, **more
    )


def task_of(edition, title, due_at):
    return Task.objects.create(
        edition=edition, kind="read", title={"en": title}, due_at=due_at, created_at=NOW
    )


def test_what_is_still_to_do_is_on_ones_own_page(edition):
    seen, place = somebody_in(edition)
    done = task_of(edition, "Done", moment(12))
    late, open_one = task_of(edition, "Late", moment(8)), task_of(edition, "Open", moment(20))
    HandIn.objects.create(task=done, participation=place, handed_in_at=NOW)

    parts = own_parts(seen, edition, moment(14))

    assert [(part.key, part.kind, part.title, part.is_urgent) for part in parts] == [
        (f"task-{late.pk}", OwnKind.TASK, "Late", True),
        (f"task-{open_one.pk}", OwnKind.TASK, "Open", False),
    ]


def test_who_has_no_place_has_nothing_to_do(edition):
    task_of(edition, "Open", moment(20))

    assert list(own_parts(viewer(edition, EditionRole.PARTICIPANT), edition, moment(14))) == []


def test_the_desk_counts_who_is_there_in_which_way(edition, day):
    for mode, is_there in (
        (AttendanceMode.IN_PERSON, True),
        (AttendanceMode.IN_PERSON, False),
        (AttendanceMode.ONLINE, False),
        (AttendanceMode.ABSENT, False),
    ):
        _seen, place = somebody_in(edition)
        DayAttendanceFactory(participation=place, day=day, mode=mode)
        if is_there:
            PresenceFactory(participation=place, day=day)

    panels = desk_panels(viewer(edition, EditionRole.FACILITATOR), edition, moment(14))

    assert [line.text for panel in panels for line in panel.lines] == [
        "1 of 2 in person",
        "0 of 1 online",
        "1 said that they do not come",
    ]


def test_who_may_not_see_counts_sees_none(edition, day):
    assert list(desk_panels(viewer(edition, EditionRole.PARTICIPANT), edition, moment(14))) == []
    assert (
        list(desk_panels(viewer(edition, EditionRole.DIRECTOR), edition, moment(14) + timedelta(days=90)))
        == []
    )


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        (EditionRole.DIRECTOR, ["attendance"]),
        (EditionRole.CHECK_IN, ["attendance"]),
        (EditionRole.KITCHEN, []),
        (EditionRole.PARTICIPANT, []),
    ],
)
def test_the_folder_names_people_for_who_may_see_them(edition, day, role, keys):
    somebody_in(edition, name="Ada Long")

    assert [sheet.key for sheet in sheets(viewer(edition, role), edition, FIRST_DAY)] == keys


def test_the_folder_of_another_date_has_no_sheets(edition):
    director = viewer(edition, EditionRole.DIRECTOR)

    assert list(sheets(director, edition, FIRST_DAY + timedelta(days=40))) == []
