"""Local times with their zone: the two hours a year in which a clock lies are told, not guessed."""

from datetime import UTC, date, datetime, time
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


def parse_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises UnknownTimeZone."""
    if name not in available_timezones():
        raise UnknownTimeZone
    return ZoneInfo(name)


def at_zone(moment: datetime, zone: str) -> datetime:
    """The moment as clocks in this zone show it."""
    return moment.astimezone(ZoneInfo(zone))


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
