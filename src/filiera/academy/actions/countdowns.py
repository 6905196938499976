"""Clocks that run down on screens and telephones."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import Countdown, Edition, Room
from filiera.academy.push_topics import day_topic
from filiera.accounts.viewer import Viewer
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError

from .errors import StrangeRoom
from .steps import lock_edition

LONGEST_MINUTES = 480


class CountdownIsOver(DomainError):
    message = _("This clock was stopped. Start a new one.")


@transaction.atomic
def start_countdown(
    *, edition: Edition, room: Room | None, minutes: int, label: str, by: Viewer, at: datetime
) -> Countdown:
    """Let a clock run down on the screens of a room, or of all; the one that ran there makes way.

    Raises PermissionDenied, StrangeRoom.
    """
    if not policies.can_run_day(by, edition):
        raise PermissionDenied
    if room is not None and room.edition_id != edition.pk:
        raise StrangeRoom
    # Two desks that start one at the same moment come one after the other.
    lock_edition(edition)
    Countdown.objects.filter(edition=edition, room=room, stopped_at__isnull=True).update(stopped_at=at)
    countdown = Countdown.objects.create(
        edition=edition,
        room=room,
        label=label,
        started_at=at,
        ends_at=at + timedelta(minutes=minutes),
        started_by=by.person,
    )
    _tell(edition.pk)
    return countdown


@transaction.atomic
def extend_countdown(*, countdown: Countdown, minutes: int, by: Viewer, at: datetime) -> Countdown:
    """Give more time; one that has run out goes on from now.

    Raises PermissionDenied, CountdownIsOver.
    """
    countdown = _locked(countdown, by)
    if countdown.stopped_at is not None:
        raise CountdownIsOver
    countdown.ends_at = max(countdown.ends_at, at) + timedelta(minutes=minutes)
    countdown.save(update_fields=["ends_at"])
    _tell(countdown.edition_id)
    return countdown


@transaction.atomic
def stop_countdown(*, countdown: Countdown, by: Viewer, at: datetime) -> Countdown:
    """Take a clock off the screens; twice is as good as once.

    Raises PermissionDenied.
    """
    countdown = _locked(countdown, by)
    if countdown.stopped_at is None:
        countdown.stopped_at = at
        countdown.save(update_fields=["stopped_at"])
        _tell(countdown.edition_id)
    return countdown


def _locked(countdown: Countdown, by: Viewer) -> Countdown:
    if not policies.can_run_day(by, countdown.edition):
        raise PermissionDenied
    return Countdown.objects.select_for_update(of=("self",)).get(pk=countdown.pk)


def _tell(edition_id: int) -> None:
    publish_event(day_topic(edition_id), {"what": "countdown"})
