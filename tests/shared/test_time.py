from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from filiera.shared.time import (
    AmbiguousTime,
    NonexistentTime,
    UnknownTimeZone,
    local_moment,
    parse_zone,
    zone_label,
)

ROME = ZoneInfo("Europe/Rome")


def test_an_ordinary_time_is_read_in_its_zone():
    moment = local_moment(date(2023, 9, 21), time(9, 0), ROME)

    assert moment.astimezone(UTC) == datetime(2023, 9, 21, 7, 0, tzinfo=UTC)


def test_a_time_that_the_clock_jumps_over_is_refused():
    with pytest.raises(NonexistentTime):
        local_moment(date(2023, 3, 26), time(2, 30), ROME)


def test_a_time_that_comes_twice_is_refused_until_one_is_chosen():
    with pytest.raises(AmbiguousTime):
        local_moment(date(2023, 10, 29), time(2, 30), ROME)


@pytest.mark.parametrize(("second", "hour"), [(False, 0), (True, 1)])
def test_the_chosen_one_of_two_equal_times(second, hour):
    moment = local_moment(date(2023, 10, 29), time(2, 30), ROME, second=second)

    assert moment.astimezone(UTC) == datetime(2023, 10, 29, hour, 30, tzinfo=UTC)


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(UnknownTimeZone):
        parse_zone("Europe/Atlantis")


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Europe/Rome", "Europe/Rome (CEST, UTC+2)"),
        ("Asia/Kolkata", "Asia/Kolkata (IST, UTC+5:30)"),
        ("America/Sao_Paulo", "America/Sao Paulo (UTC-3)"),
    ],
)
def test_a_zone_is_named_with_its_offset(zone, label):
    assert zone_label(ZoneInfo(zone), datetime(2023, 9, 21, 12, tzinfo=UTC)) == label
