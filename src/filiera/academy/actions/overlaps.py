"""Overlaps: the database forbids them, an organiser allows a pair by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.academy import policies
from filiera.academy.models import (
    Contribution,
    OverlapAllowance,
    Session,
    SessionState,
    Speaker,
    StepKind,
)
from filiera.academy.models.ranges import fresh_overlap_key
from filiera.academy.queries.times import from_to, quoted_title
from filiera.accounts.viewer import Viewer

from .errors import DraftError, Overlap, RoomAlreadyBooked, SpeakerAlreadyBooked
from .steps import Watch, lock_edition, recorded_step

EXCLUSION_VIOLATION = "23P01"


class PairWithItself(DraftError):
    message = gettext_lazy("A session cannot overlap with itself. Choose another one.")


class SpeakerNotInBoth(DraftError):
    message = gettext_lazy("This speaker is not in both sessions, so there is nothing to allow.")


class AlreadyInAPair(DraftError):
    """A third session would, unnamed, be allowed to overlap with the first."""


class OverlapInUse(DraftError):
    message = gettext_lazy("These two sessions overlap now. Move one of them first, then end the permission.")


@contextmanager
def overlaps_named(session: Session, contributions: list[Contribution] | None = None) -> Iterator[None]:
    """Turn the database's refusal of an overlap into a sentence that says with what and what to do.

    `contributions` are those that cause it where they are not stored yet.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != EXCLUSION_VIOLATION:
            raise
        raise named_overlap(session, contributions) from error


def named_overlap(session: Session, contributions: list[Contribution] | None = None) -> Overlap:
    """The refusal for the place and time that `session` carries, which the database did not take."""
    by_room = (
        Session.objects.filter(
            room_id=session.room_id, state=SessionState.PLANNED, during__overlap=session.during
        )
        .exclude(pk=session.pk)
        .exclude(overlap_key=session.overlap_key)
        .select_related("part", "room")
        .order_by("during", "pk")
        .first()
        if session.room_id is not None
        else None
    )
    if by_room is not None:
        return _room_booked(session, by_room)
    stored = session.contributions.select_related("speaker").order_by("position", "pk")
    for mine in stored if contributions is None else contributions:
        theirs = (
            Contribution.objects.filter(speaker_id=mine.speaker_id, during__overlap=session.during)
            .exclude(session_id=session.pk)
            .exclude(overlap_key=mine.overlap_key)
            .select_related("session__part")
            .order_by("during", "pk")
            .first()
        )
        if theirs is not None:
            return _speaker_booked(session, theirs.session, mine.speaker)
    # The other session has moved away since; the next attempt may succeed.
    return Overlap(
        _("Somebody changed the programme at the same moment. Try again."),
        session=session,
        other=session,
        speaker=None,
    )


def _room_booked(session: Session, other: Session) -> RoomAlreadyBooked:
    message = _(
        "%(other)s is in this room from %(time)s. Choose another time or room, "
        "or allow these two sessions to overlap."
    ) % {"other": quoted_title(other), "time": from_to(other, other.part.time_zone)}
    return RoomAlreadyBooked(message, session=session, other=other, speaker=None)


def _speaker_booked(session: Session, other: Session, speaker: Speaker) -> SpeakerAlreadyBooked:
    message = _(
        "%(speaker)s is in %(other)s from %(time)s. Choose another time, take the speaker out of one of the "
        "two, or allow these two sessions to overlap."
    ) % {
        "speaker": speaker.name,
        "other": quoted_title(other),
        "time": from_to(other, other.part.time_zone),
    }
    return SpeakerAlreadyBooked(message, session=session, other=other, speaker=speaker)


@transaction.atomic
def allow_overlap(
    *, first: Session, second: Session, speaker: Speaker | None, reason: str, by: Viewer, at: datetime
) -> OverlapAllowance:
    """Let two named sessions share a room, or a speaker, at one time; nothing else may join them.

    Raises PermissionDenied, PairWithItself, SpeakerNotInBoth, AlreadyInAPair.
    """
    if not policies.can_edit_programme(by, first.edition) or first.edition_id != second.edition_id:
        raise PermissionDenied
    if first.pk == second.pk:
        raise PairWithItself
    lock_edition(first.edition)
    standing = _allowances_of([first, second], speaker)
    for allowance in standing:
        if {allowance.first_id, allowance.second_id} == {first.pk, second.pk}:
            return allowance
        raise AlreadyInAPair(_chain_refused(allowance, first, second))
    with recorded_step(
        edition=first.edition, kind=StepKind.ALLOWED, subject=first.title, by=by, at=at
    ) as watch:
        allowance = OverlapAllowance.objects.create(
            edition_id=first.edition_id,
            first=first,
            second=second,
            speaker=speaker,
            reason=reason,
            allowed_by=by.person,
            allowed_at=at,
        )
        watch.added(allowance)
        key = fresh_overlap_key()
        if speaker is None:
            rows = list(Session.objects.filter(pk__in=[first.pk, second.pk]))
            watch.rows(rows)
            Session.objects.filter(pk__in=[row.pk for row in rows]).update(overlap_key=key)
            first.overlap_key = second.overlap_key = key
        else:
            contributions = list(Contribution.objects.filter(session__in=[first, second], speaker=speaker))
            if len(contributions) != 2:
                raise SpeakerNotInBoth
            watch.rows(contributions)
            Contribution.objects.filter(pk__in=[row.pk for row in contributions]).update(overlap_key=key)
    return allowance


def pair_for_speaker(
    *,
    contribution: Contribution,
    other: Session,
    reason: str,
    watch: Watch,
    by: Viewer,
    at: datetime,
) -> None:
    """Give a contribution that is not stored yet the key of the same speaker's in another session.

    Asks no policy: the action that adds the contribution has asked its own.
    Raises SpeakerNotInBoth, AlreadyInAPair.
    """
    session, speaker = contribution.session, contribution.speaker
    theirs = Contribution.objects.filter(session=other, speaker=speaker).first()
    if theirs is None or other.edition_id != session.edition_id:
        raise SpeakerNotInBoth
    for allowance in _allowances_of([session, other], speaker):
        raise AlreadyInAPair(_chain_refused(allowance, session, other))
    watch.row(theirs)
    theirs.overlap_key = contribution.overlap_key
    theirs.save(update_fields=["overlap_key"])
    allowance = OverlapAllowance.objects.create(
        edition_id=session.edition_id,
        first=session,
        second=other,
        speaker=speaker,
        reason=reason,
        allowed_by=by.person,
        allowed_at=at,
    )
    watch.added(allowance)


@transaction.atomic
def end_overlap(*, allowance: OverlapAllowance, by: Viewer, at: datetime) -> None:
    """Take back the permission for a pair that no longer overlaps.

    Raises PermissionDenied, OverlapInUse.
    """
    if not policies.can_edit_programme(by, allowance.edition):
        raise PermissionDenied
    with recorded_step(
        edition=allowance.edition, kind=StepKind.PARTED, subject=allowance.first.title, by=by, at=at
    ) as watch:
        watch.row(allowance)
        if allowance.speaker_id is None:
            first: Session | Contribution = Session.objects.get(pk=allowance.first_id)
        else:
            first = Contribution.objects.get(session=allowance.first_id, speaker=allowance.speaker_id)
        watch.row(first)
        first.overlap_key = fresh_overlap_key()
        try:
            with transaction.atomic():
                first.save(update_fields=["overlap_key"])
        except IntegrityError as error:
            raise OverlapInUse from error
        allowance.delete()


def _allowances_of(sessions: list[Session], speaker: Speaker | None) -> list[OverlapAllowance]:
    return list(
        OverlapAllowance.objects.filter(
            Q(first__in=sessions) | Q(second__in=sessions), speaker=speaker
        ).select_related("first", "second")
    )


def _chain_refused(allowance: OverlapAllowance, first: Session, second: Session) -> str:
    paired = allowance.first if allowance.first_id in (first.pk, second.pk) else allowance.second
    partner = allowance.second if paired is allowance.first else allowance.first
    return _(
        "%(session)s may already overlap with %(partner)s. A session can be in one such pair only: "
        "end that permission first."
    ) % {"session": quoted_title(paired), "partner": quoted_title(partner)}
