"""Local times with their zone: the two hours a year in which a clock lies are told, not guessed."""

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError


class UnknownTimeZone(DomainError):
    message = _("This time zone is not known. Choose one such as Europe/Rome.")


class NonexistentTime(DomainError):
    message = _("This time does not exist on that day: the clock goes forward over it. Choose another.")


class AmbiguousTime(DomainError):
    message = _(
        "This time comes twice on that day, because the clock goes back. Choose the first or the second."
    )


@cache
def zone_names() -> tuple[str, ...]:
    """The zones a person may choose: places, not abbreviations."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return tuple(sorted(places))


@cache
def parse_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises UnknownTimeZone."""
    if name != "UTC" and name not in available_timezones():
        raise UnknownTimeZone
    return ZoneInfo(name)


def at_zone(moment: datetime, zone: str) -> datetime:
    """The moment as clocks in the zone show it."""
    return moment.astimezone(parse_zone(zone))


def readings(day: date, clock: time, zone: str) -> list[datetime]:
    """The moments, in UTC, at which clocks in the zone show this time on this day.

    One on nearly every day; none in the hour that is skipped and two in the hour that is repeated
    when clocks change.
    """
    local = parse_zone(zone)
    found = []
    for fold in (0, 1):
        moment = datetime.combine(day, clock.replace(fold=fold), tzinfo=local).astimezone(UTC)
        back = moment.astimezone(local)
        if back.date() == day and back.time() == clock.replace(fold=0) and moment not in found:
            found.append(moment)
    return found


def around_the_gap(day: date, clock: time, zone: str) -> tuple[datetime, datetime]:
    """For a skipped time: what it would be on the clock before, and on the clock after, the change."""
    local = parse_zone(zone)
    by_fold = sorted(
        datetime.combine(day, clock.replace(fold=fold), tzinfo=local).astimezone(UTC) for fold in (0, 1)
    )
    return by_fold[0], by_fold[1]


def local_moment(day: date, at: time, zone: ZoneInfo, *, second: bool | None = None) -> datetime:
    """The moment that a clock in `zone` shows as this day and time.

    `second` says which of the two when the clock goes back; without it such a time is refused.
    Raises NonexistentTime, AmbiguousTime.
    """
    first_reading = datetime.combine(day, at, zone).replace(fold=0)
    second_reading = first_reading.replace(fold=1)
    if first_reading.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != first_reading.replace(
        tzinfo=None
    ):
        raise NonexistentTime
    if first_reading.utcoffset() != second_reading.utcoffset():
        if second is None:
            raise AmbiguousTime
        return second_reading if second else first_reading
    return first_reading


def zone_label(zone: ZoneInfo, moment: datetime) -> str:
    """How a page names a zone, e.g. "Europe/Rome (CEST, UTC+2)"."""
    local = moment.astimezone(zone)
    offset = local.utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    shift = f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"
    name = local.tzname() or ""
    letters = f"{name}, " if name.isalpha() else ""
    return f"{zone.key.replace('_', ' ')} ({letters}{shift})"
