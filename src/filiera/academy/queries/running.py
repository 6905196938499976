"""Messages and clocks of a running day, for whom they are."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from filiera.academy.models import Broadcast, BroadcastAudience, Countdown, Edition, Room
from filiera.accounts.viewer import Viewer

_LISTED = 30


@dataclass(frozen=True, slots=True)
class Told:
    """What is said to a reader now, what was said before, and the clocks that run."""

    now: list[Broadcast]
    before: list[Broadcast]
    countdowns: list[Countdown]


def told_to(viewer: Viewer, edition_id: int, at: datetime) -> Told:
    """Messages to oneself and to everybody, newest first, with the clocks of all rooms, in two queries."""
    mine = Broadcast.objects.visible_to(viewer).filter(edition_id=edition_id)
    # Those of the desk see all messages; on their own page only what is meant for them.
    for_me = Q(audience=BroadcastAudience.EVERYBODY) | Q(recipients__person_id=viewer.person_id or 0)
    if viewer.may("programme.view_draft"):
        for_me |= Q(audience=BroadcastAudience.TEAM)
    found = list(mine.filter(for_me).distinct().order_by("-sent_at", "-pk")[:_LISTED])
    return Told(
        now=[each for each in found if each.shown_until > at],
        before=[each for each in found if each.shown_until <= at],
        countdowns=running_countdowns(viewer, edition_id, at),
    )


def told_on_pages(viewer: Viewer, edition: Edition, at: datetime) -> tuple[list[Broadcast], list[Countdown]]:
    """What every page of an edition says at its head: to its people what is theirs, else what screens say."""
    if not viewer.edition_roles:
        return screen_broadcasts(edition, at), running_countdowns(viewer, edition.pk, at)
    told = told_to(viewer, edition.pk, at)
    return told.now, told.countdowns


def running_countdowns(viewer: Viewer, edition_id: int, at: datetime) -> list[Countdown]:
    """The clocks of all rooms, those for every room first."""
    countdowns = Countdown.objects.visible_to(viewer).filter(edition_id=edition_id).running_at(at)
    return list(countdowns.select_related("room").order_by("room__position", "room", "pk"))


def screen_broadcasts(edition: Edition, at: datetime) -> list[Broadcast]:
    """What the screens show now: only what is for everybody, the newest first."""
    everybody = Broadcast.objects.filter(edition=edition, audience=BroadcastAudience.EVERYBODY)
    return list(everybody.filter(shown_until__gt=at, sent_at__lte=at).order_by("-sent_at", "-pk")[:1])


def screen_countdown(viewer: Viewer, edition: Edition, room: Room | None, at: datetime) -> Countdown | None:
    """The clock of a room's screen: its own before the one for all rooms."""
    countdowns = Countdown.objects.visible_to(viewer).filter(edition=edition).running_at(at)
    of_screen = countdowns.filter(Q(room=room) | Q(room__isnull=True)) if room else countdowns
    return of_screen.order_by("room", "pk").first()


def broadcasts_for_desk(viewer: Viewer, edition: Edition) -> list[Broadcast]:
    """The last messages of the edition, newest first."""
    sent = Broadcast.objects.visible_to(viewer).filter(edition=edition).select_related("sent_by")
    return list(sent.order_by("-sent_at", "-pk")[:_LISTED])
