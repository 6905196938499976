"""Meetings of two in the days of an edition: one's own page, the desk, paper, and a day that runs late."""

from datetime import timedelta

import pytest

from filiera.academy.day_parts import Delay
from filiera.accounts.viewer import VISITOR
from filiera.meetings import meetings_day as day
from filiera.meetings.models import Meeting, MeetingRound, MeetingSlot, OutcomeQuestion
from tests.academy.factories import NOW
from tests.meetings.meeting_factories import (
    FIRST_SLOT,
    MeetingFactory,
    SlotFactory,
    WishFactory,
    planner,
    room,
    wisher,
)

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


@pytest.fixture
def held():
    """A published round with two slots one after the other, and a meeting in the first."""
    round_, people = room(slots=0, published=True)
    first = SlotFactory(round=round_, starts_at=FIRST_SLOT)
    SlotFactory(round=round_, starts_at=first.ends_at)
    MeetingFactory(round=round_, first=people[0], second=people[1], slot=first)
    WishFactory(wisher=people[0], wanted=people[1])
    WishFactory(wisher=people[0], wanted=people[2], why="Valves")
    return round_, people


def delay(round_, by=QUARTER, since=FIRST_SLOT):
    return Delay(round_.edition_id, ((since, by),), since + timedelta(hours=5))


def test_ones_own_part_has_meetings_and_whom_one_wanted_to_meet(held):
    round_, people = held

    parts = list(day.own_parts(wisher(people[0]), round_.edition, NOW))

    assert [(part.kind, part.title, part.starts_at) for part in parts] == [
        ("meeting", f"Meeting with {people[1].name}", FIRST_SLOT),
        ("wish", people[2].name, None),
    ]
    assert parts[1].details == ("Valves",)
    assert list(day.own_parts(wisher(people[3]), round_.edition, NOW)) == []
    assert list(day.own_parts(VISITOR, round_.edition, NOW)) == []


def test_what_is_asked_of_one_is_a_task(held):
    round_, people = held
    meeting = Meeting.objects.get()
    MeetingRound.objects.update(who_accepts="both")
    WishFactory(wisher=people[3], wanted=people[1], why="Ports")
    OutcomeQuestion.objects.create(
        meeting=meeting,
        attendee=people[1],
        after_days=0,
        asked_at=NOW,
        expires_at=NOW + QUARTER,
        link_seed="s",
    )

    def tasks(attendee, at=NOW):
        parts = day.own_parts(wisher(attendee), round_.edition, at)
        return [part.title for part in parts if part.kind == "task"]

    assert tasks(people[1]) == [
        f"Your meeting with {people[0].name}: what came of it?",
        f"{people[0].name} wants to meet you",
        f"{people[3].name} wants to meet you",
    ]
    assert tasks(people[0]) == []
    assert len(tasks(people[1], at=NOW + QUARTER)) == 2


def test_an_unpublished_meeting_is_in_nobodys_days(held):
    round_, people = held
    MeetingRound.objects.update(published_at=None)

    kinds = [part.kind for part in day.own_parts(wisher(people[0]), round_.edition, NOW)]

    assert kinds == ["wish", "wish"]


def test_the_desk_and_the_folder_have_the_meetings_for_who_plans_alone(held):
    round_, people = held
    soon = FIRST_SLOT - timedelta(hours=1)
    local = FIRST_SLOT.date()

    (panel,) = day.desk_panels(planner(round_), round_.edition, soon)
    (sheet,) = day.sheets(planner(round_), round_.edition, local)

    assert [line.text for line in panel.lines] == [f"{people[0].name} – {people[1].name}"]
    assert [row[3:] for row in sheet.rows] == [(people[0].name, people[1].name)]
    assert list(day.desk_panels(planner(round_), round_.edition, NOW)) == []
    for viewer in (wisher(people[0]), VISITOR):
        assert list(day.desk_panels(viewer, round_.edition, soon)) == []
        assert list(day.sheets(viewer, round_.edition, local)) == []
        assert list(day.hits(viewer, round_.edition, delay(round_))) == []


def test_slots_move_with_a_day_that_runs_late_and_keep_their_length(held):
    round_, _people = held
    before = list(MeetingSlot.objects.order_by("starts_at").values_list("starts_at", "ends_at"))

    (hit,) = day.hits(planner(round_), round_.edition, delay(round_))
    day.follow(planner(round_), round_.edition, delay(round_), NOW)

    after = list(MeetingSlot.objects.order_by("starts_at").values_list("starts_at", "ends_at"))
    assert "One meeting of two moves" in hit.sentence
    assert after == [(starts + QUARTER, ends + QUARTER) for starts, ends in before]


def test_what_lies_before_the_delay_stays_and_an_overlap_refuses_it(held):
    round_, _people = held
    second = MeetingSlot.objects.order_by("-starts_at")[0]
    day.follow(planner(round_), round_.edition, delay(round_, since=second.starts_at), NOW)
    assert MeetingSlot.objects.order_by("starts_at")[0].starts_at == FIRST_SLOT

    ends = Delay(round_.edition_id, ((FIRST_SLOT, timedelta(hours=2)),), second.starts_at)
    SlotFactory(round=round_, starts_at=FIRST_SLOT + timedelta(hours=2))
    with pytest.raises(day.SlotsWouldOverlap):
        day.follow(planner(round_), round_.edition, ends, NOW)
