"""Sessions of the draft: add, edit, move, set aside, duplicate, cancel, delete."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy import policies
from filiera.academy.models import (
    Contribution,
    Edition,
    Objective,
    Part,
    PublishedSession,
    Room,
    RoomClosure,
    Session,
    SessionState,
    StepKind,
)
from filiera.academy.models.ranges import fresh_overlap_key
from filiera.academy.queries.parts import part_holding
from filiera.academy.queries.slugs import free_slug
from filiera.academy.queries.times import clock
from filiera.accounts.viewer import Viewer
from filiera.texts.languages import translated

from .errors import (
    DraftError,
    EndsBeforeStart,
    LastsTooLong,
    OutsidePart,
    RoomClosed,
    StaleSession,
    StrangeRoom,
)
from .overlaps import overlaps_named
from .steps import Watch, recorded_step

SHORTEST_MINUTES = 5
LONGEST_MINUTES = 16 * 60


class SessionWasPublished(DraftError):
    message = gettext_lazy(
        "Visitors have seen this session, so it cannot be deleted. Cancel it: the programme then says so."
    )


class SessionHasRecords(DraftError):
    message = gettext_lazy(
        "Something recorded leads back to this session, such as who was there, so it cannot be deleted. "
        "Cancel it: the programme then says so."
    )


@dataclass(frozen=True, kw_only=True)
class SessionDetails:
    """What a session says about itself; where and when it is stands beside."""

    kind: str
    title: dict[str, str]
    abstract: dict[str, str] = field(default_factory=dict)
    minutes: int = 60
    capacity: int | None = None
    languages: list[str] = field(default_factory=list)
    online_url: str = ""
    objectives: list[Objective] = field(default_factory=list)
    short_talks_open: bool = False


@transaction.atomic
def add_session(
    *, edition: Edition, part: Part, details: SessionDetails, by: Viewer, at: datetime
) -> Session:
    """Put a new session into the tray.

    Raises PermissionDenied, EndsBeforeStart, LastsTooLong.
    """
    if not policies.can_edit_programme(by, edition) or part.edition_id != edition.pk:
        raise PermissionDenied
    _check_length(details.minutes)
    with recorded_step(edition=edition, kind=StepKind.ADDED, subject=details.title, by=by, at=at) as watch:
        session = Session(
            edition=edition,
            part=part,
            slug=free_slug(
                Session.objects.filter(edition=edition), translated(details.title, "en"), "session"
            ),
            updated_at=at,
        )
        _fill(session, details)
        session.save()
        watch.added(session)
        _set_objectives(session, details.objectives, watch)
    return session


@transaction.atomic
def edit_session(
    *, session: Session, details: SessionDetails, sequence: int, by: Viewer, at: datetime
) -> Session:
    """Change what a session says; a new length moves its end.

    Raises PermissionDenied, StaleSession, EndsBeforeStart, LastsTooLong, OutsidePart, RoomClosed, Overlap.
    """
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    _check_length(details.minutes)
    with recorded_step(
        edition=session.edition, kind=StepKind.EDITED, subject=details.title, by=by, at=at
    ) as watch:
        session = _locked(session, sequence)
        watch.row(session)
        _fill(session, details)
        if session.during is not None:
            _place(session, session.room, session.during.lower)
        _save(session, at)
        _set_objectives(session, details.objectives, watch)
    return session


@transaction.atomic
def move_session(
    *,
    session: Session,
    room: Room | None,
    starts_at: datetime,
    minutes: int,
    by: Viewer,
    at: datetime,
    sequence: int | None = None,
) -> Session:
    """Give a session a room and a time; without a sequence the present state is taken as known.

    Raises PermissionDenied, StaleSession, EndsBeforeStart, LastsTooLong, OutsidePart, StrangeRoom,
    RoomClosed, RoomAlreadyBooked, SpeakerAlreadyBooked.
    """
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    _check_length(minutes)
    with recorded_step(
        edition=session.edition, kind=StepKind.MOVED, subject=session.title, by=by, at=at
    ) as watch:
        session = _locked(session, sequence)
        watch.row(session)
        session.minutes = minutes
        _place(session, room, starts_at)
        _save(session, at)
    return session


@transaction.atomic
def shelve_session(*, session: Session, by: Viewer, at: datetime, sequence: int | None = None) -> Session:
    """Take a session off the grid and keep it in the tray.

    Raises PermissionDenied, StaleSession.
    """
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    with recorded_step(
        edition=session.edition, kind=StepKind.SHELVED, subject=session.title, by=by, at=at
    ) as watch:
        session = _locked(session, sequence)
        watch.row(session)
        session.during = None
        session.room = None
        _save(session, at)
    return session


@transaction.atomic
def duplicate_session(*, session: Session, by: Viewer, at: datetime) -> Session:
    """Put a copy with the same texts, objectives and speakers into the tray; materials stay with the first.

    Raises PermissionDenied.
    """
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    with recorded_step(
        edition=session.edition, kind=StepKind.DUPLICATED, subject=session.title, by=by, at=at
    ) as watch:
        copy = Session.objects.get(pk=session.pk)
        copy.pk = None
        copy._state.adding = True
        copy.slug = free_slug(
            Session.objects.filter(edition_id=session.edition_id), translated(session.title, "en"), "session"
        )
        copy.during = None
        copy.room = None
        copy.state = SessionState.PLANNED
        copy.overlap_key = fresh_overlap_key()
        copy.sequence = 0
        copy.updated_at = at
        copy.save()
        watch.added(copy)
        _set_objectives(copy, list(session.objectives.all()), watch)
        for contribution in session.contributions.order_by("position", "pk"):
            watch.added(
                Contribution.objects.create(
                    session=copy,
                    speaker_id=contribution.speaker_id,
                    role=contribution.role,
                    position=contribution.position,
                )
            )
    return copy


@transaction.atomic
def cancel_session(*, session: Session, by: Viewer, at: datetime, sequence: int | None = None) -> Session:
    """Keep a session in the programme as cancelled; its room and speakers are free again.

    Raises PermissionDenied, StaleSession.
    """
    return _set_state(session, SessionState.CANCELLED, StepKind.CANCELLED, by, at, sequence)


@transaction.atomic
def restore_session(*, session: Session, by: Viewer, at: datetime, sequence: int | None = None) -> Session:
    """Take a cancellation back, where room and speakers are still free.

    Raises PermissionDenied, StaleSession, RoomAlreadyBooked, SpeakerAlreadyBooked.
    """
    return _set_state(session, SessionState.PLANNED, StepKind.RESTORED, by, at, sequence)


@transaction.atomic
def delete_session(*, session: Session, by: Viewer, at: datetime) -> None:
    """Delete a session that visitors never saw.

    Raises PermissionDenied, SessionWasPublished, SessionHasRecords.
    """
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    if PublishedSession.objects.filter(session=session).exists():
        raise SessionWasPublished
    with recorded_step(
        edition=session.edition, kind=StepKind.DELETED, subject=session.title, by=by, at=at
    ) as watch:
        session = _locked(session, None)
        watch.whole_session(session)
        try:
            session.delete()
        except ProtectedError as error:
            raise SessionHasRecords from error


def _set_state(
    session: Session, state: SessionState, kind: StepKind, by: Viewer, at: datetime, sequence: int | None
) -> Session:
    if not policies.can_edit_programme(by, session.edition):
        raise PermissionDenied
    with recorded_step(edition=session.edition, kind=kind, subject=session.title, by=by, at=at) as watch:
        session = _locked(session, sequence)
        watch.row(session)
        session.state = state
        _save(session, at)
    return session


def _locked(session: Session, sequence: int | None) -> Session:
    locked = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("edition", "part", "room")
        .get(pk=session.pk)
    )
    if sequence is not None and locked.sequence != sequence:
        raise StaleSession
    return locked


def _check_length(minutes: int) -> None:
    if minutes < SHORTEST_MINUTES:
        raise EndsBeforeStart
    if minutes > LONGEST_MINUTES:
        raise LastsTooLong


def _fill(session: Session, details: SessionDetails) -> None:
    session.kind = details.kind
    session.title = details.title
    session.abstract = details.abstract
    session.minutes = details.minutes
    session.capacity = details.capacity
    session.languages = details.languages
    session.online_url = details.online_url
    session.short_talks_open = details.short_talks_open


def _place(session: Session, room: Room | None, starts_at: datetime) -> None:
    # Minutes are added in UTC: on local clocks an hour may be missing or come twice.
    starts_at = starts_at.astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=session.minutes)
    part = part_holding(session.edition, starts_at, ends_at, session.part_id)
    if part is None:
        raise OutsidePart
    if room is not None:
        _check_room(room, session, part, starts_at, ends_at)
    session.part = part
    session.room = room
    session.during = DateTimeTZRange(starts_at, ends_at, "[)")
    # What somebody set is no longer made up.
    session.demonstration_fields = [
        name for name in session.demonstration_fields if name not in {"hour", "day"}
    ]


def _check_room(room: Room, session: Session, part: Part, starts_at: datetime, ends_at: datetime) -> None:
    if room.edition_id != session.edition_id:
        raise StrangeRoom
    during = DateTimeTZRange(starts_at, ends_at, "[)")
    closure = RoomClosure.objects.filter(room=room, during__overlap=during).order_by("during").first()
    if closure is not None:
        raise RoomClosed(
            _("%(room)s is closed from %(start)s to %(end)s. Choose another room or another time.")
            % {
                "room": translated(room.name),
                "start": clock(closure.during.lower, part.time_zone),
                "end": clock(closure.during.upper, part.time_zone),
            }
        )


def _save(session: Session, at: datetime) -> None:
    session.sequence += 1
    session.updated_at = at
    with overlaps_named(session):
        session.save()


def _set_objectives(session: Session, objectives: list[Objective], watch: Watch) -> None:
    links = Session.objectives.through._default_manager
    present = {link.objective_id: link for link in links.filter(session_id=session.pk)}
    wanted = {objective.pk for objective in objectives if objective.edition_id == session.edition_id}
    for key in sorted(present.keys() - wanted):
        watch.row(present[key])
        present[key].delete()
    for key in sorted(wanted - present.keys()):
        watch.added(links.create(session_id=session.pk, objective_id=key))
