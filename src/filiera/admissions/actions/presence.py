"""Recording who was there, and taking it back; the hours of a session go to the ledger."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Day, Session, SessionKind, SessionState
from filiera.accounts.viewer import Viewer
from filiera.admissions import facts
from filiera.admissions.models import (
    ClockNote,
    Participation,
    ParticipationState,
    Presence,
    PresenceMode,
    PresenceSource,
    RepeatedScan,
    Station,
)
from filiera.admissions.policies import presence as policies
from filiera.ledger import actions as ledger
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError

# Clocks differ by a little; more than this and the server's time is the truer one.
CLOCK_TOLERANCE = timedelta(minutes=2)
FACT_OF_MODE = {
    PresenceMode.ONLINE: facts.ATTENDED_ONLINE.code,
    PresenceMode.IN_PERSON: facts.ATTENDED_IN_PERSON.code,
}


class PlaceNotConfirmed(DomainError):
    message = _("This place is not confirmed. Send the person to the desk.")


class PlaceGivenBack(DomainError):
    message = _("This place was given back or has expired. Send the person to the desk.")


class PlaceOfAnotherEdition(DomainError):
    message = _("This place belongs to another edition.")


class SessionIsCancelled(DomainError):
    message = _("This session is cancelled; nobody can be present at it.")


class ScanOfSomebodyElse(DomainError):
    message = _("This scan was already recorded for somebody else. Scan again.")


class MinutesNeeded(DomainError):
    message = _("How many minutes somebody was there is needed, between 1 and 960.")


class PresenceAlreadyUndone(DomainError):
    message = _("This presence has already been taken back.")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a scan came to: a new presence, or the one that stood already."""

    presence: Presence
    is_new: bool
    # The same scan sent again, not a person scanned again.
    is_replay: bool = False


@transaction.atomic
def record_presence(
    *,
    participation: Participation,
    mode: str,
    source: str,
    scan_id: UUID,
    checked_in_at: datetime,
    by: Viewer,
    at: datetime,
    session: Session | None = None,
    day: Day | None = None,
    minutes: int | None = None,
    station: Station | None = None,
    device_at: datetime | None = None,
    clock_note: str = ClockNote.NONE,
) -> Recorded:
    """Record that somebody was at a session, or came in on a day; once, whoever scans how often.

    A day's presence implies none of its sessions: those are recorded at their own door or list. A scan
    counts the session's length, an import its own minutes. `checked_in_at` is when they came; a time in the
    future becomes now, with a note. Of two scans the earlier one is the presence, the other is kept beside
    it. The same `scan_id` again changes nothing, also after the presence was taken back.

    Raises PermissionDenied, PlaceOfAnotherEdition, PlaceNotConfirmed, PlaceGivenBack, SessionIsCancelled,
    MinutesNeeded, ScanOfSomebodyElse.
    """
    _check_may(participation, source, station, by)
    edition_id = session.edition_id if session is not None else (day.part.edition_id if day else None)
    if edition_id != participation.edition_id:
        raise PlaceOfAnotherEdition
    # One scan of a person after the other, at however many stations they come in.
    participation = (
        Participation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("edition__organiser", "organisation__region", "ecosystem", "person")
        .get(pk=participation.pk)
    )
    known = _known_scan(scan_id, participation)
    if known is not None:
        return Recorded(known, is_new=False, is_replay=True)
    _check_place(participation)
    if session is not None and session.state == SessionState.CANCELLED:
        raise SessionIsCancelled
    if checked_in_at > at:
        if checked_in_at > at + CLOCK_TOLERANCE:
            clock_note = ClockNote.AHEAD
        checked_in_at = at
    standing = Presence.objects.standing().filter(participation=participation, session=session, day=day)
    first = standing.select_related("station").first()
    if first is not None:
        _keep_repeat(first, scan_id=scan_id, station=station, checked_in_at=checked_in_at, at=at)
        return Recorded(first, is_new=False)
    presence = Presence.objects.create(
        participation=participation,
        session=session,
        day=day,
        mode=mode,
        minutes=_minutes(session, minutes, source),
        source=source,
        checked_in_at=checked_in_at,
        recorded_at=at,
        device_at=device_at,
        clock_note=clock_note,
        station=station,
        recorded_by=by.person,
        scan_id=scan_id,
    )
    if session is not None and session.kind != SessionKind.BREAK:
        _record_hours(presence, session, participation, by=by, at=at)
    tell_presence(participation.edition_id)
    return Recorded(presence, is_new=True)


@transaction.atomic
def undo_presence(*, presence: Presence, by: Viewer, at: datetime) -> Presence:
    """Take a presence back; it stays known as undone, and its hours are reversed.

    Raises PermissionDenied, PresenceAlreadyUndone.
    """
    presence = (
        Presence.objects.select_for_update(of=("self",), no_key=True)
        .select_related("participation__edition", "station")
        .get(pk=presence.pk)
    )
    at_own_station = presence.station is not None and policies.can_check_in_at(by, presence.station)
    if not at_own_station and not policies.can_check_in(by, presence.participation.edition):
        raise PermissionDenied
    if presence.undone_at is not None:
        raise PresenceAlreadyUndone
    presence.undone_at, presence.undone_by = at, by.person
    presence.save(update_fields=["undone_at", "undone_by"])
    ledger.reverse_standing(presence, *FACT_OF_MODE.values(), by=by, at=at)
    tell_presence(presence.participation.edition_id)
    return presence


def presence_topic(edition_id: int) -> str:
    """What open pages of who is there listen to; an event carries no name."""
    return f"edition:{edition_id}:presence"


def tell_presence(edition_id: int) -> None:
    publish_event(presence_topic(edition_id))


def _check_may(participation: Participation, source: str, station: Station | None, by: Viewer) -> None:
    if station is not None and station.edition_id == participation.edition_id:
        if policies.can_check_in_at(by, station):
            return
    elif source == PresenceSource.SELF and policies.can_check_oneself_in(by, participation):
        return
    if not policies.can_check_in(by, participation.edition):
        raise PermissionDenied


def _check_place(participation: Participation) -> None:
    if participation.state == ParticipationState.CONFIRMED:
        return
    raise PlaceGivenBack if participation.ended_at is not None else PlaceNotConfirmed


def _known_scan(scan_id: UUID, participation: Participation) -> Presence | None:
    presence = Presence.objects.select_related("station").filter(scan_id=scan_id).first()
    if presence is None:
        repeat = RepeatedScan.objects.select_related("presence__station").filter(scan_id=scan_id).first()
        presence = repeat.presence if repeat is not None else None
    if presence is not None and presence.participation_id != participation.pk:
        raise ScanOfSomebodyElse
    return presence


def _keep_repeat(
    first: Presence, *, scan_id: UUID, station: Station | None, checked_in_at: datetime, at: datetime
) -> None:
    repeat = RepeatedScan(
        presence=first, scan_id=scan_id, station=station, checked_in_at=checked_in_at, recorded_at=at
    )
    # What a video tool says has minutes of its own; all else is somebody who saw them come.
    if checked_in_at < first.checked_in_at and first.source != PresenceSource.IMPORT:
        # A station without network had seen them before: that is when they came.
        repeat.checked_in_at, first.checked_in_at = first.checked_in_at, checked_in_at
        repeat.station, first.station = first.station, station
        repeat.scan_id, first.scan_id = first.scan_id, scan_id
        first.save(update_fields=["checked_in_at", "station", "scan_id"])
    repeat.save()


def _minutes(session: Session | None, minutes: int | None, source: str) -> int | None:
    if session is None:
        return None
    if source == PresenceSource.IMPORT or minutes is not None:
        if minutes is None or not 1 <= minutes <= 960:
            raise MinutesNeeded
        return minutes
    if session.during is None:
        return session.minutes
    length: timedelta = session.during.upper - session.during.lower
    return round(length.total_seconds() / 60)


def _record_hours(
    presence: Presence, session: Session, participation: Participation, *, by: Viewer, at: datetime
) -> None:
    ledger.record(
        FACT_OF_MODE[PresenceMode(presence.mode)],
        subject=presence,
        by=by,
        at=at,
        happened_at=presence.checked_in_at,
        organisation=participation.organisation,
        counterpart=participation.edition.organiser,
        person=participation.person,
        quantity=(Decimal(presence.minutes or 0) / 60).quantize(Decimal("0.0001")),
        ecosystem=participation.ecosystem,
    )


@transaction.atomic
def record_like(
    *,
    session: Session,
    like_day: Day | None = None,
    like_session: Session | None = None,
    by: Viewer,
    at: datetime,
) -> int:
    """Record at a session everybody who is in on a day or at another session; how many are new.

    For rooms without a door of their own, "present all morning": the desk says so, nobody assumes it.
    Raises PermissionDenied, SessionIsCancelled.
    """
    if not policies.can_check_in(by, session.edition):
        raise PermissionDenied
    standing = Presence.objects.standing().filter(
        day=like_day, session=like_session, participation__edition_id=session.edition_id
    )
    there = Presence.objects.standing().filter(session=session).values("participation")
    missing = standing.exclude(participation__in=there).select_related("participation__edition")
    new = 0
    for presence in missing.order_by("pk"):
        try:
            recorded = record_presence(
                participation=presence.participation,
                session=session,
                mode=presence.mode,
                source=PresenceSource.LIST,
                scan_id=uuid4(),
                checked_in_at=min(at, session.during.lower) if session.during is not None else at,
                by=by,
                at=at,
            )
        except (PlaceNotConfirmed, PlaceGivenBack):
            # Was there, and has given the place back since: stays at what was recorded.
            continue
        new += recorded.is_new
    return new
