"""Which moment a page shows: now, or in a demonstration the one that the visitor or the edition has set."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from filiera.shared.time import at_zone

from .dates import day_and_month
from .queries.published import EditionMark, Item, Programme

PARAMETER = "as_of"
NOW = "now"
OWN = "own"
_COOKIE_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """A moment to look at an edition from, by its stable name."""

    key: str
    label: str
    moment: datetime


@dataclass(frozen=True)
class Clock:
    """The moment of a page; `key` is empty when it is the real one."""

    moment: datetime
    key: str
    own: datetime | None = None
    # Only a demonstration has another clock than the real one.
    programme: Programme | None = None

    @property
    def is_set(self) -> bool:
        return bool(self.key)

    @property
    def is_offered(self) -> bool:
        return self.programme is not None

    @cached_property
    def choices(self) -> tuple[Hour, ...]:
        return _choices(self.programme, self.own) if self.programme else ()

    def remember(self, response: HttpResponse, edition_id: int, *, is_secure: bool) -> None:
        response.set_cookie(
            _cookie(edition_id),
            self.key or NOW,
            max_age=_COOKIE_AGE,
            samesite="Lax",
            httponly=True,
            secure=is_secure,
        )


def clock_for(request: HttpRequest, mark: EditionMark, programme: Programme | None) -> Clock:
    """The visitor's choice, else the demonstration's own clock, else now."""
    if not mark.is_demonstration or programme is None or not programme.items:
        return Clock(moment=timezone.now(), key="")
    own = mark.clock_at
    asked = request.GET.get(PARAMETER) or request.COOKIES.get(_cookie(mark.id), "")
    if asked and asked != NOW:
        chosen = next((hour for hour in _choices(programme, own) if hour.key == asked), None)
        if chosen is not None:
            return Clock(moment=chosen.moment, key=chosen.key, own=own, programme=programme)
    if own is not None and asked != NOW:
        return Clock(moment=own, key=OWN, own=own, programme=programme)
    return Clock(moment=timezone.now(), key="", own=own, programme=programme)


def _choices(programme: Programme, own: datetime | None) -> tuple[Hour, ...]:
    items = programme.items
    hours = []
    if own is not None:
        local = at_zone(own, programme.frame["zone"])
        hours.append(Hour(OWN, f"{day_and_month(local.date())}, {local:%H:%M}", own))
    hours += [Hour("before", _("Before"), items[0].start - timedelta(days=14))]
    for number, (day, held) in enumerate(_days(items).items(), start=1):
        # In the middle of a session, so that there is something on.
        middle = held[len(held) // 2]
        label = _("Day %(number)s, %(date)s") % {
            "number": number,
            "date": day_and_month(date.fromisoformat(day)),
        }
        hours.append(Hour(f"day-{number}", label, middle.start + (middle.end - middle.start) / 2))
    hours.append(Hour("after", _("Afterwards"), max(item.end for item in items) + timedelta(days=7)))
    return tuple(hours)


def _days(items: tuple[Item, ...]) -> dict[str, list[Item]]:
    days: dict[str, list[Item]] = {}
    for item in items:
        days.setdefault(at_zone(item.start, item.zone).date().isoformat(), []).append(item)
    return days


def _cookie(edition_id: int) -> str:
    return f"filiera_clock_{edition_id}"
