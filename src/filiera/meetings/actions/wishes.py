"""Wishing to meet, answering, keeping apart; wishes that nobody answers expire."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.mail.actions import queue_mail
from filiera.meetings.models import (
    Attendee,
    Block,
    Meeting,
    MeetingRound,
    MeetingState,
    MeetingWish,
    WhoAccepts,
    WishState,
)
from filiera.meetings.policies import can_plan_meetings
from filiera.meetings.policies.meetings import can_act_as
from filiera.shared.errors import DomainError

from .attendees import NotAttending, refuse_when_frozen
from .rounds import lock_round, touch_round

MOST_WISHES = 40


class NotTogether(DomainError):
    message = _("This person is not in the round any more.")


class WishForOneself(DomainError):
    message = _("Choose somebody else than yourself.")


class TooManyWishes(DomainError):
    message = _("You have forty wishes, more than anybody can meet. Take one back first.")


class MeetingStands(DomainError):
    message = _("You have a meeting with this person. Cancel it first.")


class WishNotWaiting(DomainError):
    message = _("This wish is not waiting for an answer any more.")


@transaction.atomic
def wish_meeting(
    *, wisher: Attendee, wanted: Attendee, priority: int, why: str, by: Viewer, at: datetime
) -> MeetingWish:
    """Say whom one wants to meet, why and how much; or change it. Two who wish each other have agreed.

    Raises PermissionDenied, RoundIsFrozen, NotAttending, NotTogether, WishForOneself, TooManyWishes.
    """
    if not can_act_as(by, wisher):
        raise PermissionDenied
    round_ = lock_round(wisher.round)
    refuse_when_frozen(round_, by=by, at=at)
    if wisher.pk == wanted.pk:
        raise WishForOneself
    if wisher.left_at is not None:
        raise NotAttending
    if wanted.round_id != round_.pk or wanted.left_at is not None:
        raise NotTogether
    known = MeetingWish.objects.filter(wisher=wisher, wanted=wanted).first()
    if (known is None or known.state == WishState.WITHDRAWN) and (
        MeetingWish.objects.standing().filter(wisher=wisher).count() >= MOST_WISHES
    ):
        raise TooManyWishes
    wish = known or MeetingWish(round=round_, wisher=wisher, wanted=wanted, wished_at=at)
    wish.priority, wish.why = priority, why
    if known is None or known.state in (WishState.WITHDRAWN, WishState.EXPIRED):
        wish.state, wish.answered_at, wish.wished_at = WishState.WAITING, None, at
        wish.expires_at = _expires_at(round_, at)
    wish.save()
    # Blocking is the one answer that is never told: such a wish waits until it expires.
    if not are_blocked(wisher, wanted):
        _settle(round_, wish, is_new=known is None, at=at)
    touch_round(round_, at=at)
    return wish


@transaction.atomic
def withdraw_wish(*, wish: MeetingWish, by: Viewer, at: datetime) -> MeetingWish:
    """Take one's own wish back; a meeting that is planned already stays.

    Raises PermissionDenied, RoundIsFrozen.
    """
    if not can_act_as(by, wish.wisher):
        raise PermissionDenied
    round_ = lock_round(wish.round)
    refuse_when_frozen(round_, by=by, at=at)
    wish = MeetingWish.objects.select_for_update(of=("self",)).get(pk=wish.pk)
    wish.state, wish.answered_at = WishState.WITHDRAWN, at
    wish.save(update_fields=["state", "answered_at"])
    touch_round(round_, at=at)
    return wish


@transaction.atomic
def answer_wish(*, wish: MeetingWish, accept: bool, by: Viewer, at: datetime) -> MeetingWish:
    """Say yes or no to a wish: the one who is wanted, or the organiser.

    A yes may become a no and the other way round until the round freezes.
    Raises PermissionDenied, RoundIsFrozen, WishNotWaiting.
    """
    if not (can_act_as(by, wish.wanted) or can_plan_meetings(by, wish.round.edition)):
        raise PermissionDenied
    round_ = lock_round(wish.round)
    refuse_when_frozen(round_, by=by, at=at)
    wish = (
        MeetingWish.objects.select_for_update(of=("self",))
        .select_related("wisher__person", "wanted", "round__edition")
        .get(pk=wish.pk)
    )
    if wish.state in (WishState.WITHDRAWN, WishState.EXPIRED):
        raise WishNotWaiting
    wish.state, wish.answered_at = (WishState.ACCEPTED if accept else WishState.DECLINED), at
    wish.save(update_fields=["state", "answered_at"])
    if round_.is_scheduled_by_people and accept:
        _write(wish, wish.wisher, "wish_accepted", at)
    touch_round(round_, at=at)
    return wish


@transaction.atomic
def require_wish(*, wish: MeetingWish, is_required: bool, by: Viewer, at: datetime) -> MeetingWish:
    """Say as the organiser that this meeting is held in any case, or no longer so.

    Raises PermissionDenied.
    """
    if not can_plan_meetings(by, wish.round.edition):
        raise PermissionDenied
    round_ = lock_round(wish.round)
    wish = MeetingWish.objects.select_for_update(of=("self",)).get(pk=wish.pk)
    wish.is_required = is_required
    wish.save(update_fields=["is_required"])
    touch_round(round_, at=at)
    return wish


@transaction.atomic
def block_attendee(*, blocker: Attendee, blocked: Attendee, by: Viewer, at: datetime) -> Block:
    """Never be put at a table with somebody. They are not told, now or later, by anything they see.

    A yes that was said already becomes a no, as anybody may change their mind.
    Raises PermissionDenied, WishForOneself, NotTogether, MeetingStands.
    """
    if not can_act_as(by, blocker):
        raise PermissionDenied
    if blocker.pk == blocked.pk:
        raise WishForOneself
    if blocked.round_id != blocker.round_id:
        raise NotTogether
    round_ = lock_round(blocker.round)
    first, second = sorted((blocker.pk, blocked.pk))
    told = Meeting.objects.told().standing().filter(first=first, second=second)
    if told.filter(state=MeetingState.PLANNED).exists():
        raise MeetingStands
    block, _is_new = Block.objects.get_or_create(blocker=blocker, blocked=blocked, defaults={"made_at": at})
    MeetingWish.objects.standing().filter(wisher=blocker, wanted=blocked).update(
        state=WishState.WITHDRAWN, answered_at=at
    )
    MeetingWish.objects.filter(wisher=blocked, wanted=blocker, state=WishState.ACCEPTED).update(
        state=WishState.DECLINED, answered_at=at
    )
    touch_round(round_, at=at)
    return block


@transaction.atomic
def unblock_attendee(*, block: Block, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied."""
    if not can_act_as(by, block.blocker):
        raise PermissionDenied
    round_ = lock_round(block.blocker.round)
    block.delete()
    touch_round(round_, at=at)


@transaction.atomic
def expire_wishes(*, by: Viewer, at: datetime) -> int:
    """End the wishes that nobody answered in time; how many.

    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    late = MeetingWish.objects.filter(state=WishState.WAITING, expires_at__lte=at)
    rounds = list(MeetingRound.objects.filter(wishes__in=late).distinct())
    count = late.update(state=WishState.EXPIRED, answered_at=at)
    for round_ in rounds:
        touch_round(round_, at=at)
    return count


@app.periodic(cron="17 * * * *")
@app.task(name="meetings.expire_wishes", queueing_lock="meetings.expire_wishes")
def expire_wishes_hourly(timestamp: int) -> None:
    expire_wishes(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


def are_blocked(one: Attendee, other: Attendee) -> bool:
    pair = [one.pk, other.pk]
    return Block.objects.filter(blocker__in=pair, blocked__in=pair).exists()


def _expires_at(round_: MeetingRound, at: datetime) -> datetime | None:
    if round_.answer_within_h is None or round_.who_accepts == WhoAccepts.ORGANISER:
        return None
    return at + timedelta(hours=round_.answer_within_h)


def _settle(round_: MeetingRound, wish: MeetingWish, *, is_new: bool, at: datetime) -> None:
    """Let a mutual wish count for both, or tell the other that they are wanted."""
    back = MeetingWish.objects.standing().filter(wisher=wish.wanted, wanted=wish.wisher).first()
    if back is not None:
        for each in (wish, back):
            if each.state == WishState.WAITING:
                each.state, each.answered_at = WishState.ACCEPTED, at
                each.save(update_fields=["state", "answered_at"])
    elif is_new and round_.who_accepts == WhoAccepts.BOTH:
        _write(wish, wish.wanted, "wish_received", at)


def _write(wish: MeetingWish, to: Attendee, template: str, at: datetime) -> None:
    if to.person is None:
        return
    path = reverse("meetings:round", args=[wish.round.edition.slug, wish.round_id])
    queue_mail(
        key=f"{template}:{wish.pk}",
        to=to.person,
        template=f"meetings/mail/{template}.txt",
        context={"wish": wish, "edition": wish.round.edition, "link": f"{settings.PUBLIC_URL}{path}"},
        language=to.person.language or "en",
        at=at,
    )
