"""The counts of an edition's people: each is a different number and has its own name."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from filiera.academy.models import Edition
from filiera.admissions.models import Participation, ParticipationState, Presence

_STATE = ParticipationState


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people are at which point on the way; nobody is told by it."""

    # Everybody who was given a place, whatever came of it.
    selected: int
    not_told: int
    # Offers that wait for their answer.
    offered: int
    confirmed: int
    # Confirmed and with all details of registration.
    registered: int
    # Confirmed and seen at least once.
    attended: int
    declined: int
    expired: int
    cancelled: int


def counts_of(edition: Edition | int) -> Counts:
    """Where the people of an edition stand, in one query."""
    seen = Exists(Presence.objects.standing().filter(participation=OuterRef("pk")))
    confirmed = Q(state=_STATE.CONFIRMED)
    found = (
        Participation.objects.filter(edition=edition)
        .annotate(was_seen=seen)
        .aggregate(
            selected=Count("pk"),
            not_told=Count("pk", filter=Q(state=_STATE.SELECTED)),
            offered=Count("pk", filter=Q(state=_STATE.OFFERED)),
            confirmed=Count("pk", filter=confirmed),
            registered=Count("pk", filter=confirmed & Q(registered_at__isnull=False)),
            attended=Count("pk", filter=confirmed & Q(was_seen=True)),
            declined=Count("pk", filter=Q(state=_STATE.DECLINED)),
            expired=Count("pk", filter=Q(state=_STATE.EXPIRED)),
            cancelled=Count("pk", filter=Q(state=_STATE.CANCELLED)),
        )
    )
    return Counts(**found)


def waiting_for_offer(edition: Edition) -> int:
    """How many were added or imported, can be written to and were not told yet."""
    waiting = Participation.objects.filter(edition=edition, state=_STATE.SELECTED, application__isnull=True)
    return waiting.exclude(email="").count()
