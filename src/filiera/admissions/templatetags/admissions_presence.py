"""What pages of presence say again and again."""

from datetime import datetime, timedelta

from django import template

from filiera.academy.dates import day_and_month
from filiera.admissions.models import AttendanceMode, Participation, Presence, PresenceSource
from filiera.admissions.queries.entry_codes import in_groups, qr_text
from filiera.admissions.queries.presence_lists import Target
from filiera.admissions.queries.presence_matching import Matching
from filiera.design.codes import qr_on_white
from filiera.shared.time import at_zone

register = template.Library()

# A station with network sends a scan within seconds.
LATE = timedelta(minutes=5)


@register.filter
def attendance_label(mode: str) -> str:
    return str(AttendanceMode(mode).label)


@register.filter
def clock_at(moment: datetime, target: Target) -> str:
    """The time of day where it happened, with its date where that is another day."""
    local = at_zone(moment, target.zone)
    held = target.day.date if target.day is not None else None
    if target.session is not None and target.session.during is not None:
        held = at_zone(target.session.during.lower, target.zone).date()
    return f"{local:%H:%M}" if local.date() == held else f"{day_and_month(local.date())}, {local:%H:%M}"


@register.filter
def arrived_late(presence: Presence) -> bool:
    """Whether a scan reached the server much later than it was made."""
    return presence.source != PresenceSource.IMPORT and presence.recorded_at - presence.checked_in_at > LATE


@register.inclusion_tag("admissions/place/_entry_code.html")
def entry_code(place: Participation) -> dict[str, object]:
    """The code by which somebody comes in, as a picture and as letters; for its holder's own page."""
    return {
        "place": place,
        "picture": qr_on_white(qr_text(place)),
        "code": in_groups(place.entry_code),
    }


@register.filter
def planned(matching: Matching, what: str) -> int:
    return matching.count(what)
