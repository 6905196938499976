"""The two online days, attended by those with a confirmed place: made up from a seed."""

import random
from datetime import datetime
from uuid import UUID

from django.db import transaction

from filiera.academy.models import Edition, Session, SessionKind, SessionState
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions.presence import record_presence
from filiera.admissions.models import Participation, Presence, PresenceMode, PresenceSource

SEED = 2023
PARTICIPANT = "participant@demonstration.invalid"
# How faithfully people came: most to nearly all, some to half, a few hardly at all.
_FAITHFULNESS = (0.97, 0.97, 0.95, 0.95, 0.9, 0.9, 0.85, 0.6, 0.4, 0.15)


@transaction.atomic
def load_attendance(edition: Edition, at: datetime) -> int:
    """Record who was at the online sessions; how many presences. What is recorded already stays as it is."""
    first = edition.parts.order_by("starts_on").first()
    made_up = Participation.objects.confirmed().filter(edition=edition, is_demonstration=True)
    participations = list(made_up.select_related("person").order_by("pk"))
    if first is None or Presence.objects.filter(participation__in=participations).exists():
        return 0
    chance = random.Random(SEED)  # noqa: S311 - made-up attendance, not a secret
    sessions = list(
        Session.objects.filter(part=first, during__isnull=False, state=SessionState.PLANNED)
        .exclude(kind=SessionKind.BREAK)
        .order_by("during", "pk")
    )
    made = 0
    for participation in participations:
        faithful = chance.choice(_FAITHFULNESS)
        if participation.person is not None and participation.person.email == PARTICIPANT:
            # A visitor of the demonstration who takes this role finds a certificate.
            faithful = 1.0
        for session in sessions:
            if chance.random() < faithful:
                _attend(participation, session, chance, at)
                made += 1
    return made


def _attend(participation: Participation, session: Session, chance: random.Random, at: datetime) -> None:
    if session.during is None:
        return
    length = round((session.during.upper - session.during.lower).total_seconds() / 60)
    record_presence(
        participation=participation,
        session=session,
        mode=PresenceMode.ONLINE,
        source=PresenceSource.IMPORT,
        # As a video tool tells: some come late or leave early.
        minutes=max(1, length - chance.choice((0, 0, 0, 0, 3, 5, 10))),
        scan_id=UUID(int=chance.getrandbits(128), version=4),
        checked_in_at=session.during.lower,
        by=SYSTEM,
        at=at,
    )
