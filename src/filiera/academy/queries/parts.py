"""Which part of an edition a time belongs to."""

from datetime import datetime, time, timedelta

from filiera.academy.models import Edition, Part
from filiera.shared.time import at_zone


def holds(part: Part, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether both ends lie within the part's dates on its own clocks; the last day may end at midnight."""
    start, end = at_zone(starts_at, part.time_zone), at_zone(ends_at, part.time_zone)
    last_day = part.ends_on
    ends_in_time = end.date() <= last_day or (
        end.date() == last_day + timedelta(days=1) and end.time() == time(0, 0)
    )
    return start.date() >= part.starts_on and ends_in_time


def part_holding(
    edition: Edition, starts_at: datetime, ends_at: datetime, preferred_id: int | None = None
) -> Part | None:
    """The part in whose dates a session would lie, its present one first."""
    parts = sorted(
        Part.objects.filter(edition=edition), key=lambda part: (part.pk != preferred_id, part.number)
    )
    return next((part for part in parts if holds(part, starts_at, ends_at)), None)
