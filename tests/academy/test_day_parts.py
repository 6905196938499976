"""The parts of a day that rooms offer: their order, and what a delay makes of a moment."""

from datetime import UTC, datetime, timedelta

import pytest

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
    ("after_minutes", "later_minutes"), [(-5, 0), (0, 15), (29, 15), (30, 5), (119, 5), (120, 0)]
)
def test_a_delay_moves_what_lies_between_its_first_moment_and_its_end(after_minutes, later_minutes):
    delay = Delay(
        edition_id=1,
        steps=((NOON, timedelta(minutes=15)), (NOON + timedelta(minutes=30), timedelta(minutes=5))),
        ends=NOON + timedelta(hours=2),
    )
    moment = NOON + timedelta(minutes=after_minutes)

    assert delay.moved(moment) == moment + timedelta(minutes=later_minutes)
