"""The parts of a day that rooms offer: their order, and what a delay makes of a moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiera.academy import day_parts
from filiera.academy.day_parts import Delay, OwnKind, OwnPart
from filiera.academy.models import Edition
from filiera.accounts.viewer import VISITOR

NOON = datetime(2023, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture
def rooms(monkeypatch):
    monkeypatch.setattr(day_parts, "_rooms", {})


def test_own_parts_stand_in_the_order_of_the_day(rooms):
    task = OwnPart(key="task-1", kind=OwnKind.TASK, title="Task")
    late = OwnPart(key="visit-1", kind=OwnKind.VISIT, title="Visit", starts_at=NOON + timedelta(hours=2))
    early = OwnPart(key="group-1", kind=OwnKind.GROUP, title="Group", starts_at=NOON)
    day_parts.register("upper", own_parts=lambda viewer, edition, at: [task, late])
    day_parts.register("lower", own_parts=lambda viewer, edition, at: [early])

    assert day_parts.own_parts_of(VISITOR, Edition(), NOON) == [early, late, task]


def test_a_room_without_a_kind_of_offer_is_not_asked_for_it(rooms):
    day_parts.register("quiet")

    assert day_parts.own_parts_of(VISITOR, Edition(), NOON) == []
    assert day_parts.desk_panels_of(VISITOR, Edition(), NOON) == []
    assert day_parts.sheets_of(VISITOR, Edition(), NOON.date()) == []


@pytest.mark.parametrize(
    ("after_minutes", "later_minutes"), [(-5, 0), (0, 15), (20, 15), (25, 10), (30, 5), (119, 5), (120, 0)]
)
def test_a_delay_moves_what_lies_between_its_first_moment_and_its_end(after_minutes, later_minutes):
    delay = Delay(
        edition_id=1,
        steps=((NOON, timedelta(minutes=15)), (NOON + timedelta(minutes=30), timedelta(minutes=5))),
        ends=NOON + timedelta(hours=2),
    )
    moment = NOON + timedelta(minutes=after_minutes)

    assert delay.moved(moment) == moment + timedelta(minutes=later_minutes)


def test_what_runs_ends_later_only_where_the_delay_begins_with_it():
    start, end = NOON - timedelta(minutes=30), NOON + timedelta(minutes=30)
    later = timedelta(minutes=15)
    delay = Delay(edition_id=1, steps=((NOON, later),), ends=NOON + timedelta(hours=9))

    assert delay.moved_span(start, end) == (start, end)
    assert replace(delay, stretches_running=True).moved_span(start, end) == (start, end + later)
    assert replace(delay, stretches_running=True).moved_span(start, NOON) == (start, NOON)


MINUTES = st.integers(min_value=0, max_value=600)


@given(
    moments=st.lists(MINUTES, min_size=2, max_size=12, unique=True),
    late=st.integers(min_value=1, max_value=120),
    slack_at=MINUTES,
    made_up=st.integers(min_value=1, max_value=120),
)
def test_a_delay_keeps_the_order_of_the_day(moments, late, slack_at, made_up):
    steps = [(NOON, timedelta(minutes=late))]
    steps += [(NOON + timedelta(minutes=slack_at + 1), timedelta(minutes=late - min(late, made_up)))]
    delay = Delay(edition_id=1, steps=tuple(steps), ends=NOON + timedelta(days=1))
    planned = [NOON + timedelta(minutes=minute) for minute in sorted(moments)]

    held = [delay.moved(moment) for moment in planned]

    assert held == sorted(held)
    assert all(moment <= after for moment, after in zip(planned, held, strict=True))
