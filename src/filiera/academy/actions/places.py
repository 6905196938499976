"""Where and when an edition is held: venues, rooms, parts and their days."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import Day, Edition, Part, Room, RoomClosure, Session, Venue
from filiera.academy.queries.parts import holds
from filiera.academy.queries.slugs import free_slug
from filiera.accounts.viewer import Viewer
from filiera.reference.models import Country
from filiera.texts.languages import translated

from .errors import DraftError
from .steps import lock_edition, tell_desks

LONGEST_PART = timedelta(days=30)


class PartEndsBeforeStart(DraftError):
    message = _("The last day comes before the first. Choose the same day or a later one.")
    field = "ends_on"


class PartTooLong(DraftError):
    message = _("A part lasts at most thirty days; make several parts.")
    field = "ends_on"


class SessionsOutsidePart(DraftError):
    message = _("Sessions stand on days that would no longer belong to this part. Move them first.")
    field = "starts_on"


class PartInUse(DraftError):
    message = _("This part still has sessions. Move or delete them first.")


class DayHasRecords(DraftError):
    message = _(
        "Something recorded leads back to a day of this part, such as who was there, so the day stays. "
        "Keep the dates, or take those records back first."
    )
    field = "ends_on"


class RoomInUse(DraftError):
    message = _("Sessions stand in this room. Move them first.")


class VenueInUse(DraftError):
    message = _("Rooms or parts belong to this venue. Change them first.")


class ClosureEndsBeforeStart(DraftError):
    message = _("The end comes before the start.")
    field = "until_time"


class DayClosesBeforeOpening(DraftError):
    message = _("The day closes before it opens.")
    field = "closes_at"


@dataclass(frozen=True, kw_only=True)
class PartDetails:
    """What a part is: dates, mode, and where."""

    title: dict[str, str]
    mode: str
    starts_on: date
    ends_on: date
    time_zone: str
    venue: Venue | None = None
    online_url: str = ""
    between: dict[str, str] = field(default_factory=dict)
    opens_at: time = time(9, 0)
    closes_at: time = time(18, 0)


@dataclass(frozen=True, kw_only=True)
class RoomDetails:
    name: dict[str, str]
    capacity: int | None = None
    venue: Venue | None = None
    position: int = 0


@dataclass(frozen=True, kw_only=True)
class VenueDetails:
    name: str
    address: str = ""
    city: str = ""
    country: Country | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    access: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def save_part(*, edition: Edition, part: Part | None, details: PartDetails, by: Viewer, at: datetime) -> Part:
    """Add or change a part; days it gains open at the usual hours, days it loses must be empty.

    Raises PermissionDenied, PartEndsBeforeStart, PartTooLong, SessionsOutsidePart, DayHasRecords.
    """
    _check_editor(edition, by)
    if details.ends_on < details.starts_on:
        raise PartEndsBeforeStart
    if details.ends_on - details.starts_on > LONGEST_PART:
        raise PartTooLong
    lock_edition(edition)
    if part is None:
        number = max(edition.parts.values_list("number", flat=True), default=0) + 1
        part = Part(
            edition=edition,
            number=number,
            slug=free_slug(edition.parts.all(), translated(details.title, "en"), f"part-{number}"),
        )
    part.title, part.mode = details.title, details.mode
    part.starts_on, part.ends_on, part.time_zone = details.starts_on, details.ends_on, details.time_zone
    part.venue, part.online_url, part.between = details.venue, details.online_url, details.between
    part.save()
    _fit_days(part, details)
    tell_desks(edition, by=by)
    return part


@transaction.atomic
def delete_part(*, part: Part, by: Viewer, at: datetime) -> None:
    """Delete a part without sessions.

    Raises PermissionDenied, PartInUse, DayHasRecords.
    """
    _check_editor(part.edition, by)
    lock_edition(part.edition)
    if part.sessions.exists():
        raise PartInUse
    try:
        part.delete()
    except ProtectedError as error:
        raise DayHasRecords from error
    tell_desks(part.edition, by=by)


@transaction.atomic
def set_hours(
    *, day: Day, opens_at: time, closes_at: time, title: dict[str, str], by: Viewer, at: datetime
) -> Day:
    """Say when a day opens and closes; sessions outside are warned about, not moved.

    Raises PermissionDenied, DayClosesBeforeOpening.
    """
    _check_editor(day.part.edition, by)
    if closes_at <= opens_at:
        raise DayClosesBeforeOpening
    day.opens_at, day.closes_at, day.title = opens_at, closes_at, title
    day.save(update_fields=["opens_at", "closes_at", "title"])
    tell_desks(day.part.edition, by=by)
    return day


@transaction.atomic
def save_room(*, edition: Edition, room: Room | None, details: RoomDetails, by: Viewer, at: datetime) -> Room:
    """Add or change a room.

    Raises PermissionDenied.
    """
    _check_editor(edition, by)
    lock_edition(edition)
    if room is None:
        slug = free_slug(edition.rooms.all(), translated(details.name, "en"), "room")
        room = Room(edition=edition, slug=slug)
    room.name, room.capacity = details.name, details.capacity
    room.venue, room.position = details.venue, details.position
    room.save()
    tell_desks(edition, by=by)
    return room


@transaction.atomic
def delete_room(*, room: Room, by: Viewer, at: datetime) -> None:
    """Delete a room in which nothing stands.

    Raises PermissionDenied, RoomInUse.
    """
    _check_editor(room.edition, by)
    lock_edition(room.edition)
    if Session.objects.filter(room=room).exists():
        raise RoomInUse
    room.delete()
    tell_desks(room.edition, by=by)


@transaction.atomic
def close_room(
    *, room: Room, from_at: datetime, until_at: datetime, reason: str, by: Viewer, at: datetime
) -> RoomClosure:
    """Say when a room cannot be used; sessions already there are warned about.

    Raises PermissionDenied, ClosureEndsBeforeStart.
    """
    _check_editor(room.edition, by)
    if until_at <= from_at:
        raise ClosureEndsBeforeStart
    closure = RoomClosure.objects.create(
        room=room, during=DateTimeTZRange(from_at, until_at, "[)"), reason=reason
    )
    tell_desks(room.edition, by=by)
    return closure


@transaction.atomic
def reopen_room(*, closure: RoomClosure, by: Viewer, at: datetime) -> None:
    """Take a closure back.

    Raises PermissionDenied.
    """
    edition = closure.room.edition
    _check_editor(edition, by)
    closure.delete()
    tell_desks(edition, by=by)


@transaction.atomic
def save_venue(
    *, edition: Edition, venue: Venue | None, details: VenueDetails, by: Viewer, at: datetime
) -> Venue:
    """Add or change a venue.

    Raises PermissionDenied.
    """
    _check_editor(edition, by)
    if venue is None:
        venue = Venue(edition=edition, slug=free_slug(edition.venues.all(), details.name, "venue"))
    venue.name, venue.address, venue.city = details.name, details.address, details.city
    venue.country, venue.access = details.country, details.access
    venue.latitude, venue.longitude = details.latitude, details.longitude
    venue.save()
    tell_desks(edition, by=by)
    return venue


@transaction.atomic
def delete_venue(*, venue: Venue, by: Viewer, at: datetime) -> None:
    """Delete a venue to which nothing belongs.

    Raises PermissionDenied, VenueInUse.
    """
    _check_editor(venue.edition, by)
    if venue.rooms.exists() or venue.parts.exists():
        raise VenueInUse
    venue.delete()


def _check_editor(edition: Edition, by: Viewer) -> None:
    if not policies.can_edit_programme(by, edition):
        raise PermissionDenied


def _fit_days(part: Part, details: PartDetails) -> None:
    wanted = {
        part.starts_on + timedelta(days=offset) for offset in range((part.ends_on - part.starts_on).days + 1)
    }
    present = {day.date: day for day in part.days.all()}
    lost = [day.pk for day_date, day in present.items() if day_date not in wanted]
    if lost and _has_sessions_outside(part):
        raise SessionsOutsidePart
    try:
        part.days.filter(pk__in=lost).delete()
    except ProtectedError as error:
        raise DayHasRecords from error
    Day.objects.bulk_create(
        Day(part=part, date=day_date, opens_at=details.opens_at, closes_at=details.closes_at)
        for day_date in sorted(wanted - present.keys())
    )


def _has_sessions_outside(part: Part) -> bool:
    return any(
        session.during is not None and not holds(part, session.during.lower, session.during.upper)
        for session in part.sessions.filter(during__isnull=False)
    )
