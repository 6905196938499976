"""Stations: made at the desk, used by a helper's phone, with network and without."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Day, Edition, Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    ClockNote,
    Participation,
    Presence,
    PresenceMode,
    PresenceSource,
    RepeatedScan,
    Station,
)
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries.entry_codes import UnknownCode, participation_of_code
from filiera.admissions.queries.stations import LATE, closed_at, is_open, target_of
from filiera.shared import attempts
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed

from .presence import CLOCK_TOLERANCE, PresenceAlreadyUndone, record_presence, undo_presence

LONGEST = timedelta(days=14)
WRONG_CODES_A_MINUTE = 20


class StationEndsTooLate(DomainError):
    message = _("A station's link lasts at most fourteen days, and ends in the future.")
    field = "expires_at"


class StationHasEnded(DomainError):
    message = _("The link of this station has ended. Ask the desk for a new one.")
    status = 410


class NoDayOfTheEdition(DomainError):
    message = _("The edition has no day today. Ask the desk for a station of a day or of a session.")


class TooManyWrongCodes(DomainError):
    message = _("Too many codes that do not exist. Wait a minute, or search the list by name.")
    status = 429


class UnknownScan(DomainError):
    message = _("Nobody was recorded by this scan.")


class NotOnTheList(DomainError):
    message = _("This person is not on the list of the edition.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a device noted: a code or somebody ticked, when by its own clock, and how far that was off."""

    id: UUID
    device_at: datetime
    # Server's time minus the device's, as measured when the device last heard from the server.
    offset: timedelta = timedelta()
    code: str = ""
    person: int | None = None
    # Take the presence of this scan back.
    is_undo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a scan: "in", "again", "undone", "refused", or "wait" where it is to be sent again."""

    scan: UUID
    outcome: str
    sentence: str = ""
    code: str = ""
    participation: Participation | None = None
    presence: Presence | None = None


@transaction.atomic
def make_station(
    *,
    edition: Edition,
    name: str,
    expires_at: datetime,
    by: Viewer,
    at: datetime,
    day: Day | None = None,
    session: Session | None = None,
) -> Station:
    """Make the link by which a helper checks people in at one door.

    Raises PermissionDenied, StationEndsTooLate.
    """
    if not policies.can_edit_stations(by, edition):
        raise PermissionDenied
    if not at < expires_at <= at + LONGEST:
        raise StationEndsTooLate
    return Station.objects.create(
        edition=edition,
        name=name,
        day=day,
        session=session,
        seed=fresh_seed(),
        made_by=by.person,
        made_at=at,
        expires_at=expires_at,
    )


@transaction.atomic
def revoke_station(*, station: Station, by: Viewer, at: datetime) -> Station:
    """End a station's link now; what it scanned before and has not sent yet still arrives.

    Raises PermissionDenied.
    """
    if not policies.can_edit_stations(by, station.edition):
        raise PermissionDenied
    if station.revoked_at is None:
        station.revoked_at = at
        station.save(update_fields=["revoked_at"])
    return station


def take_scans(
    *, station: Station, scans: Sequence[Scan], device_now: datetime | None, by: Viewer, at: datetime
) -> list[Answer]:
    """Record what a station noted, each scan for itself: one that is refused stops no other.

    May be sent again, in any order and late: a scan made while the link was open arrives for a week.
    Raises PermissionDenied.
    """
    if not policies.can_check_in_at(by, station):
        raise PermissionDenied
    Station.objects.filter(pk=station.pk).update(seen_at=at)
    measured = at - device_now if device_now is not None else None
    return [_take(station, scan, measured, by, at) for scan in scans]


def _take(station: Station, scan: Scan, measured: timedelta | None, by: Viewer, at: datetime) -> Answer:
    moment, note = _moment_of(station, scan, measured, at)
    try:
        _check_link(station, moment, at)
        if scan.is_undo:
            return _undo(station, scan, by, at)
        participation = _who(station, scan, at)
        session, day = target_of(station, moment)
        if session is None and day is None:
            raise NoDayOfTheEdition
        recorded = record_presence(
            participation=participation,
            session=session,
            day=day,
            mode=PresenceMode.IN_PERSON,
            source=PresenceSource.SCAN if scan.code else PresenceSource.LIST,
            scan_id=scan.id,
            checked_in_at=moment,
            device_at=scan.device_at,
            clock_note=note,
            station=station,
            by=by,
            at=at,
        )
    except TooManyWrongCodes as error:
        return Answer(scan=scan.id, outcome="wait", sentence=str(error), code=error.code)
    except DomainError as error:
        return Answer(scan=scan.id, outcome="refused", sentence=str(error), code=error.code)
    if recorded.presence.undone_at is not None:
        outcome = "undone"
    else:
        # The same scan sent again gets the answer it had; it is the line that was lost, not the person.
        is_own = recorded.is_replay and recorded.presence.scan_id == scan.id
        outcome = "in" if recorded.is_new or is_own else "again"
    return Answer(scan=scan.id, outcome=outcome, participation=participation, presence=recorded.presence)


def _moment_of(
    station: Station, scan: Scan, measured: timedelta | None, at: datetime
) -> tuple[datetime, ClockNote]:
    """When a scan was made, as far as a device's clock can be trusted.

    By the offset known when it was made; where that cannot be true, by the one measured now; else now.
    """
    note = ClockNote.NONE
    for offset in (scan.offset, measured):
        if offset is None:
            continue
        try:
            moment = scan.device_at + offset
        except OverflowError:
            continue
        if moment > at + CLOCK_TOLERANCE:
            note = note or ClockNote.AHEAD
        elif moment < station.made_at - CLOCK_TOLERANCE:
            note = note or ClockNote.BEHIND
        else:
            return min(moment, at), note
    return at, note or ClockNote.BEHIND


def _check_link(station: Station, moment: datetime, at: datetime) -> None:
    if is_open(station, at):
        return
    end = closed_at(station)
    if moment > end or at > end + LATE:
        raise StationHasEnded


def _who(station: Station, scan: Scan, at: datetime) -> Participation:
    if not scan.code:
        places = Participation.objects.select_related("edition")
        found = places.filter(pk=scan.person or 0, edition_id=station.edition_id).first()
        if found is None:
            raise NotOnTheList
        return found
    counter = f"station:{station.pk}"
    if attempts.attempts_so_far(counter, at=at) >= WRONG_CODES_A_MINUTE:
        raise TooManyWrongCodes
    try:
        return participation_of_code(scan.code, station.edition)
    except UnknownCode:
        attempts.count_attempt(counter, at=at)
        raise


def _undo(station: Station, scan: Scan, by: Viewer, at: datetime) -> Answer:
    repeat = RepeatedScan.objects.filter(station=station, scan_id=scan.id).first()
    if repeat is not None:
        # The other station's scan stands; only this one was a mistake.
        return Answer(scan=scan.id, outcome="again", **_seen(repeat.presence_id))
    presence = Presence.objects.filter(station=station, scan_id=scan.id).first()
    if presence is None:
        raise UnknownScan
    # Sent again, it is already as it was asked to be.
    with suppress(PresenceAlreadyUndone):
        undo_presence(presence=presence, by=by, at=at)
    return Answer(scan=scan.id, outcome="undone", **_seen(presence.pk))


def _seen(presence_id: int) -> dict[str, Any]:
    presence = Presence.objects.select_related("participation__organisation", "station").get(pk=presence_id)
    return {"participation": presence.participation, "presence": presence}
