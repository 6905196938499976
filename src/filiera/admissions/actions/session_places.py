"""Places in sessions that need sign-up: taken one by one, given back, moved up in the order of asking."""

from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.actions.steps import tell_desks
from filiera.academy.models import Session, SessionState
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Participation,
    ParticipationState,
    SessionPlace,
    SessionPlaceState,
    SessionSignUp,
)
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.place_links import address_of
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError
from filiera.texts.languages import page_languages

from .errors import FieldRefusal


class SignUpNotOpen(DomainError):
    message = _("Places in this session cannot be taken now. The page says from when until when.")


class SessionIsCancelled(DomainError):
    message = _("This session is cancelled.")


class NoParticipant(DomainError):
    message = _("Only somebody whose place in the edition is confirmed takes a place in a session.")


class PlacesInUse(FieldRefusal):
    message = _("More people have a place already. Choose at least that many, or take places back first.")
    field = "capacity"


class SignUpInUse(DomainError):
    message = _("People have a place in this session or wait for one. Take those back first.")


@transaction.atomic
def write_sign_up(
    *,
    session: Session,
    capacity: int,
    opens_at: datetime | None,
    closes_at: datetime | None,
    by: Viewer,
    at: datetime,
) -> SessionSignUp:
    """Limit the places of a session, or change how many there are; more places move up who waits.

    Raises PermissionDenied, PlacesInUse.
    """
    if not policies.can_edit_sign_up(by, session.edition):
        raise PermissionDenied
    sign_up, _is_new = SessionSignUp.objects.get_or_create(session=session, defaults={"capacity": capacity})
    sign_up = SessionSignUp.objects.select_for_update(of=("self",)).get(pk=sign_up.pk)
    if capacity < sign_up.taken:
        raise PlacesInUse
    sign_up.capacity, sign_up.opens_at, sign_up.closes_at = capacity, opens_at, closes_at
    sign_up.save(update_fields=["capacity", "opens_at", "closes_at"])
    _move_up(sign_up, at=at)
    tell_desks(session.edition, by=by)
    return sign_up


@transaction.atomic
def remove_sign_up(*, sign_up: SessionSignUp, by: Viewer, at: datetime) -> None:
    """Let a session be open to all again.

    Raises PermissionDenied, SignUpInUse.
    """
    if not policies.can_edit_sign_up(by, sign_up.session.edition):
        raise PermissionDenied
    locked = SessionSignUp.objects.select_for_update(of=("self",)).get(pk=sign_up.pk)
    if locked.places.exists():
        raise SignUpInUse
    locked.delete()
    tell_desks(sign_up.session.edition, by=by)


@transaction.atomic
def take_session_place(
    *, sign_up: SessionSignUp, participation: Participation, by: Viewer, at: datetime
) -> SessionPlace:
    """Take a place, or the next turn on the waiting list; asking twice changes nothing.

    The desk may do so for somebody outside the times of sign-up, never beyond the places.
    Raises PermissionDenied, NoParticipant, SessionIsCancelled, SignUpNotOpen.
    """
    if not policies.can_answer_for(by, participation):
        raise PermissionDenied
    participation = Participation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=participation.pk
    )
    session = Session.objects.get(pk=sign_up.session_id)
    if participation.state != ParticipationState.CONFIRMED or session.edition_id != participation.edition_id:
        raise NoParticipant
    if session.state == SessionState.CANCELLED:
        raise SessionIsCancelled
    is_desk = policies.can_edit_participants(by, session.edition)
    if not is_desk and not is_open(sign_up, session, at):
        raise SignUpNotOpen
    has_place = take_one(sign_up.pk)
    if not has_place:
        # Whoever waits holds the row too: a place given back meanwhile must not be missed.
        locked = SessionSignUp.objects.select_for_update(of=("self",)).get(pk=sign_up.pk)
        has_place = locked.taken < locked.capacity and take_one(sign_up.pk)
    known = SessionPlace.objects.filter(sign_up=sign_up, participation=participation).first()
    if known is not None:
        if has_place:
            SessionSignUp.objects.filter(pk=sign_up.pk).update(taken=F("taken") - 1)
        return known
    if not has_place:
        SessionSignUp.objects.filter(pk=sign_up.pk).update(last_number=F("last_number") + 1)
    return SessionPlace.objects.create(
        sign_up=sign_up,
        participation=participation,
        state=SessionPlaceState.TAKEN if has_place else SessionPlaceState.WAITING,
        # The row is ours until the end of the transaction, so this number is too.
        number=SessionSignUp.objects.values_list("last_number", flat=True).get(pk=sign_up.pk),
        asked_at=at,
        taken_at=at if has_place else None,
    )


def take_one(sign_up_id: int) -> bool:
    """The guard: one statement takes a place where one is left, whoever else asks at the same moment."""
    left = SessionSignUp.objects.filter(pk=sign_up_id, taken__lt=F("capacity"))
    return bool(left.update(taken=F("taken") + 1, last_number=F("last_number") + 1))


@transaction.atomic
def give_back_session_place(*, place: SessionPlace, by: Viewer, at: datetime) -> None:
    """Give a place back, or leave the waiting list; the first who waits moves up and gets a mail.

    Raises PermissionDenied.
    """
    if not policies.can_answer_for(by, place.participation):
        raise PermissionDenied
    _give_back(place.pk, place.sign_up_id, at=at)
    tell_desks(place.participation.edition, by=by)


def give_back_all(participation: Participation, *, at: datetime) -> None:
    """Give back every place in sessions of somebody whose place in the edition ends.

    Runs inside the action that ends it and has asked its own policy.
    """
    held = SessionPlace.objects.filter(participation=participation).order_by("sign_up_id")
    for place_id, sign_up_id in list(held.values_list("pk", "sign_up_id")):
        _give_back(place_id, sign_up_id, at=at)


def is_open(sign_up: SessionSignUp, session: Session, at: datetime) -> bool:
    """Between opening and closing; without a closing, until the session begins."""
    if sign_up.opens_at is not None and at < sign_up.opens_at:
        return False
    closes_at = sign_up.closes_at or (session.during.lower if session.during else None)
    return closes_at is None or at < closes_at


def _give_back(place_id: int, sign_up_id: int, *, at: datetime) -> None:
    sign_up = SessionSignUp.objects.select_for_update(of=("self",)).get(pk=sign_up_id)
    # Gone already where two tabs gave it back.
    place = SessionPlace.objects.filter(pk=place_id).first()
    if place is None:
        return
    place.delete()
    if place.state == SessionPlaceState.TAKEN:
        sign_up.taken -= 1
        sign_up.save(update_fields=["taken"])
        _move_up(sign_up, at=at)


def _move_up(sign_up: SessionSignUp, *, at: datetime) -> list[SessionPlace]:
    """Give what is free to those who wait, in the order of asking; the row is locked by the caller."""
    free = sign_up.capacity - sign_up.taken
    waiting = SessionPlace.objects.filter(sign_up=sign_up).waiting().order_by("number")
    moved = list(waiting.select_related("participation__edition", "participation__person")[: max(free, 0)])
    for place in moved:
        place.state, place.taken_at = SessionPlaceState.TAKEN, at
        place.save(update_fields=["state", "taken_at"])
    if moved:
        sign_up.taken += len(moved)
        sign_up.save(update_fields=["taken"])
        session = Session.objects.select_related("part", "room").get(pk=sign_up.session_id)
        for place in moved:
            _tell(place, session, at=at)
    return moved


def _tell(place: SessionPlace, session: Session, *, at: datetime) -> None:
    holder = place.participation
    if not holder.email:
        return
    language = holder.person.language if holder.person is not None else ""
    queue_mail(
        key=f"admissions.session_place:{place.pk}",
        to=holder.email,
        person=holder.person,
        template="admissions/mail/session_place.txt",
        context={
            "place": holder,
            "session": session,
            "edition": holder.edition,
            "starts_at": session.during.lower if session.during else None,
            "zone": session.part.time_zone,
            "link": address_of(holder) if holder.link_seed else "",
        },
        language=language if language in page_languages() else holder.language,
        at=at,
        holds_secret=True,
    )


def wrong_counters() -> dict[int, tuple[int, int]]:
    """Sign-ups whose counter differs from their rows: counted, and what is there."""
    taken = Count("places", filter=Q(places__state=SessionPlaceState.TAKEN))
    counted = SessionSignUp.objects.annotate(rows=taken).exclude(rows=F("taken"))
    return {key: (counter, rows) for key, counter, rows in counted.values_list("pk", "taken", "rows")}


@app.periodic(cron="41 2 * * *")
@app.task(name="admissions.check_counters", queueing_lock="admissions.check_counters")
def check_counters_nightly(timestamp: int) -> None:
    """Fail, so that operators hear of it, where a counter and its rows differ."""
    wrong = wrong_counters()
    if wrong:
        told = ", ".join(f"{key}: {counter} for {rows}" for key, (counter, rows) in sorted(wrong.items()))
        raise CountersDiffer(f"{datetime.fromtimestamp(timestamp, tz=UTC):%Y-%m-%d}: {told}")


class CountersDiffer(Exception):
    """A counter of places does not say what its rows say; the code is wrong."""
