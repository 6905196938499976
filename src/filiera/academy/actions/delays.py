"""A day that runs late: the programme moves, is published and told in one step."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.day_parts import let_follow
from filiera.academy.models import (
    Broadcast,
    BroadcastAudience,
    Edition,
    ProgrammeVersion,
    Session,
    StepKind,
)
from filiera.academy.queries.delays import DelayPlan, Moved, Wish, plan_delay, running_day
from filiera.academy.snapshot import Texts
from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError

from .broadcasts import put_broadcast
from .overlaps import overlaps_named
from .publication import publish_draft, unpublished_changes
from .steps import Watch, lock_edition, recorded_step


class NothingToDelay(DomainError):
    message = _("Nothing comes after this on that day. Choose an earlier point.")


class NotPublishedYet(DomainError):
    message = _("The programme is not published yet. Move sessions in the editor.")


class DraftWaits(DomainError):
    message = _(
        "The draft has other changes that nobody has published. Say that they may be published too, "
        "or take them back in the editor first."
    )


class DraftWaitsForOthers(DomainError):
    message = _(
        "The draft has other changes that you may not publish. Ask whoever builds the programme to publish "
        "them first."
    )


class DelayMeetsAnObstacle(DomainError):
    """Somebody or a room would be booked twice, or something would end in no time."""


@transaction.atomic
def delay_day(
    *,
    edition: Edition,
    wish: Wish,
    moment: datetime,
    by: Viewer,
    at: datetime,
    day: str = "",
    message: Texts | None = None,
    with_draft: bool = False,
    is_told_by_mail: bool = False,
) -> ProgrammeVersion:
    """Move what comes later, publish it, and tell everybody in one message.

    `moment` is the hour of the edition, which in a demonstration is another than `at`; `message` takes the
    place of the sentence that says it. What other rooms keep of the day follows, or nothing happens at all.
    Raises PermissionDenied, NotPublishedYet, NothingToDelay, DraftWaits, DraftWaitsForOthers,
    DelayMeetsAnObstacle, RoomAlreadyBooked, SpeakerAlreadyBooked, and what a room raises that cannot follow.
    """
    if not policies.can_run_day(by, edition):
        raise PermissionDenied
    edition = lock_edition(edition)
    if edition.current_version_id is None:
        raise NotPublishedYet
    plan = _plan(edition, wish, moment, day, by)
    if unpublished_changes(edition) is not None:
        if not policies.can_publish_programme(by, edition):
            raise DraftWaitsForOthers
        if not with_draft:
            raise DraftWaits
    if plan.obstacles:
        raise DelayMeetsAnObstacle(plan.obstacles[0].sentence)
    with recorded_step(
        edition=edition, kind=StepKind.DELAYED, subject=plan.moved[0].session.title, by=by, at=at
    ) as watch:
        # Each moves into a time that is free by then: the last one first, or the first where all is earlier.
        in_order = sorted(plan.moved, key=lambda each: (each.before.lower, each.session.pk))
        for moved in reversed(in_order) if wish.minutes > 0 else in_order:
            _move(moved, watch, at)
    if wish.room_id is None:
        let_follow(by, edition, plan.delay, at)
    _take_off_what_was_said(edition, at)
    told = message or plan.message()
    version = publish_draft(edition=edition, note=told, by=by, at=at, is_told_by_mail=is_told_by_mail)
    put_broadcast(edition=edition, text=told, audience=BroadcastAudience.EVERYBODY, by=by, at=at)
    return version


def _plan(edition: Edition, wish: Wish, moment: datetime, day: str, by: Viewer) -> DelayPlan:
    at_hand = running_day(edition, moment, day)
    plan = plan_delay(at_hand, wish, by) if at_hand is not None else None
    if plan is None:
        raise NothingToDelay
    return plan


def _take_off_what_was_said(edition: Edition, at: datetime) -> None:
    """Two delays are not two messages: the hours of the first no longer hold."""
    last = edition.current_version
    if last is not None and last.note:
        said = Broadcast.objects.filter(edition=edition, text=last.note, sent_at__lt=at, shown_until__gt=at)
        said.update(shown_until=at)


def _move(moved: Moved, watch: Watch, at: datetime) -> None:
    session = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("edition", "part", "room")
        .get(pk=moved.session.pk)
    )
    watch.row(session)
    session.during = moved.after
    session.minutes = moved.minutes
    session.sequence += 1
    session.updated_at = at
    with overlaps_named(session):
        session.save(update_fields=["during", "minutes", "sequence", "updated_at"])
