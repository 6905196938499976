"""Joining a round, leaving it, and saying when and how one can meet."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import EditionMember
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.meetings.models import (
    Attendee,
    MeetingRound,
    MeetingSlot,
    MeetingState,
    MeetingWish,
    SlotPresence,
    WishState,
)
from filiera.meetings.policies import can_plan_meetings
from filiera.meetings.policies.meetings import can_act_as, can_change_presence, can_join
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError

from .rounds import lock_round, touch_round


class RoundNotOpen(DomainError):
    message = _("Nobody is let in yet. You will find it here when the organiser opens it.")


class RoundIsFrozen(DomainError):
    message = _("The plan is being made: wishes and times stay as they are now. Ask the organiser.")


class NotAttending(DomainError):
    message = _("Join first: say what you offer and what you need.")


class MeetingsStand(DomainError):
    message = _("You still have meetings. Cancel them first, so that the others know.")


def refuse_when_frozen(round_: MeetingRound, *, by: Viewer, at: datetime) -> None:
    """Past the freeze only those who plan change what the plan is made from.

    Raises RoundIsFrozen.
    """
    is_frozen = round_.freezes_at is not None and at >= round_.freezes_at
    if is_frozen and not can_plan_meetings(by, round_.edition):
        raise RoundIsFrozen


@transaction.atomic
def join_round(
    *,
    round_: MeetingRound,
    offers: str,
    needs: str,
    most: int | None,
    by: Viewer,
    at: datetime,
    is_demonstration: bool = False,
) -> Attendee:
    """Be shown to the others of the round with what one offers and needs, or change it.

    Raises PermissionDenied, RoundNotOpen, RoundIsFrozen.
    """
    if not can_join(by, round_) or by.person is None:
        raise PermissionDenied
    round_ = lock_round(round_)
    if round_.opened_at is None:
        raise RoundNotOpen
    refuse_when_frozen(round_, by=by, at=at)
    known = Attendee.objects.filter(round=round_, person=by.person).first()
    attendee = known or Attendee(round=round_, person=by.person, joined_at=at)
    if known is None or known.left_at is not None:
        participation, organisation, name, organisation_name = _who_they_are(round_, by)
        attendee.participation, attendee.organisation = participation, organisation
        attendee.name, attendee.organisation_name = name, organisation_name
        attendee.is_demonstration = is_demonstration
        attendee.joined_at, attendee.left_at = at, None
    attendee.offers, attendee.needs, attendee.most = offers, needs, most
    attendee.save()
    touch_round(round_, at=at)
    return attendee


@transaction.atomic
def leave_round(*, attendee: Attendee, by: Viewer, at: datetime) -> None:
    """Stop being shown; wishes from and to this person are taken back.

    Raises PermissionDenied, MeetingsStand.
    """
    if not can_act_as(by, attendee):
        raise PermissionDenied
    round_ = lock_round(attendee.round)
    if attendee.seats.filter(meeting__state=MeetingState.PLANNED).exists():
        raise MeetingsStand
    attendee = Attendee.objects.select_for_update(of=("self",)).get(pk=attendee.pk)
    attendee.left_at = at
    attendee.save(update_fields=["left_at"])
    own = MeetingWish.objects.standing().filter(wisher=attendee)
    received = MeetingWish.objects.standing().filter(wanted=attendee)
    own.update(state=WishState.WITHDRAWN, answered_at=at)
    received.update(state=WishState.EXPIRED, answered_at=at)
    touch_round(round_, at=at)


@transaction.atomic
def say_presence(*, attendee: Attendee, presences: Mapping[int, str], by: Viewer, at: datetime) -> None:
    """Say for slots, by key, how this person can meet in them.

    Meetings that no longer fit stay until the organiser plans again or they are cancelled.
    Raises PermissionDenied, RoundIsFrozen.
    """
    if not can_change_presence(by, attendee):
        raise PermissionDenied
    round_ = lock_round(attendee.round)
    refuse_when_frozen(round_, by=by, at=at)
    slots = MeetingSlot.objects.filter(round=round_, pk__in=presences).values_list("pk", flat=True)
    SlotPresence.objects.bulk_create(
        [SlotPresence(attendee=attendee, slot_id=slot, presence=presences[slot]) for slot in slots],
        update_conflicts=True,
        unique_fields=["attendee", "slot"],
        update_fields=["presence"],
    )
    touch_round(round_, at=at)


def _who_they_are(
    round_: MeetingRound, by: Viewer
) -> tuple[Participation | None, Organisation | None, str, str]:
    """By the place in the edition, else by the role in it."""
    person = by.person
    participation = (
        Participation.objects.confirmed()
        .filter(edition=round_.edition, person=person)
        .select_related("organisation")
        .first()
    )
    if participation is not None:
        organisation = participation.organisation
        name = participation.name
        return participation, organisation, name, participation.organisation_name
    member = (
        EditionMember.objects.current()
        .filter(edition=round_.edition, person=person)
        .select_related("organisation")
        .order_by("organisation", "pk")
        .first()
    )
    name = person.shown_name if person is not None else ""
    return None, member.organisation if member else None, name, ""
